using System.Numerics;

namespace Unreel.Video;

/// <summary>A source that knows how the content of its videos moves, because it draws them. Safe for many threads.</summary>
public interface IClipMotion
{
    /// <summary>Whether the motion of video <paramref name="index"/> is known.</summary>
    bool KnowsMotion(int index);

    /// <summary>Says how far what is seen at points of one frame is from there in another frame, seen there or covered.</summary>
    /// <param name="index">Which video; one of which <see cref="KnowsMotion"/> is true.</param>
    /// <param name="frame">The frame in which the points lie.</param>
    /// <param name="other">The other frame.</param>
    /// <param name="points">In pixels of the video's display size, from the left and top edges of the frame; a pixel's middle is at a half.</param>
    /// <param name="ways">Receives the displacement of each, in the same pixels.</param>
    void Displace(int index, int frame, int other, ReadOnlySpan<Vector2> points, Span<Vector2> ways);
}
