namespace Unreel.Video;

/// <summary>
/// Resizes RGB pictures the same way for training, evaluation and serving: separable linear interpolation between pixel
/// centres, whose triangle widens with the scale when shrinking (what PIL calls bilinear and torch antialiased bilinear).
/// </summary>
/// <remarks>
/// Arithmetic is in integers (15-bit weights that sum to one, a 15-bit intermediate, one rounding at the end), so that
/// the bytes are the same on every machine. Pixels outside the box but inside the picture take part, as if the box had
/// been cut out of the resized picture; the picture's edge repeats nothing: weights there are scaled up to sum to one.
/// </remarks>
public static class Resizer
{
    /// <summary>Resizes the part of <paramref name="source"/> inside <paramref name="box"/> to the whole of <paramref name="target"/>.</summary>
    /// <param name="source">RGB [row, column, channel], size <paramref name="from"/>.</param>
    /// <param name="from">Size of the source.</param>
    /// <param name="box">Which part; must lie inside the source.</param>
    /// <param name="target">RGB [row, column, channel], size <paramref name="to"/>.</param>
    /// <param name="to">Size of the target.</param>
    /// <exception cref="ArgumentException">Sizes and spans do not fit together, or the box leaves the source.</exception>
    public static void Resize(ReadOnlySpan<byte> source, FrameSize from, CropBox box, Span<byte> target, FrameSize to)
    {
        using var plan = ResizePlan.Create(from, box, to);
        plan.Apply(source, target);
    }

    /// <summary>Resizes every frame of a clip.</summary>
    public static Clip Resize(Clip clip, CropBox box, FrameSize to)
    {
        var result = new Clip(clip.Frames, to);
        using var plan = ResizePlan.Create(clip.Size, box, to);
        for (int frame = 0; frame < clip.Frames; frame++)
            plan.Apply(clip.Frame(frame), result.Frame(frame));
        return result;
    }
}
