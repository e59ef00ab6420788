using System.Numerics;
using Unreel.Video;

namespace Unreel.Modeling;

/// <summary>
/// Hides what moves, by the motion vectors that the video was coded with (Fan et al., "Motion-Guided Masking for Spatiotemporal
/// Representation Learning", 2023). Neither code nor the size of its boxes is published; this is our reading: in every slot the same
/// number of places is hidden, those whose vectors are longest, so that what is hidden goes where the content goes. Places that move alike,
/// as still ones do, are hidden in an order that chance sets for the whole clip: a tube, through which nothing hidden is seen.
/// </summary>
/// <param name="ratio">The hidden share of a slot's places, above 0 and below 1; the integer part of ratio x places are hidden. The paper's is .75.</param>
/// <param name="box">A place counts as moving as fast as the box of this many places a side around it does on average; odd, 1 for the place alone.</param>
public sealed class MotionVectorMask(double ratio, int box = 1) : IMaskStrategy
{
    private const int CellsAPlace = 2;

    // Vectors are told in quarters of a pixel: what is left of smaller differences is rounding.
    private const float Steps = 64;

    /// <inheritdoc/>
    public string Name => "motion-vectors";

    /// <inheritdoc/>
    public int CountVisible(VideoTransformerShape shape) => shape.Tokens - (shape.Slots * HiddenPlaces(shape));

    /// <inheritdoc/>
    public MotionRequest Motion(VideoTransformerShape shape) => new(MotionKind.Vectors, shape.GridSide * CellsAPlace);

    /// <inheritdoc/>
    public void Draw(MaskInput input, ref RandomStream random, Span<bool> hidden)
    {
        VideoTransformerShape shape = input.Shape;
        MotionField field = input.Motion ?? throw new ModelException($"The '{Name}' mask needs the motion vectors of every clip, and there are none.");
        int[] turn = [.. Enumerable.Range(0, shape.SlotTokens)];
        random.Shuffle(turn.AsSpan());
        for (int slot = 0; slot < shape.Slots; slot++)
        {
            float[] speeds = Boxed(Speeds(shape, field, slot), shape.GridSide);
            foreach (int place in turn.OrderByDescending(place => MathF.Round(speeds[place] * Steps)).Take(HiddenPlaces(shape)))
                hidden[(slot * shape.SlotTokens) + place] = true;
        }
    }

    private int HiddenPlaces(VideoTransformerShape shape) => (int)(ratio * shape.SlotTokens);

    // The mean length of the vectors of each place.
    private static float[] Speeds(VideoTransformerShape shape, MotionField field, int slot)
    {
        float[] speeds = new float[shape.SlotTokens];
        for (int frame = slot * shape.TubeletSize; frame < (slot + 1) * shape.TubeletSize; frame++)
        {
            Span<Vector2> ways = field.Frame(frame);
            for (int cell = 0; cell < ways.Length; cell++)
            {
                int place = (cell / field.Side / CellsAPlace * shape.GridSide) + (cell % field.Side / CellsAPlace);
                speeds[place] += ways[cell].Length() / (shape.TubeletSize * CellsAPlace * CellsAPlace);
            }
        }

        return speeds;
    }

    private float[] Boxed(float[] speeds, int side)
    {
        if (box == 1)
            return speeds;

        float[] boxed = new float[speeds.Length];
        int reach = box / 2;
        for (int place = 0; place < boxed.Length; place++)
        {
            (int row, int column) = Math.DivRem(place, side);
            int count = 0;
            for (int y = Math.Max(row - reach, 0); y <= Math.Min(row + reach, side - 1); y++)
                for (int x = Math.Max(column - reach, 0); x <= Math.Min(column + reach, side - 1); x++, count++)
                    boxed[place] += speeds[(y * side) + x];
            boxed[place] /= count;
        }

        return boxed;
    }
}
