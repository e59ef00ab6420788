using TorchSharp.PInvoke;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            private static readonly Op _mseLoss = new("mse_loss");
            private static readonly Op _l1Loss = new("l1_loss");
            private static readonly Op _smoothL1Loss = new("smooth_l1_loss");
            private static readonly Op _nllLoss = new("nll_loss_nd");
            private static readonly Op _klDiv = new("kl_div");
            private static readonly Op _crossEntropy = new("cross_entropy_loss");
            private static readonly Op _attention = new("scaled_dot_product_attention");
            private static readonly Op _plainAttention = new("unreel::attention");

            /// <summary>Squared differences.</summary>
            public static Tensor mse_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) =>
                _mseLoss.One(input, target, (long)reduction);

            /// <summary>Absolute differences.</summary>
            public static Tensor l1_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) =>
                _l1Loss.One(input, target, (long)reduction);

            /// <summary>Squared differences up to beta, absolute ones above.</summary>
            public static Tensor smooth_l1_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean, double beta = 1.0) =>
                _smoothL1Loss.One(input, target, (long)reduction, beta);

            /// <summary>Minus the logarithm of each target's probability, given logarithms of probabilities.</summary>
            public static Tensor nll_loss(Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean) =>
                _nllLoss.One(input, target, weight, (long)reduction);

            /// <summary>The divergence of one distribution from another.</summary>
            public static Tensor kl_div(Tensor input, Tensor target, bool log_target = true, Reduction reduction = Reduction.Mean) =>
                _klDiv.One(input, target, (long)reduction, log_target);

            /// <summary>The cross entropy of logits against class indices, or against probabilities of all classes.</summary>
            public static Tensor cross_entropy(
                Tensor input, Tensor target, Tensor? weight = null, long ignore_index = -100,
                Reduction reduction = Reduction.Mean, double label_smoothing = 0.0) =>
                _crossEntropy.One(input, target, weight, (long)reduction, ignore_index, label_smoothing);

            /// <summary>softmax(query key^T / sqrt(width)) value.</summary>
            public static Tensor scaled_dot_product_attention(
                Tensor query, Tensor key, Tensor value, Tensor? attn_mask = null, double p = 0.0, bool is_casual = false)
            {
                if (p < 0)
                    throw new ArgumentException("Dropout probability must be greater than or equal to zero.");
                if (is_casual && attn_mask is not null)
                    throw new ArgumentException("Casual attention masking cannot pass a mask.");
                if (attn_mask is null && p == 0 && !is_casual && _plainAttention.Exists)
                    return _plainAttention.One(query, key, value);
                return _attention.Exists
                    ? _attention.One(query, key, value, attn_mask, p, is_casual)
                    : ThreeOperators(query, key, value, attn_mask, p, is_casual);
            }

            /// <summary>The same for libtorch before 2.0, which has no operator for it.</summary>
            private static Tensor ThreeOperators(Tensor query, Tensor key, Tensor value, Tensor? mask, double p, bool causal)
            {
                using var scope = NewDisposeScope();
                var scores = (query * (1 / Math.Sqrt(query.size(-1)))).matmul(key.transpose(-2, -1));
                if (causal)
                    mask = ones(query.size(-2), key.size(-2), ScalarType.Bool, query.device).tril();
                if (mask is not null)
                    scores = mask.dtype == ScalarType.Bool ? scores.masked_fill(mask.logical_not(), double.NegativeInfinity) : scores + mask;
                var weights = scores.softmax(-1);
                if (p > 0)
                    weights = dropout(weights, p);
                return weights.matmul(value).MoveToOuterDisposeScope();
            }
        }
    }
}
