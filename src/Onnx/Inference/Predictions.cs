namespace Unreel.Onnx;

/// <summary>What a model says of some clips, row after row.</summary>
/// <param name="Count">Clips.</param>
/// <param name="Classes">Classes of a row.</param>
/// <param name="Width">Features of a row; 0 where the model gives none.</param>
/// <param name="Logits">Before softmax, [<paramref name="Count"/>, <paramref name="Classes"/>].</param>
/// <param name="Probabilities">After softmax, [<paramref name="Count"/>, <paramref name="Classes"/>].</param>
/// <param name="Features">After the last normalisation, [<paramref name="Count"/>, <paramref name="Width"/>].</param>
public sealed record Predictions(int Count, int Classes, int Width, float[] Logits, float[] Probabilities, float[] Features)
{
    /// <summary>Logits of one clip.</summary>
    public ReadOnlySpan<float> LogitsOf(int clip) => Logits.AsSpan(clip * Classes, Classes);

    /// <summary>Probabilities of one clip.</summary>
    public ReadOnlySpan<float> ProbabilitiesOf(int clip) => Probabilities.AsSpan(clip * Classes, Classes);

    /// <summary>Features of one clip.</summary>
    public ReadOnlySpan<float> FeaturesOf(int clip) => Features.AsSpan(clip * Width, Width);
}
