using System.Globalization;
using Unreel.Onnx;
using Unreel.Pipelines;

namespace Unreel.Export;

/// <summary>Computes the logits of some clips: uint8 [count, frames, height, width, 3] to [count, classes].</summary>
internal delegate float[] LogitsOf(ReadOnlySpan<byte> clips, int count);

/// <summary>Holds an ONNX model against the network it was made from, on the same clips.</summary>
/// <param name="model">The ONNX model.</param>
/// <param name="network">The network.</param>
/// <param name="tolerance">The difference of a logit that is accepted; classes closer than twice that may change places.</param>
internal sealed class ParityGate(OnnxModel model, LogitsOf network, double tolerance)
{
    private double _largest;
    private double _sum;
    private long _logits;
    private int _compared;
    private int _agreed;

    /// <summary>The batch sizes tried.</summary>
    public static IReadOnlyList<int> BatchSizes { get; } = [1, 2, 4];

    /// <summary>Compares on clips, in every batch size; the last batch of a size is filled up from the front.</summary>
    /// <param name="clips">Clip after clip, as the contract's input says.</param>
    /// <param name="ct">Cancels.</param>
    public ParityReport Compare(IReadOnlyList<byte[]> clips, CancellationToken ct)
    {
        foreach (int size in BatchSizes)
        {
            for (int first = 0; first < clips.Count; first += size)
            {
                ct.ThrowIfCancellationRequested();
                byte[] batch = [.. Enumerable.Range(first, size).SelectMany(clip => clips[clip % clips.Count])];
                Compare(network(batch, size), model.Classify(batch, size, ct));
            }
        }

        return new ParityReport(_largest, _sum / _logits, (double)_agreed / _compared, clips.Count, BatchSizes);
    }

    /// <summary>Refuses a model that differs by more than is accepted.</summary>
    /// <exception cref="GateRefusedException">It does; the message gives the figures.</exception>
    public static void Judge(ParityReport report, ExportOptions options)
    {
        // Written so that a difference that is not a number is refused too.
        bool close = report.LargestDifference <= options.Tolerance;
        bool agrees = report.Top1Agreement >= options.MinTop1Agreement;
        if (!close || !agrees)
        {
            throw new GateRefusedException(string.Create(
                CultureInfo.InvariantCulture,
                $"The ONNX model differs from the network it was made from: largest logit difference {report.LargestDifference:G3} (accepted {options.Tolerance:G3}), "
                + $"same first class on {100 * report.Top1Agreement:0.##} % of comparisons (accepted {100 * options.MinTop1Agreement:0.##} %), {report.Clips} clips in batches of {string.Join(", ", report.BatchSizes)}. Nothing was published."));
        }
    }

    private void Compare(float[] expected, Predictions actual)
    {
        for (int clip = 0; clip < actual.Count; clip++)
        {
            ReadOnlySpan<float> want = expected.AsSpan(clip * actual.Classes, actual.Classes);
            ReadOnlySpan<float> have = actual.LogitsOf(clip);
            for (int label = 0; label < want.Length; label++)
            {
                double difference = Math.Abs((double)want[label] - have[label]);
                _largest = double.IsNaN(difference) ? double.NaN : Math.Max(_largest, difference);
                _sum += difference;
            }

            _logits += want.Length;
            _agreed += Agree(want, have) ? 1 : 0;
            _compared++;
        }
    }

    // Two logits that may each be off by the tolerance say nothing of which comes first when they lie within twice that.
    private bool Agree(ReadOnlySpan<float> want, ReadOnlySpan<float> have)
    {
        int expected = First(want), found = First(have);
        return expected == found || (double)want[expected] - want[found] <= 2 * tolerance;
    }

    private static int First(ReadOnlySpan<float> logits) => System.Numerics.Tensors.TensorPrimitives.IndexOfMax(logits);
}

/// <summary>What the comparison gave.</summary>
/// <param name="LargestDifference">The largest difference of a logit.</param>
/// <param name="MeanDifference">The mean difference of a logit.</param>
/// <param name="Top1Agreement">The share of comparisons with the same first class, or one that the tolerance cannot tell from it, 0 to 1.</param>
/// <param name="Clips">The clips compared.</param>
/// <param name="BatchSizes">The batch sizes each was compared in.</param>
internal sealed record ParityReport(double LargestDifference, double MeanDifference, double Top1Agreement, int Clips, IReadOnlyList<int> BatchSizes)
{
    /// <summary>
    /// The differences rounded up to one digit, for publishing: beyond it they follow the processor's instructions rather
    /// than the model, and the same work should give the same bytes. One that <paramref name="tolerance"/> accepts stays so.
    /// </summary>
    public ParityReport Rounded(double tolerance) => this with
    {
        LargestDifference = RoundedUp(LargestDifference, tolerance),
        MeanDifference = RoundedUp(MeanDifference, tolerance),
    };

    private static double RoundedUp(double value, double tolerance)
    {
        if (!(value > 0 && double.IsFinite(value)))
            return value;

        int exponent = (int)Math.Floor(Math.Log10(value));
        double digit = Math.Ceiling(value / Math.Pow(10, exponent));

        // Through text: a power of ten is not exact, and 4e-7 is to read 4E-07 and not 3.9999999999999997E-07.
        double up = double.Parse(string.Create(CultureInfo.InvariantCulture, $"{digit:0}e{exponent}"), CultureInfo.InvariantCulture);
        return value <= tolerance ? Math.Min(up, tolerance) : up;
    }
}
