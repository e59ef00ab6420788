using TorchSharp.PInvoke;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            private static readonly Op _pad = new("pad");
            private static readonly Op[] _nearest = Upsampling("upsample_nearest{0}d");
            private static readonly Op[] _nearestExact = Upsampling("_upsample_nearest_exact{0}d");
            private static readonly Op _linear1d = new("upsample_linear1d", "vec");
            private static readonly Op _bilinear = new("upsample_bilinear2d", "vec");
            private static readonly Op _bicubic = new("upsample_bicubic2d", "vec");
            private static readonly Op _trilinear = new("upsample_trilinear3d", "vec");
            private static readonly Op _bilinearSmooth = new("_upsample_bilinear2d_aa", "vec");
            private static readonly Op _bicubicSmooth = new("_upsample_bicubic2d_aa", "vec");
            private static readonly Op[] _area = [new("adaptive_avg_pool1d"), new("adaptive_avg_pool2d"), new("adaptive_avg_pool3d")];

            /// <summary>Puts elements around an input: two numbers for each dimension, from the last.</summary>
            public static Tensor pad(Tensor input, long[] pad, PaddingModes mode = PaddingModes.Constant, double value = 0) =>
                mode is PaddingModes.Constant or PaddingModes.Zeros
                    ? _pad.One(input, pad, "constant", value)
                    : _pad.One(input, pad, mode.ToString().ToLowerInvariant());

            /// <summary>Puts elements around the last dimension.</summary>
            public static Tensor pad(Tensor input, (long, long) pad, PaddingModes mode = PaddingModes.Constant, double value = 0) =>
                functional.pad(input, [pad.Item1, pad.Item2], mode, value);

            /// <summary>Puts elements around the last two dimensions.</summary>
            public static Tensor pad(Tensor input, (long, long, long, long) pad, PaddingModes mode = PaddingModes.Constant, double value = 0) =>
                functional.pad(input, [pad.Item1, pad.Item2, pad.Item3, pad.Item4], mode, value);

            /// <summary>Resizes the dimensions after the second, to sizes or by factors.</summary>
            public static Tensor interpolate(
                Tensor x, long[]? size = null, double[]? scale_factor = null, InterpolationMode mode = InterpolationMode.Nearest,
                bool? align_corners = null, bool recompute_scale_factor = false, bool antialias = false)
            {
                if (size is null == scale_factor is null)
                    throw new ArgumentException("exactly one of size and scale_factor must be given");
                var rank = (int)x.ndim - 2;
                if (rank is < 1 or > 3)
                    throw new ArgumentException($"interpolate takes 3 to 5 dimensions, got {x.ndim}.");
                if (size is null && (recompute_scale_factor || mode == InterpolationMode.Area))
                {
                    size = [.. scale_factor!.Select((factor, i) => (long)Math.Floor(x.size(i + 2) * factor))];
                    scale_factor = null;
                }

                return Resize(x, rank, size, scale_factor, mode, align_corners ?? false, antialias);
            }

            private static Tensor Resize(
                Tensor x, int rank, long[]? size, double[]? factor, InterpolationMode mode, bool aligned, bool smooth) => (mode, rank) switch
                {
                    (InterpolationMode.Nearest, _) => _nearest[rank - 1].One(x, size, factor),
                    (InterpolationMode.NearestExact, _) => _nearestExact[rank - 1].One(x, size, factor),
                    (InterpolationMode.Area, _) => _area[rank - 1].One(x, size),
                    (InterpolationMode.Linear, 1) => _linear1d.One(x, size, aligned, factor),
                    (InterpolationMode.Bilinear, 2) => (smooth ? _bilinearSmooth : _bilinear).One(x, size, aligned, factor),
                    (InterpolationMode.Bicubic, 2) => (smooth ? _bicubicSmooth : _bicubic).One(x, size, aligned, factor),
                    (InterpolationMode.Trilinear, 3) => _trilinear.One(x, size, aligned, factor),
                    _ => throw new ArgumentException($"mode {mode} does not fit {rank + 2} dimensions."),
                };

            private static Op[] Upsampling(string name) =>
                [.. Enumerable.Range(1, 3).Select(rank => new Op(name.Replace("{0}", rank.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal), "vec"))];
        }
    }
}
