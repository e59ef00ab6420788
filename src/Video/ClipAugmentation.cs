namespace Unreel.Video;

/// <summary>Takes clips by chance for training. The same numbers from the stream give the same bytes.</summary>
public static class ClipAugmentation
{
    private const int Attempts = 10;
    private static readonly (double Across, double Down)[] Sides =
        [(1, 1), (1, .875), (.875, 1), (.875, .875), (.875, .75), (.75, .875), (.75, .75), (.75, .66), (.66, .75), (.66, .66)];

    // In quarters of the room that a crop leaves: corners and centre, then the points between them.
    private static readonly (int X, int Y)[] Places =
        [(0, 0), (4, 0), (0, 4), (4, 4), (2, 2), (0, 2), (4, 2), (2, 4), (2, 0), (1, 1), (3, 1), (1, 3), (3, 3)];

    /// <summary>Reads one clip of a video: frames, crop, mirror, colour, operations and what is erased are drawn from <paramref name="random"/>, in that order.</summary>
    /// <returns>uint8 RGB [Frames, Size, Size, 3].</returns>
    /// <exception cref="VideoException">The video cannot be read.</exception>
    public static byte[] Read(IClipSource source, int index, AugmentationOptions options, ref RandomStream random, CancellationToken ct) =>
        Read(source, index, options, null, ref random, ct).Pixels;

    /// <summary>Reads one clip and how its content moves; asking for that changes neither the pixels nor what is drawn from <paramref name="random"/>.</summary>
    /// <param name="source">The videos.</param>
    /// <param name="index">Which video.</param>
    /// <param name="options">How frames are chosen and cut.</param>
    /// <param name="motion">What is wanted beside the pixels; null for nothing.</param>
    /// <param name="random">What choices are drawn from.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="VideoException">The video cannot be read, or has no motion vectors where they are wanted.</exception>
    public static AugmentedClip Read(IClipSource source, int index, AugmentationOptions options, MotionRequest? motion, ref RandomStream random, CancellationToken ct)
    {
        int[] frames = options.Sampling == ClipPreparation.SegmentSampling
            ? FrameIndices.Segments(source.FrameCount(index), options.Frames, ref random)
            : FrameIndices.Train(source.FrameCount(index), options.Frames, options.Stride, ref random);
        RandomStream rest = random;
        using var look = new TrainingLook(options, rest);
        byte[] clip = new byte[checked(options.Frames * options.Size * options.Size * 3)];
        int bytes = options.Size * options.Size * 3;
        MotionField? field = null;
        if (motion?.Kind == MotionKind.Vectors)
            field = ReadMoving(source, index, frames, motion, options, look, clip, ct);
        else
            FrameVisits.Visit(source, index, frames, (position, rgb, size) => look.Apply(position, rgb, size, clip.AsSpan(position * bytes, bytes)), ct);
        if (motion?.Kind == MotionKind.Flow)
            field = ClipMotions.Exact(source, index, frames, motion, look.Geometry);
        random = look.Random;
        return new AugmentedClip(clip, field);
    }

    private static MotionField ReadMoving(IClipSource source, int index, int[] frames, MotionRequest motion, AugmentationOptions options, TrainingLook look, byte[] clip, CancellationToken ct)
    {
        if (source is not IVectorVisits moving)
            throw new VideoException(ClipMotions.WhyNoVectors(source, index, ct)!);

        var gathered = new VectorField(options.Frames, options.Size, motion.Side);
        int bytes = clip.Length / options.Frames;
        moving.Visit(index, frames, (position, rgb, size, vectors) =>
        {
            look.Apply(position, rgb, size, clip.AsSpan(position * bytes, bytes));
            gathered.Put(position, vectors, look.Geometry);
        }, ct);
        return gathered.Finish(source.Items[index].Name, frames);
    }

    /// <summary>
    /// VideoMAE's multi-scale crop: each side is one of four shares of the picture's short side, at most one step apart;
    /// the crop lies at one of 13 places.
    /// </summary>
    public static CropBox MultiScale(FrameSize picture, ref RandomStream random)
    {
        int shortSide = Math.Min(picture.Width, picture.Height);
        (double across, double down) = Sides[random.NextInt(Sides.Length)];
        int width = Math.Max((int)(shortSide * across), 1), height = Math.Max((int)(shortSide * down), 1);
        (int x, int y) = Places[random.NextInt(Places.Length)];
        return new CropBox((picture.Width - width) / 4 * x, (picture.Height - height) / 4 * y, width, height);
    }

    /// <summary>A crop whose area is a uniform share of the picture and whose aspect ratio is log-uniform; after ten that do not fit, the largest centre crop within the ratios.</summary>
    public static CropBox RandomResized(FrameSize picture, double minArea, double maxArea, double minAspect, double maxAspect, ref RandomStream random)
    {
        double area = (double)picture.Width * picture.Height;
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            double share = random.NextDouble(minArea, maxArea) * area;
            double aspect = Math.Exp(random.NextDouble(Math.Log(minAspect), Math.Log(maxAspect)));
            int width = (int)Math.Round(Math.Sqrt(share * aspect)), height = (int)Math.Round(Math.Sqrt(share / aspect));
            if (width > 0 && height > 0 && width <= picture.Width && height <= picture.Height)
                return new CropBox(random.NextInt(picture.Width - width + 1), random.NextInt(picture.Height - height + 1), width, height);
        }

        double ratio = Math.Clamp((double)picture.Width / picture.Height, minAspect, maxAspect);
        int wide = Math.Clamp((int)Math.Round(picture.Height * ratio), 1, picture.Width), high = Math.Clamp((int)Math.Round(picture.Width / ratio), 1, picture.Height);
        return new CropBox((picture.Width - wide) / 2, (picture.Height - high) / 2, wide, high);
    }

    /// <summary>Mirrors a frame left to right in place.</summary>
    public static void Mirror(Span<byte> rgb, FrameSize size)
    {
        for (int row = 0; row < size.Height; row++)
        {
            Span<byte> line = rgb.Slice(row * size.Width * 3, size.Width * 3);
            for (int left = 0, right = line.Length - 3; left < right; left += 3, right -= 3)
                for (int channel = 0; channel < 3; channel++)
                    (line[left + channel], line[right + channel]) = (line[right + channel], line[left + channel]);
        }
    }
}
