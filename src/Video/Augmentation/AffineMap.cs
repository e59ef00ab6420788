using System.Buffers;

namespace Unreel.Video;

/// <summary>
/// Where in the old frame each pixel of the new one comes from: (a x + b y + c, d x + e y + f), measured at the middles of pixels.
/// What comes from outside is mid grey.
/// </summary>
internal readonly record struct AffineMap(double A, double B, double C, double D, double E, double F)
{
    private const byte Grey = 128;

    /// <summary>The map of a rotation about the centre, a shear or a translation.</summary>
    public static AffineMap Of(PictureOperation operation, FrameSize size) => operation.Kind switch
    {
        PictureOperationKind.Rotate => Rotation(operation.Amount, size),
        PictureOperationKind.ShearX => new AffineMap(1, operation.Amount, 0, 0, 1, 0),
        PictureOperationKind.ShearY => new AffineMap(1, 0, 0, operation.Amount, 1, 0),
        PictureOperationKind.TranslateX => new AffineMap(1, 0, operation.Amount * size.Width, 0, 1, 0),
        PictureOperationKind.TranslateY => new AffineMap(1, 0, 0, 0, 1, operation.Amount * size.Height),
        _ => throw new ArgumentOutOfRangeException(nameof(operation), $"{operation.Kind} is not an affine map."),
    };

    /// <summary>Changes a frame in place, bilinearly.</summary>
    public void Apply(Span<byte> rgb, FrameSize size)
    {
        byte[] rented = ArrayPool<byte>.Shared.Rent(rgb.Length);
        Span<byte> before = rented.AsSpan(0, rgb.Length);
        rgb.CopyTo(before);
        int target = 0;
        for (int row = 0; row < size.Height; row++)
        {
            for (int column = 0; column < size.Width; column++, target += 3)
            {
                double x = (A * (column + 0.5)) + (B * (row + 0.5)) + C;
                double y = (D * (column + 0.5)) + (E * (row + 0.5)) + F;
                if (x < 0 || y < 0 || x >= size.Width || y >= size.Height)
                    rgb.Slice(target, 3).Fill(Grey);
                else
                    Sample(before, size, x - 0.5, y - 0.5, rgb.Slice(target, 3));
            }
        }

        ArrayPool<byte>.Shared.Return(rented);
    }

    private static AffineMap Rotation(double degrees, FrameSize size)
    {
        (double sine, double cosine) = Math.SinCos(-degrees * Math.PI / 180);
        double x = size.Width / 2.0, y = size.Height / 2.0;
        return new AffineMap(cosine, sine, x - (cosine * x) - (sine * y), -sine, cosine, y + (sine * x) - (cosine * y));
    }

    private static void Sample(ReadOnlySpan<byte> rgb, FrameSize size, double x, double y, Span<byte> target)
    {
        double left = Math.Floor(x), top = Math.Floor(y);
        float across = (float)(x - left), down = (float)(y - top);
        int column = Math.Max((int)left, 0), row = Math.Max((int)top, 0);
        int right = (Math.Min((int)left + 1, size.Width - 1) - column) * 3, below = (Math.Min((int)top + 1, size.Height - 1) - row) * size.Width * 3;
        int place = ((row * size.Width) + column) * 3;
        for (int channel = 0; channel < 3; channel++, place++)
        {
            float upper = rgb[place] + (across * (rgb[place + right] - rgb[place]));
            float lower = rgb[place + below] + (across * (rgb[place + below + right] - rgb[place + below]));
            target[channel] = (byte)(upper + (down * (lower - upper)) + 0.5f);
        }
    }
}
