namespace Unreel.Serve.Classify;

/// <summary>Orders classes by probability.</summary>
internal static class Ranking
{
    /// <summary>The <paramref name="count"/> best classes, best first; of equals the one that comes first among the labels.</summary>
    public static IReadOnlyList<Prediction> Top(ReadOnlySpan<float> probabilities, IReadOnlyList<string> labels, int count)
    {
        float[] values = probabilities.ToArray();
        return [.. Enumerable.Range(0, values.Length)
            .OrderByDescending(index => values[index])
            .Take(count)
            .Select(index => new Prediction(labels[index], values[index]))];
    }
}
