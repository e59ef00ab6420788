using Unreel.Video;

namespace Unreel.Modeling;

/// <summary>Hides whole slots, that is all cubes of some frames (VideoMAE, figure 2b): what is hidden is seen in time only.</summary>
/// <param name="ratio">The hidden share of the slots, above 0 and below 1; the integer part of ratio x slots are hidden.</param>
public sealed class FrameMask(double ratio) : IMaskStrategy
{
    /// <inheritdoc/>
    public string Name => "frame";

    /// <inheritdoc/>
    public int CountVisible(VideoTransformerShape shape) => shape.Tokens - (HiddenSlots(shape) * shape.SlotTokens);

    /// <inheritdoc/>
    public void Draw(MaskInput input, ref RandomStream random, Span<bool> hidden)
    {
        Span<bool> slots = stackalloc bool[input.Shape.Slots];
        slots[..HiddenSlots(input.Shape)].Fill(true);
        random.Shuffle(slots);
        for (int slot = 0; slot < slots.Length; slot++)
            hidden.Slice(slot * input.Shape.SlotTokens, input.Shape.SlotTokens).Fill(slots[slot]);
    }

    private int HiddenSlots(VideoTransformerShape shape) => (int)(ratio * shape.Slots);
}
