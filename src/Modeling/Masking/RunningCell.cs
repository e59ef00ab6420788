using Unreel.Video;

namespace Unreel.Modeling;

/// <summary>
/// Cells of two by two places of which half are predicted, and which half moves on with every slot; the phase is random (VideoMAE V2,
/// section 3.2). Over any four slots every place is predicted twice, so that no part of the clip is left out.
/// </summary>
public sealed class RunningCell : IDecoderMask
{
    private const int Cell = 2, Places = Cell * Cell;

    /// <inheritdoc/>
    public string Name => "running-cell";

    /// <inheritdoc/>
    public double Share => 0.5;

    /// <inheritdoc/>
    public void Draw(VideoTransformerShape shape, ref RandomStream random, Span<bool> predicted)
    {
        int phase = random.NextInt(Places);
        for (int token = 0; token < predicted.Length; token++)
        {
            (int slot, int place) = Math.DivRem(token, shape.SlotTokens);
            (int row, int column) = Math.DivRem(place, shape.GridSide);
            int inCell = (row % Cell * Cell) + (column % Cell);
            predicted[token] = (inCell + Places - ((slot + phase) % Places)) % Places < Places / 2;
        }
    }
}
