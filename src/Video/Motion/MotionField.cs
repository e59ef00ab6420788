using System.Numerics;

namespace Unreel.Video;

/// <summary>
/// How the content of a clip moves: a displacement for every cell of a grid that lies over its square frames, in pixels of the
/// clip, to the right and down. What the displacements span is told by <see cref="MotionKind"/>.
/// </summary>
public sealed class MotionField
{
    private readonly Vector2[] _ways;

    /// <summary>Makes a field in which nothing moves.</summary>
    /// <param name="frames">Frames of the clip, at least 1.</param>
    /// <param name="size">Side of its frames in pixels, at least 1.</param>
    /// <param name="side">Cells along a side, at least 1.</param>
    public MotionField(int frames, int size, int side)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(frames, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(side, 1);
        (Frames, Size, Side) = (frames, size, side);
        _ways = new Vector2[checked(frames * side * side)];
    }

    /// <summary>Frames of the clip.</summary>
    public int Frames { get; }

    /// <summary>Side of the frames in pixels.</summary>
    public int Size { get; }

    /// <summary>Cells along a side.</summary>
    public int Side { get; }

    /// <summary>Side of a cell in pixels; need not be whole.</summary>
    public float Cell => (float)Size / Side;

    /// <summary>The displacements of one frame, [row, column].</summary>
    public Span<Vector2> Frame(int frame) => _ways.AsSpan(frame * Side * Side, Side * Side);

    /// <summary>The displacement at a point, between those of the four cells whose middles are nearest.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="point">In pixels from the frame's left and top edges.</param>
    public Vector2 At(int frame, Vector2 point)
    {
        Vector2 place = Vector2.Clamp((point / Cell) - new Vector2(0.5f), Vector2.Zero, new Vector2(Side - 1));
        (int column, int row) = ((int)place.X, (int)place.Y);
        int right = Math.Min(column + 1, Side - 1), below = Math.Min(row + 1, Side - 1);
        Span<Vector2> ways = Frame(frame);
        Vector2 upper = Vector2.Lerp(ways[(row * Side) + column], ways[(row * Side) + right], place.X - column);
        Vector2 lower = Vector2.Lerp(ways[(below * Side) + column], ways[(below * Side) + right], place.X - column);
        return Vector2.Lerp(upper, lower, place.Y - row);
    }

    /// <summary>The frame in the middle of a clip, from which <see cref="MotionKind.Flow"/> spreads.</summary>
    public static int Middle(int frames) => frames / 2;

    /// <summary>The neighbour of a frame that is one nearer to the middle; the middle itself for the middle.</summary>
    public static int TowardsMiddle(int frame, int frames) => frame - Math.Sign(frame - Middle(frames));
}
