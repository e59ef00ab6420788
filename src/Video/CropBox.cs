namespace Unreel.Video;

/// <summary>A rectangle of a picture, in its pixels; edges may lie between pixels.</summary>
/// <param name="Left">Left edge, 0 at the picture's left.</param>
/// <param name="Top">Top edge, 0 at the picture's top.</param>
/// <param name="Width">Width, above 0.</param>
/// <param name="Height">Height, above 0.</param>
public readonly record struct CropBox(double Left, double Top, double Width, double Height)
{
    /// <summary>The whole picture.</summary>
    public static CropBox Whole(FrameSize size) => new(0, 0, size.Width, size.Height);

    /// <summary>
    /// The box that a square of <paramref name="side"/> pixels covers, cut out after the picture's short side is resized to
    /// <paramref name="shortSide"/>; so that resizing and cropping take one step.
    /// </summary>
    /// <param name="size">The picture.</param>
    /// <param name="shortSide">What its short side is resized to; the long side is rounded to whole pixels.</param>
    /// <param name="side">Side of the square, at most <paramref name="shortSide"/>.</param>
    /// <param name="crop">Which of the squares.</param>
    /// <param name="crops">1 takes the centre; more are spread evenly along the long side, the first at the left or top.</param>
    public static CropBox Square(FrameSize size, int shortSide, int side, int crop, int crops)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(side, shortSide);
        ArgumentOutOfRangeException.ThrowIfNegative(crop);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(crop, crops);
        bool wide = size.Width >= size.Height;
        int width = wide ? LongSide(size.Width, size.Height, shortSide) : shortSide;
        int height = wide ? shortSide : LongSide(size.Height, size.Width, shortSide);
        int left = wide && crops > 1 ? (width - side) * crop / (crops - 1) : (width - side) / 2;
        int top = !wide && crops > 1 ? (height - side) * crop / (crops - 1) : (height - side) / 2;
        double x = (double)size.Width / width, y = (double)size.Height / height;
        return new CropBox(left * x, top * y, side * x, side * y);
    }

    private static int LongSide(int longSide, int ofShort, int shortSide) =>
        (int)Math.Min(((2L * longSide * shortSide) + ofShort) / (2L * ofShort), int.MaxValue / 4);
}
