namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>First values of parameters; all of them change their argument.</summary>
        public static class init
        {
            /// <summary>The activation that follows.</summary>
            public enum NonlinearityType
            {
                /// <summary>None.</summary>
                Linear = 0,

                /// <summary>A convolution over one dimension.</summary>
                Conv1D = 1,

                /// <summary>A convolution over two dimensions.</summary>
                Conv2D = 2,

                /// <summary>A convolution over three dimensions.</summary>
                Conv3D = 3,

                /// <summary>The logistic function.</summary>
                Sigmoid = 7,

                /// <summary>The hyperbolic tangent.</summary>
                Tanh = 8,

                /// <summary>The positive part.</summary>
                ReLU = 9,

                /// <summary>The positive part and a slope below.</summary>
                LeakyReLU = 10,
            }

            /// <summary>Which side's size sets the spread.</summary>
            public enum FanInOut
            {
                /// <summary>The input's.</summary>
                FanIn = 0,

                /// <summary>The result's.</summary>
                FanOut = 1,
            }

            /// <summary>The factor that keeps the variance through an activation.</summary>
            public static double calculate_gain(NonlinearityType nonlinearity, double param = 0.0) => nonlinearity switch
            {
                NonlinearityType.Tanh => 5.0 / 3.0,
                NonlinearityType.ReLU => Math.Sqrt(2.0),
                NonlinearityType.LeakyReLU => Math.Sqrt(2.0 / (1 + (param * param))),
                _ => 1.0,
            };

            /// <summary>Ones.</summary>
            public static Tensor ones_(Tensor tensor) => Frozen(tensor, t => t.fill_(1.0));

            /// <summary>Zeros.</summary>
            public static Tensor zeros_(Tensor tensor) => Frozen(tensor, t => t.zero_());

            /// <summary>One value.</summary>
            public static Tensor constant_(Tensor tensor, Scalar val) => Frozen(tensor, t => t.fill_(val));

            /// <summary>Uniform from low up to high.</summary>
            public static Tensor uniform_(Tensor tensor, double low = 0, double high = 1, Generator? generator = null) =>
                Frozen(tensor, t => t.uniform_(low, high, generator));

            /// <summary>Normal.</summary>
            public static Tensor normal_(Tensor tensor, double mean = 0, double std = 1, Generator? generator = null) =>
                Frozen(tensor, t => t.normal_(mean, std, generator));

            /// <summary>Normal, with nothing below a or above b.</summary>
            public static Tensor trunc_normal_(
                Tensor tensor, double mean = 0.0, double std = 1.0, double a = -2.0, double b = 2.0, Generator? generator = null)
            {
                var low = NormalCdf((a - mean) / std);
                var high = NormalCdf((b - mean) / std);
                return Frozen(tensor, t => t
                    .uniform_((2 * low) - 1, (2 * high) - 1, generator)
                    .erfinv_().mul_(std * Math.Sqrt(2.0)).add_(mean).clamp_((Scalar)a, (Scalar)b));
            }

            /// <summary>Uniform, after Glorot and Bengio.</summary>
            public static Tensor xavier_uniform_(Tensor tensor, double gain = 1.0)
            {
                var (fanIn, fanOut) = CalculateFanInAndFanOut(tensor);
                var bound = gain * Math.Sqrt(6.0 / (fanIn + fanOut));
                return uniform_(tensor, -bound, bound);
            }

            /// <summary>Normal, after Glorot and Bengio.</summary>
            public static Tensor xavier_normal_(Tensor tensor, double gain = 1.0)
            {
                var (fanIn, fanOut) = CalculateFanInAndFanOut(tensor);
                return normal_(tensor, 0, gain * Math.Sqrt(2.0 / (fanIn + fanOut)));
            }

            /// <summary>Uniform, after He and others.</summary>
            public static Tensor kaiming_uniform_(
                Tensor tensor, double a = 0, FanInOut mode = FanInOut.FanIn, NonlinearityType nonlinearity = NonlinearityType.LeakyReLU)
            {
                var bound = Math.Sqrt(3.0) * Spread(tensor, a, mode, nonlinearity);
                return uniform_(tensor, -bound, bound);
            }

            /// <summary>Normal, after He and others.</summary>
            public static Tensor kaiming_normal_(
                Tensor tensor, double a = 0, FanInOut mode = FanInOut.FanIn, NonlinearityType nonlinearity = NonlinearityType.LeakyReLU) =>
                normal_(tensor, 0, Spread(tensor, a, mode, nonlinearity));

            /// <summary>How many inputs one result has, and how many results one input.</summary>
            public static (long fanIn, long fanOut) CalculateFanInAndFanOut(Tensor tensor)
            {
                var shape = tensor.shape;
                if (shape.Length < 2)
                    throw new ArgumentException("Fan in and fan out can not be computed for tensor with fewer than 2 dimensions");
                var window = shape.Skip(2).Aggregate(1L, (product, size) => product * size);
                return (shape[1] * window, shape[0] * window);
            }

            private static double Spread(Tensor tensor, double a, FanInOut mode, NonlinearityType nonlinearity)
            {
                var (fanIn, fanOut) = CalculateFanInAndFanOut(tensor);
                return calculate_gain(nonlinearity, a) / Math.Sqrt(mode == FanInOut.FanIn ? fanIn : fanOut);
            }

            private static Tensor Frozen(Tensor tensor, Func<Tensor, Tensor> change)
            {
                using var frozen = no_grad();
                return change(tensor);
            }

            private static double NormalCdf(double x)
            {
                using var half = tensor(x / Math.Sqrt(2.0));
                return (1.0 + half.erf_().item<double>()) / 2.0;
            }
        }
    }
}
