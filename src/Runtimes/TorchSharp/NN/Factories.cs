using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Takes over a tensor, which becomes empty.</summary>
        public static Parameter Parameter(Tensor data, bool requires_grad = true) => new(data, requires_grad);

        /// <summary>x A^T + b with new parameters.</summary>
        public static Linear Linear(long inputSize, long outputSize, bool hasBias = true, Device? device = null, ScalarType? dtype = null) =>
            new(inputSize, outputSize, hasBias, device, dtype);

        /// <summary>x A^T + b with given parameters.</summary>
        public static Linear Linear(Parameter weight, Parameter? bias = null) => new(weight, bias);

        /// <summary>Normalises over the last dimensions.</summary>
        public static LayerNorm LayerNorm(
            long[] normalized_shape, double eps = 1e-05, bool elementwise_affine = true, bool bias = true,
            Device? device = null, ScalarType? dtype = null) =>
            new(normalized_shape, eps, elementwise_affine, bias, device, dtype);

        /// <summary>Normalises over the last dimension.</summary>
        public static LayerNorm LayerNorm(
            long normalized_shape, double eps = 1e-05, bool elementwise_affine = true, bool bias = true,
            Device? device = null, ScalarType? dtype = null) =>
            new([normalized_shape], eps, elementwise_affine, bias, device, dtype);

        /// <summary>Normalises over a batch of vectors.</summary>
        public static BatchNorm1d BatchNorm1d(
            long num_features, double eps = 1e-05, double momentum = 0.1, bool affine = true, bool track_running_stats = true,
            Device? device = null, ScalarType? dtype = null) =>
            new(num_features, eps, momentum, affine, track_running_stats, device, dtype);

        /// <summary>A convolution over two dimensions with equal sides.</summary>
        public static Conv2d Conv2d(
            long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, long dilation = 1,
            PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) =>
            Conv2d(
                in_channels, out_channels, (kernel_size, kernel_size), (stride, stride), (padding, padding), (dilation, dilation),
                padding_mode, groups, bias, device, dtype);

        /// <summary>A convolution over two dimensions.</summary>
        public static Conv2d Conv2d(
            long in_channels, long out_channels, (long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null,
            (long, long)? dilation = null, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true,
            Device? device = null, ScalarType? dtype = null)
        {
            RequireZeros(padding_mode);
            return new Conv2d(
                in_channels, out_channels, Sides(kernel_size), Sides(stride ?? (1, 1)), Sides(padding ?? (0, 0)),
                Sides(dilation ?? (1, 1)), groups, bias, device, dtype);
        }

        /// <summary>A convolution over three dimensions with equal sides.</summary>
        public static Conv3d Conv3d(
            long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, long dilation = 1,
            PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) =>
            Conv3d(
                in_channels, out_channels, (kernel_size, kernel_size, kernel_size), (stride, stride, stride), (padding, padding, padding),
                (dilation, dilation, dilation), padding_mode, groups, bias, device, dtype);

        /// <summary>A convolution over three dimensions.</summary>
        public static Conv3d Conv3d(
            long in_channels, long out_channels, (long, long, long) kernel_size, (long, long, long)? stride = null,
            (long, long, long)? padding = null, (long, long, long)? dilation = null, PaddingModes padding_mode = PaddingModes.Zeros,
            long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null)
        {
            RequireZeros(padding_mode);
            return new Conv3d(
                in_channels, out_channels, Sides(kernel_size), Sides(stride ?? (1, 1, 1)), Sides(padding ?? (0, 0, 0)),
                Sides(dilation ?? (1, 1, 1)), groups, bias, device, dtype);
        }

        private static long[] Sides((long, long) sides) => [sides.Item1, sides.Item2];

        private static long[] Sides((long, long, long) sides) => [sides.Item1, sides.Item2, sides.Item3];

        private static void RequireZeros(PaddingModes mode)
        {
            if (mode != PaddingModes.Zeros)
                throw new NotSupportedException($"This subset pads convolutions with zeros only, not with {mode}.");
        }
    }
}
