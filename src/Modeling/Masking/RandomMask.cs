using Unreel.Video;

namespace Unreel.Modeling;

/// <summary>Hides any tokens, agnostic of space and time (Feichtenhofer et al., "Masked Autoencoders As Spatiotemporal Learners", 2022, section 3).</summary>
/// <param name="ratio">The hidden share of the tokens, above 0 and below 1; the integer part of ratio x tokens are hidden.</param>
public sealed class RandomMask(double ratio) : IMaskStrategy
{
    /// <inheritdoc/>
    public string Name => "random";

    /// <inheritdoc/>
    public int CountVisible(VideoTransformerShape shape) => shape.Tokens - Hidden(shape);

    /// <inheritdoc/>
    public void Draw(MaskInput input, ref RandomStream random, Span<bool> hidden)
    {
        hidden[..Hidden(input.Shape)].Fill(true);
        random.Shuffle(hidden);
    }

    private int Hidden(VideoTransformerShape shape) => (int)(ratio * shape.Tokens);
}
