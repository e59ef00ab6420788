using System.Buffers;

namespace Unreel.Video;

/// <summary>Operations that move a picture towards, or away from, a picture that lacks something: its colour or its edges.</summary>
internal static class Blending
{
    private const int KernelWeight = 13;
    private const int CentreWeight = 5;

    /// <summary>A value between (factor below 1) or beyond (above 1) one that lacks something and the one that was, cut to a byte.</summary>
    public static byte Mix(int without, int with, float factor) => (byte)Math.Clamp(without + (factor * (with - without)), 0f, 255f);

    /// <summary>The frame's mean luma (BT.601), to the nearest whole number.</summary>
    public static int MeanLuma(ReadOnlySpan<byte> rgb)
    {
        long sum = 0;
        for (int i = 0; i + 2 < rgb.Length; i += 3)
            sum += Luma(rgb[i], rgb[i + 1], rgb[i + 2]);
        return (int)(((double)sum / (rgb.Length / 3)) + 0.5);
    }

    /// <summary>Factor 0 is grey, 1 the picture, above 1 more colourful.</summary>
    public static void Color(Span<byte> rgb, float factor)
    {
        for (int i = 0; i + 2 < rgb.Length; i += 3)
        {
            int luma = Luma(rgb[i], rgb[i + 1], rgb[i + 2]);
            rgb[i] = Mix(luma, rgb[i], factor);
            rgb[i + 1] = Mix(luma, rgb[i + 1], factor);
            rgb[i + 2] = Mix(luma, rgb[i + 2], factor);
        }
    }

    /// <summary>Factor 0 is smoothed by a 3x3 kernel of 1 with 5 at its centre, 1 the picture, above 1 sharper. The outermost pixels stay.</summary>
    public static void Sharpness(Span<byte> rgb, FrameSize size, float factor)
    {
        byte[] rented = ArrayPool<byte>.Shared.Rent(rgb.Length);
        Span<byte> before = rented.AsSpan(0, rgb.Length);
        rgb.CopyTo(before);
        int row = size.Width * 3;
        for (int y = 1; y < size.Height - 1; y++)
        {
            for (int i = (y * row) + 3; i < ((y + 1) * row) - 3; i++)
            {
                int sum = before[i - row - 3] + before[i - row] + before[i - row + 3] + before[i - 3] + (CentreWeight * before[i])
                    + before[i + 3] + before[i + row - 3] + before[i + row] + before[i + row + 3];
                rgb[i] = Mix((sum + (KernelWeight / 2)) / KernelWeight, before[i], factor);
            }
        }

        ArrayPool<byte>.Shared.Return(rented);
    }

    // BT.601's weights in 1/65536.
    private static int Luma(int red, int green, int blue) => ((red * 19595) + (green * 38470) + (blue * 7471) + 0x8000) >> 16;
}
