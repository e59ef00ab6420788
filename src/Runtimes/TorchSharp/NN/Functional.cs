using TorchSharp.PInvoke;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>What modules do, without their parameters.</summary>
        public static partial class functional
        {
            private static readonly Op _linear = Op.Own("linear");
            private static readonly Op _geluExact = Op.Own("gelu"), _gelu = new("gelu");
            private static readonly Op _geluInPlace = new("gelu_");
            private static readonly Op _layerNorm = Op.Own("layer_norm");
            private static readonly Op _batchNorm = new("batch_norm");
            private static readonly Op _dropout = new("dropout");
            private static readonly Op _dropoutInPlace = new("dropout_");
            private static readonly Op _conv2d = new("conv2d");
            private static readonly Op _conv3d = new("conv3d");
            private static readonly Op _convTranspose2d = new("conv_transpose2d", "input");
            private static readonly Op _oneHot = new("one_hot");

            /// <summary>input weights^T + bias.</summary>
            public static Tensor linear(Tensor input, Tensor weights, Tensor? bias = null) => _linear.One(input, weights, bias);

            /// <summary>The Gaussian error linear unit, exact.</summary>
            public static Tensor gelu(Tensor x) => _geluExact.One(x);

            /// <summary>The Gaussian error linear unit, exact.</summary>
            public static Tensor gelu(Tensor x, bool inplace) => gelu(x, Modules.GELU.Approximate.none, inplace);

            /// <summary>The Gaussian error linear unit.</summary>
            public static Tensor gelu(Tensor x, Modules.GELU.Approximate approximate, bool inplace = false)
            {
                if (!inplace)
                    return approximate == Modules.GELU.Approximate.none ? gelu(x) : _gelu.One(x, approximate.ToString());
                _geluInPlace.Do(x, approximate.ToString());
                return x.alias();
            }

            /// <summary>The positive part.</summary>
            public static Tensor relu(Tensor x, bool inplace = false) => inplace ? x.relu_().alias() : x.relu();

            /// <summary>Exponentials that sum to one along a dimension.</summary>
            public static Tensor softmax(Tensor input, long dim, ScalarType? dtype = null) => input.softmax(dim, dtype);

            /// <summary>The logarithm of the softmax.</summary>
            public static Tensor log_softmax(Tensor input, long dim, ScalarType? dtype = null) => input.log_softmax(dim, dtype);

            /// <summary>Mean 0 and variance 1 over the last dimensions, then scaled and shifted.</summary>
            public static Tensor layer_norm(
                Tensor input, long[] normalized_shape, Tensor? weight = null, Tensor? bias = null, double eps = 1e-5) =>
                _layerNorm.One(input, normalized_shape, weight, bias, eps);

            /// <summary>Mean 0 and variance 1 over a batch, or with running statistics.</summary>
            public static Tensor batch_norm(
                Tensor input, Tensor? running_mean, Tensor? running_var, Tensor? weight = null, Tensor? bias = null,
                bool training = false, double momentum = 0.1, double eps = 1e-5) =>
                _batchNorm.One(input, weight, bias, running_mean, running_var, training, momentum, eps, false);

            /// <summary>Sets elements to zero at random, and scales the others up.</summary>
            public static Tensor dropout(Tensor input, double p = 0.5, bool training = true, bool inplace = false)
            {
                if (!inplace)
                    return _dropout.One(input, p, training);
                _dropoutInPlace.Do(input, p, training);
                return input.alias();
            }

            /// <summary>A convolution over two dimensions.</summary>
            public static Tensor conv2d(
                Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null, long[]? padding = null,
                long[]? dilation = null, long groups = 1) =>
                _conv2d.One(input, weight, bias, strides ?? [1, 1], padding ?? [0, 0], dilation ?? [1, 1], groups);

            /// <summary>A convolution over three dimensions.</summary>
            public static Tensor conv3d(
                Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null, long[]? padding = null,
                long[]? dilation = null, long groups = 1) =>
                _conv3d.One(input, weight, bias, strides ?? [1, 1, 1], padding ?? [0, 0, 0], dilation ?? [1, 1, 1], groups);

            /// <summary>The transpose of a convolution over two dimensions: each element spreads the kernel around itself.</summary>
            public static Tensor conv_transpose2d(
                Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null, long[]? padding = null,
                long[]? output_padding = null, long[]? dilation = null, long groups = 1) =>
                _convTranspose2d.One(
                    input, weight, bias, strides ?? [1, 1], padding ?? [0, 0], output_padding ?? [0, 0], groups, dilation ?? [1, 1]);

            /// <summary>A row of zeros with a one at each index.</summary>
            public static Tensor one_hot(Tensor x, long num_classes = -1) => _oneHot.One(x, num_classes);

            /// <summary>Divides by the norm along a dimension.</summary>
            public static Tensor normalize(Tensor input, double p = 2.0, long dim = 1L, double eps = 1e-12)
            {
                using var scope = NewDisposeScope();
                var norm = linalg.vector_norm(input, p, [dim], true).clamp_min(eps);
                return input.div(norm.expand_as(input)).MoveToOuterDisposeScope();
            }
        }
    }
}
