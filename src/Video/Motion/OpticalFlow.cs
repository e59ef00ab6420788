using System.Numerics;

namespace Unreel.Video;

/// <summary>
/// Finds out from pixels how a clip's content moves: Lucas and Kanade's least squares on windows of 8 x 8 pixels from coarse to fine
/// (Bouguet, "Pyramidal Implementation of the Lucas Kanade Feature Tracker", 2000), with the template's gradients held fixed (the
/// inverse search of Baker and Matthews, 2004, which Kroeger et al.'s dense inverse search, 2016, runs on a grid, as here). A window starts from
/// the coarser level's answer, from standing still or from a neighbour's answer, whichever explains its pixels best; medians of
/// neighbours take away what is left of errors.
/// </summary>
/// <remarks>
/// Frames of 128 pixels and more are searched at half their size. Where there is nothing to see, a cell moves as its surroundings do.
/// One thread's work; the same pixels give the same field.
/// </remarks>
public static class OpticalFlow
{
    private const int HalveFrom = 128, Coarsest = 12;

    /// <summary>Finds the flow of a clip from the middle on; see <see cref="MotionKind.Flow"/>.</summary>
    /// <param name="pixels">uint8 RGB [frame, row, column, channel].</param>
    /// <param name="frames">Frames, at least 1.</param>
    /// <param name="size">Side of the frames in pixels.</param>
    /// <param name="side">Cells along a side of the field.</param>
    /// <exception cref="ArgumentException">The pixels are not those of such a clip.</exception>
    public static MotionField Estimate(ReadOnlySpan<byte> pixels, int frames, int size, int side)
    {
        var field = new MotionField(frames, size, side);
        if (pixels.Length != (long)frames * size * size * 3)
            throw new ArgumentException($"{frames} frames of {size}x{size} RGB have {(long)frames * size * size * 3} bytes, not {pixels.Length}.", nameof(pixels));

        int bytes = size * size * 3;
        var planes = new FlowPlane[frames][];
        for (int frame = 0; frame < frames; frame++)
            planes[frame] = Pyramid(pixels.Slice(frame * bytes, bytes), size);
        var search = new FlowSearch();
        for (int frame = 0; frame < frames; frame++)
        {
            int neighbour = MotionField.TowardsMiddle(frame, frames);
            if (neighbour != frame)
                Search(search, planes[frame], planes[neighbour], field.Frame(frame), side, size);
        }

        return field;
    }

    private static FlowPlane[] Pyramid(ReadOnlySpan<byte> rgb, int size)
    {
        var levels = new List<FlowPlane> { size >= HalveFrom ? FlowPlane.Halved(rgb, size) : FlowPlane.Whole(rgb, size) };
        while (levels[^1].Size / 2 >= Coarsest)
            levels.Add(levels[^1].Half());
        return [.. levels];
    }

    private static void Search(FlowSearch search, FlowPlane[] from, FlowPlane[] to, Span<Vector2> ways, int side, int size)
    {
        Vector2[] coarse = [];
        int coarseSide = 0;
        for (int level = from.Length - 1; level >= 0; level--)
        {
            int levelSide = Math.Max(1, (side + (1 << level) - 1) >> level);
            var fine = new Vector2[levelSide * levelSide];
            Start(coarse, coarseSide, fine, levelSide);
            search.Refine(from[level], to[level], fine, levelSide);
            (coarse, coarseSide) = (fine, levelSide);
        }

        float scale = (float)size / from[0].Size;
        for (int cell = 0; cell < ways.Length; cell++)
            ways[cell] = coarse[cell] * scale;
    }

    // What a level starts from: the coarser one's answer, twice as long because pixels are half as large.
    private static void Start(Vector2[] coarse, int coarseSide, Vector2[] fine, int side)
    {
        if (coarseSide == 0)
            return;

        float ratio = (float)coarseSide / side;
        for (int cell = 0; cell < fine.Length; cell++)
        {
            Vector2 place = (new Vector2((cell % side) + 0.5f, (cell / side) + 0.5f) * ratio) - new Vector2(0.5f);
            place = Vector2.Clamp(place, Vector2.Zero, new Vector2(coarseSide - 1));
            (int column, int row) = ((int)place.X, (int)place.Y);
            int right = Math.Min(column + 1, coarseSide - 1), below = Math.Min(row + 1, coarseSide - 1);
            Vector2 upper = Vector2.Lerp(coarse[(row * coarseSide) + column], coarse[(row * coarseSide) + right], place.X - column);
            Vector2 lower = Vector2.Lerp(coarse[(below * coarseSide) + column], coarse[(below * coarseSide) + right], place.X - column);
            fine[cell] = 2 * Vector2.Lerp(upper, lower, place.Y - row);
        }
    }
}
