namespace Unreel.Onnx;

/// <summary>
/// Finds the layers that must stay in float for the logits to stay near. Each layer is quantised alone, everything else in float: effects of
/// single layers are small and add up nearly like independent errors, whereas leaving one out of all would hide its effect in theirs. Then
/// the worst are left in float, as few as hold the limit, found by halving.
/// </summary>
/// <param name="original">The model in 32-bit floats.</param>
/// <param name="quantise">Quantises all layers but those given.</param>
/// <param name="layers">Names of all layers that can be quantised.</param>
/// <param name="decided">Those of them that stay in float anyway, and why.</param>
internal sealed class SensitivitySearch(OnnxDocument original, Func<IReadOnlySet<string>, OnnxDocument> quantise, IReadOnlyList<string> layers, IReadOnlyDictionary<string, string> decided)
{
    /// <summary>Clips that a single layer's effect is measured on.</summary>
    internal const int ClipsPerLayer = 4;

    internal PrecisionResult Run(PrecisionSettings settings, CalibrationSet clips, TrialFolder folder, IProgress<PrecisionProgress> progress, CancellationToken ct)
    {
        string output = original.Model.Graph.Output.FirstOrDefault(value => value.Name == ClassifierGraph.Logits)?.Name ?? original.Model.Graph.Output[0].Name;
        progress.Report(new PrecisionProgress("measuring the model in fp32", 0, clips.Clips.Count, "clips"));
        IReadOnlyList<float[]> expected = Logits(original, clips);

        LogitDifference difference = Measure(decided.Keys.ToHashSet(), clips);
        Dictionary<string, double> effects = [];
        SortedSet<string> kept = new(decided.Keys, StringComparer.Ordinal);
        if (settings.MeasureLayers || difference.Shift > settings.MaxLogitShift)
            effects = Effects();
        if (difference.Shift > settings.MaxLogitShift)
            (kept, difference) = Fewest(settings.MaxLogitShift.Value);

        PrecisionReport report = new(
            settings.Precision, difference.Shift, difference.Largest, difference.Agreement, settings.MaxLogitShift, clips.Clips.Count, effects.Count > 0 ? Math.Min(ClipsPerLayer, clips.Clips.Count) : 0,
            [.. layers.Select(name => new LayerEffect(name, effects.TryGetValue(name, out double effect) ? effect : null, kept.Contains(name), decided.GetValueOrDefault(name) ?? (kept.Contains(name) ? LayerEffect.Effect : null)))]);
        return new PrecisionResult(quantise(kept), report);

        Dictionary<string, double> Effects()
        {
            CalibrationSet few = clips with { Clips = [.. clips.Clips.Take(ClipsPerLayer)] };
            string[] open = [.. layers.Where(name => !decided.ContainsKey(name))];
            Dictionary<string, double> found = [];
            foreach (string name in open)
            {
                progress.Report(new PrecisionProgress("measuring each layer's effect", found.Count, open.Length, "layers"));
                found[name] = Measure(layers.Where(other => other != name).ToHashSet(), few).Shift;
            }

            return found;
        }

        (SortedSet<string> Kept, LogitDifference Difference) Fewest(double limit)
        {
            string[] worst = [.. effects.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Key)];
            (int low, int high) = (1, worst.Length);
            Dictionary<int, LogitDifference> tried = [];
            while (low < high)
            {
                int middle = (low + high) / 2;
                progress.Report(new PrecisionProgress($"trying with {middle} of {worst.Length} layers in float", 0, 0, "clips"));
                tried[middle] = Measure(Kept(middle), clips);
                (low, high) = tried[middle].Shift <= limit ? (low, middle) : (middle + 1, high);
            }

            return high < worst.Length
                ? (Kept(high), tried[high])
                : throw new PrecisionException($"No layer can be quantised: with all but one of {worst.Length} in float the logits still shift by more than {limit:G3} of their spread (the least effect of one alone is {effects.Values.Min():G3})");

            SortedSet<string> Kept(int count) => new([.. decided.Keys, .. worst.Take(count)], StringComparer.Ordinal);
        }

        LogitDifference Measure(IReadOnlySet<string> keep, CalibrationSet on) =>
            LogitDifference.Between([.. expected.Take(on.Clips.Count)], Logits(quantise(keep), on));

        IReadOnlyList<float[]> Logits(OnnxDocument document, CalibrationSet on)
        {
            using TrialModel model = folder.Open(document, settings.Threads);
            return model.RunAll(on, output, ct);
        }
    }
}
