namespace Unreel.Onnx;

/// <summary>How far a variant's logits are from those of the model in 32-bit floats.</summary>
/// <param name="Shift">The root mean square of the differences over the standard deviation of a clip's logits.</param>
/// <param name="Largest">The largest difference.</param>
/// <param name="Agreement">Share of clips with the same first class, 0 to 1.</param>
internal readonly record struct LogitDifference(double Shift, double Largest, double Agreement)
{
    internal static LogitDifference Between(IReadOnlyList<float[]> expected, IReadOnlyList<float[]> actual)
    {
        double squares = 0, spread = 0, largest = 0;
        int agreed = 0;
        for (int clip = 0; clip < expected.Count; clip++)
        {
            float[] want = expected[clip], have = actual[clip];
            double mean = want.Average(value => (double)value);
            for (int i = 0; i < want.Length; i++)
            {
                double difference = (double)want[i] - have[i];
                squares += difference * difference;
                spread += (want[i] - mean) * (want[i] - mean);
                largest = Math.Max(largest, Math.Abs(difference));
            }

            agreed += IndexOfMost(want) == IndexOfMost(have) ? 1 : 0;
        }

        return new LogitDifference(Math.Sqrt(squares / Math.Max(spread, double.Epsilon)), largest, (double)agreed / expected.Count);
    }

    private static int IndexOfMost(ReadOnlySpan<float> values)
    {
        int best = 0;
        for (int i = 1; i < values.Length; i++)
            best = values[i] > values[best] ? i : best;
        return best;
    }
}
