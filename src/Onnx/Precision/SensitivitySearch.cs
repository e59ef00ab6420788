namespace Unreel.Onnx;

/// <summary>
/// Finds the layers that must stay in float for the logits to stay near. Each layer is quantised alone, everything else in float: effects of
/// single layers are small and add up nearly like independent errors, whereas leaving one out of all would hide its effect in theirs. Then
/// the worst are left in float, as few as hold the limit, found by halving. What is no number is worse than any shift.
/// </summary>
/// <param name="original">The model in 32-bit floats.</param>
/// <param name="quantise">Quantises all layers but those given.</param>
/// <param name="layers">Names of all layers that can be quantised.</param>
/// <param name="decided">Those of them that stay in float anyway, and why.</param>
internal sealed class SensitivitySearch(OnnxDocument original, Func<IReadOnlySet<string>, OnnxDocument> quantise, IReadOnlyList<string> layers, IReadOnlyDictionary<string, string> decided)
{
    /// <summary>Clips that a single layer's effect is measured on.</summary>
    internal const int ClipsPerLayer = 4;

    /// <exception cref="PrecisionException">No layer can be quantised within the limit, or logits are no numbers.</exception>
    internal PrecisionResult Run(PrecisionSettings settings, CalibrationSet clips, TrialFolder folder, IProgress<PrecisionProgress> progress, CancellationToken ct)
    {
        progress.Report(new PrecisionProgress("measuring the model in fp32", 0, clips.Clips.Count, "clips"));
        LogitMeter meter = new(original, clips, folder, settings.Threads, ct);
        Choice choice = new([], Measure(meter, [], clips.Clips.Count));
        bool holds = Holds(choice.Difference, settings.MaxLogitShift);

        int few = Math.Min(ClipsPerLayer, clips.Clips.Count);
        Dictionary<string, double> effects = settings.MeasureLayers || !holds ? Effects(meter, few, progress) : [];
        if (!holds)
            choice = Fewest(meter, effects, settings.MaxLogitShift, clips.Clips.Count, progress);

        PrecisionReport report = new(
            settings.Precision, choice.Difference.Shift, choice.Difference.Largest, choice.Difference.Agreement, settings.MaxLogitShift, clips.Clips.Count, effects.Count > 0 ? few : 0,
            [.. layers.Select(name => EffectOf(name, effects, choice.Worst))]);
        return new PrecisionResult(quantise(With(choice.Worst)), report);
    }

    // Asked this way round, for no comparison holds of what is no number.
    private static bool Holds(LogitDifference difference, double? limit) => difference.Shift <= (limit ?? double.MaxValue);

    private Dictionary<string, double> Effects(LogitMeter meter, int clips, IProgress<PrecisionProgress> progress)
    {
        string[] open = [.. layers.Where(name => !decided.ContainsKey(name))];
        Dictionary<string, double> found = [];
        foreach (string name in open)
        {
            progress.Report(new PrecisionProgress("measuring each layer's effect", found.Count, open.Length, "layers"));
            found[name] = Measure(meter, layers.Where(other => other != name), clips).Shift;
        }

        return found;
    }

    private Choice Fewest(LogitMeter meter, Dictionary<string, double> effects, double? limit, int clips, IProgress<PrecisionProgress> progress)
    {
        string[] worst = [.. effects.OrderByDescending(pair => double.IsNaN(pair.Value) ? double.PositiveInfinity : pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Key)];
        (int low, int high) = (1, worst.Length);
        Dictionary<int, Choice> tried = [];
        while (low < high)
        {
            int middle = (low + high) / 2;
            progress.Report(new PrecisionProgress($"trying with {middle} of {worst.Length} layers in float", 0, 0, "clips"));
            tried[middle] = new Choice(worst[..middle], Measure(meter, worst[..middle], clips));
            (low, high) = Holds(tried[middle].Difference, limit) ? (low, middle) : (middle + 1, high);
        }

        return tried.TryGetValue(high, out Choice? choice) && high < worst.Length ? choice : throw NoneHolds(worst, effects, limit);
    }

    private static PrecisionException NoneHolds(string[] worst, Dictionary<string, double> effects, double? limit) => new(
        $"No layer can be quantised: with all but one of {worst.Length} in float the logits still "
        + (limit is null ? "are no numbers" : $"shift by more than {limit:G3} of their spread")
        + (worst.Length == 0 ? "" : $" (the least effect of one alone is {effects[worst[^1]]:G3})"));

    private LogitDifference Measure(LogitMeter meter, IEnumerable<string> keep, int clips) => meter.Measure(quantise(With(keep)), clips);

    private HashSet<string> With(IEnumerable<string> others) => [.. decided.Keys, .. others];

    private LayerEffect EffectOf(string name, Dictionary<string, double> effects, IReadOnlyList<string> worst)
    {
        string? reason = decided.GetValueOrDefault(name) ?? (worst.Contains(name) ? LayerEffect.Effect : null);
        return new LayerEffect(name, effects.TryGetValue(name, out double effect) ? effect : null, reason is not null, reason);
    }

    // The layers left in float because of their effect, the worst first.
    private sealed record Choice(IReadOnlyList<string> Worst, LogitDifference Difference);
}
