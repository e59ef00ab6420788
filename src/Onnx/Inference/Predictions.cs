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

    /// <summary>What is said of some of the clips.</summary>
    /// <param name="first">The first of them.</param>
    /// <param name="count">How many, at least 1.</param>
    public Predictions Part(int first, int count) => count == Count
        ? this
        : new Predictions(count, Classes, Width, Rows(Logits, first, count), Rows(Probabilities, first, count), Rows(Features, first, count));

    /// <summary>Puts what a model says of some clips and of others together.</summary>
    /// <param name="parts">At least one, all of one model.</param>
    public static Predictions Join(IReadOnlyList<Predictions> parts) => parts is [var alone] ? alone : new Predictions(
        parts.Sum(part => part.Count),
        parts[0].Classes,
        parts[0].Width,
        [.. parts.SelectMany(part => part.Logits)],
        [.. parts.SelectMany(part => part.Probabilities)],
        [.. parts.SelectMany(part => part.Features)]);

    private float[] Rows(float[] all, int first, int count)
    {
        int width = all.Length / Count;
        return all.AsSpan(first * width, count * width).ToArray();
    }
}
