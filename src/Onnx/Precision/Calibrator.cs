namespace Unreel.Onnx;

/// <summary>
/// Finds the ranges of a model's values on real clips: a few values at a time are made outputs of the graph, so that no more than those are in
/// memory at once, and counted clip after clip.
/// </summary>
internal sealed class Calibrator(OnnxDocument document, CalibrationSet clips, TrialFolder folder, int threads, int valuesAtATime = Calibrator.ValuesAtATime)
{
    /// <summary>Values that are fetched in one pass over the clips: 110 MB of ViT-S's on average, 860 MB of ViT-g's.</summary>
    internal const int ValuesAtATime = 32;

    /// <summary>Returns the range of each value.</summary>
    /// <param name="values">Names of float values.</param>
    /// <param name="method">How a range is chosen.</param>
    /// <param name="progress">Hears of clips done and to do, over all passes.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="PrecisionException">There is no clip, or a value is not finite.</exception>
    internal Dictionary<string, TensorRange> Run(IReadOnlyList<string> values, CalibrationMethod method, IProgress<PrecisionProgress> progress, CancellationToken ct)
    {
        if (clips.Clips.Count == 0)
            throw new PrecisionException("Static quantisation needs calibration clips to find the ranges of activations on; found none");

        // Bytes made floats need no looking at.
        var floats = new FloatValues(document);
        ILookup<bool, string> kinds = values.Distinct().ToLookup(value => floats.BytesOf(value) is not null);
        Dictionary<string, TensorRange> ranges = kinds[true].ToDictionary(value => value, _ => TensorRange.Bytes);
        string[][] groups = [.. kinds[false].Chunk(valuesAtATime)];
        for (int group = 0; group < groups.Length; group++)
        {
            RangeHistogram[] histograms = Count(groups[group], clip => progress.Report(new PrecisionProgress("calibrating", (group * clips.Clips.Count) + clip, groups.Length * clips.Clips.Count, "clips")), ct);
            for (int i = 0; i < histograms.Length; i++)
                ranges[groups[group][i]] = histograms[i].Choose(method);
        }

        return ranges;
    }

    private RangeHistogram[] Count(string[] values, Action<int> report, CancellationToken ct)
    {
        var editor = new GraphEditor(document);
        HashSet<string> outputs = [.. editor.Outputs.Select(output => output.Name)];
        foreach (string value in values.Where(value => !outputs.Contains(value)))
            editor.AddOutput(value, ElementType.Float);

        RangeHistogram[] histograms = [.. values.Select(_ => new RangeHistogram())];
        using TensorSession session = folder.Open(editor.Build(), threads);
        for (int clip = 0; clip < clips.Clips.Count; clip++)
        {
            session.Visit([clips.Tensor(clip, session.Inputs[0])], values, (place, numbers) => histograms[place].Add(values[place], numbers), ct);
            report(clip + 1);
        }

        return histograms;
    }
}
