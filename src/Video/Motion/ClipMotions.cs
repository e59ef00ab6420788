using System.Numerics;

namespace Unreel.Video;

/// <summary>Finds out how videos move.</summary>
public static class ClipMotions
{
    /// <summary>Looks at all videos before long work begins, so that one that cannot give the motion that is wanted is found at once.</summary>
    /// <param name="source">The videos.</param>
    /// <param name="request">What is wanted of them; null for nothing.</param>
    /// <param name="looked">Told the number of videos looked at so far, from any thread; null for nobody.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="VideoException">The first video that cannot give it, or cannot be read.</exception>
    public static void Require(IClipSource source, MotionRequest? request, Action<int>? looked, CancellationToken ct)
    {
        if (request?.Kind == MotionKind.Vectors)
            ClipLengths.Check(source, index => Problem(source, index, request, ct), looked, ct);
    }

    /// <summary>Says why a video cannot give the motion that is wanted of it; null where it can, or where nothing is wanted.</summary>
    /// <exception cref="VideoException">It cannot be read.</exception>
    public static string? Problem(IClipSource source, int index, MotionRequest? request, CancellationToken ct) =>
        request?.Kind == MotionKind.Vectors ? WhyNoVectors(source, index, ct) : null;

    /// <summary>The flow of a clip of a video that is drawn, or null where it is not known.</summary>
    internal static MotionField? Exact(IClipSource source, int index, ReadOnlySpan<int> frames, MotionRequest request, LookGeometry geometry)
    {
        if (source is not IClipMotion motion || !motion.KnowsMotion(index))
            return null;

        var field = new MotionField(frames.Length, geometry.Size, request.Side);
        var points = new Vector2[request.Side * request.Side];
        for (int cell = 0; cell < points.Length; cell++)
            points[cell] = geometry.ToPicture(new Vector2((cell % request.Side) + 0.5f, (cell / request.Side) + 0.5f) * field.Cell);
        for (int frame = 0; frame < frames.Length; frame++)
        {
            Span<Vector2> ways = field.Frame(frame);
            motion.Displace(index, frames[frame], frames[MotionField.TowardsMiddle(frame, frames.Length)], points, ways);
            foreach (ref Vector2 way in ways)
                way *= geometry.Scale;
        }

        return field;
    }

    internal static string? WhyNoVectors(IClipSource source, int index, CancellationToken ct) => source is IVectorVisits vectors
        ? vectors.WhyNoVectors(index, ct)
        : $"clips: '{source.Items[index].Name}' is not a coded video, so that there are no motion vectors; mask 'motion-flow' works without them.";
}
