using Unreel.Onnx;
using Unreel.Pipelines;

namespace Unreel.Export;

/// <summary>Clips, and what the network gives for each.</summary>
/// <param name="Clips">uint8 [frames, height, width, 3] each.</param>
/// <param name="Outputs">For each output of the graph one row a clip.</param>
internal sealed record NetworkAnswers(IReadOnlyList<byte[]> Clips, IReadOnlyDictionary<string, IReadOnlyList<float[]>> Outputs)
{
    /// <summary>The rows of the logits; null where the graph is no classifier.</summary>
    public IReadOnlyList<float[]>? Logits => Outputs.GetValueOrDefault(ClassifierGraph.Logits);

    /// <summary>The largest value of an output, whichever sign; differences of outputs that are no classes are shares of it.</summary>
    public double LargestOf(string output) => Outputs[output].Max(row => row.Max(Math.Abs));

    /// <summary>Asks the network for each clip by itself: a clip's answer does not depend on those beside it.</summary>
    /// <exception cref="UsageException">It answers with what is no number: there is nothing to hold a model against.</exception>
    public static NetworkAnswers Ask(IReferenceNetwork network, IReadOnlyList<byte[]> clips, Action<int> told, CancellationToken ct)
    {
        Dictionary<string, IReadOnlyList<float[]>> outputs = new(StringComparer.Ordinal);
        for (int clip = 0; clip < clips.Count; clip++)
        {
            ct.ThrowIfCancellationRequested();
            foreach ((string name, float[] row) in network.Answer(clips[clip]))
            {
                if (!Array.TrueForAll(row, float.IsFinite))
                    throw new UsageException($"The network itself answers clip {clip + 1} with {name} that are not finite: its weights are damaged, or were trained to no end. Nothing was published.");
                if (!outputs.TryGetValue(name, out IReadOnlyList<float[]>? rows))
                    outputs.Add(name, rows = new List<float[]>());
                ((List<float[]>)rows).Add(row);
            }

            told(clip + 1);
        }

        return new NetworkAnswers(clips, outputs);
    }
}

/// <summary>What an output's difference is measured in.</summary>
internal static class ParityScale
{
    /// <summary>Whether differences are taken as they are; those of other outputs are divided by the largest value.</summary>
    public static bool IsAbsolute(string output) => output is ClassifierGraph.Logits or ClassifierGraph.Probabilities;
}
