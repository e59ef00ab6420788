using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Help for training.</summary>
        public static partial class utils
        {
            /// <summary>Scales all gradients down together until their common norm is at most a bound; returns the norm before.</summary>
            public static double clip_grad_norm_(IEnumerable<Parameter> tensors, double max_norm, double norm_type = 2.0)
            {
                using var scope = NewDisposeScope();
                using var frozen = no_grad();
                Tensor[] gradients = [.. tensors.Select(tensor => tensor.grad).OfType<Tensor>()];
                if (gradients.Length == 0)
                    return 0;
                var norms = stack(gradients.Select(gradient => linalg.vector_norm(gradient, norm_type)));
                var total = linalg.vector_norm(norms, norm_type).ToDouble();
                var factor = Math.Min(max_norm / (total + 1e-6), 1.0);
                foreach (var gradient in gradients)
                    gradient.mul_(factor);
                return total;
            }

            /// <summary>Keeps every element of all gradients between minus and plus a bound.</summary>
            public static void clip_grad_value_(IEnumerable<Parameter> tensors, double clip_value)
            {
                using var scope = NewDisposeScope();
                using var frozen = no_grad();
                foreach (var gradient in tensors.Select(tensor => tensor.grad).OfType<Tensor>())
                    gradient.clamp_((Scalar)(-clip_value), (Scalar)clip_value);
            }
        }
    }
}
