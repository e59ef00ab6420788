using Unreel.Video;

namespace Unreel.Modeling;

/// <summary>
/// Hides the same places in every slot, so that no motion leaks a hidden place (VideoMAE, section 3.2):
/// the integer part of <paramref name="ratio"/> x places are hidden.
/// </summary>
/// <param name="ratio">The hidden share of the places, above 0 and below 1. VideoMAE's is .9.</param>
public sealed class TubeMask(double ratio) : IMaskStrategy
{
    /// <inheritdoc/>
    public string Name => "tube";

    /// <inheritdoc/>
    public int CountVisible(VideoTransformerShape shape) => shape.Tokens - (shape.Slots * HiddenPlaces(shape));

    /// <inheritdoc/>
    public void Draw(MaskInput input, ref RandomStream random, Span<bool> hidden)
    {
        int places = input.Shape.SlotTokens;
        Span<bool> tube = hidden[..places];
        tube[..HiddenPlaces(input.Shape)].Fill(true);
        random.Shuffle(tube);
        for (int slot = 1; slot < input.Shape.Slots; slot++)
            tube.CopyTo(hidden[(slot * places)..]);
    }

    private int HiddenPlaces(VideoTransformerShape shape) => (int)(ratio * shape.SlotTokens);
}
