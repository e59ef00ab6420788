namespace Unreel.Pipelines;

/// <summary>Which stages of a pipeline a run looks at, and which it runs though they are finished.</summary>
internal sealed class RunSelection
{
    private readonly HashSet<string> _forced;
    private readonly HashSet<string> _wanted;
    private readonly HashSet<string> _needed;

    /// <exception cref="UsageException">A stage is named that the pipeline has not.</exception>
    public RunSelection(PipelineFile pipeline, RunSettings settings)
    {
        _forced = [.. settings.Force.SelectMany(id => Named(pipeline, "--force", id)).Select(stage => stage.Id)];
        if (settings.ForceAll)
            _forced.UnionWith(pipeline.Stages.Select(stage => stage.Id));
        if (settings.From is { } from)
            _forced.UnionWith(After(pipeline, Named(pipeline, "--from", from)));

        // A stage that an override left without use runs only where it is named.
        HashSet<string> named = [.. settings.Force.Append(settings.From).OfType<string>()];
        IEnumerable<PlannedStage> used = pipeline.Stages.Where(stage => !pipeline.Unused.ContainsKey(stage.Id) || named.Any(stage.IsCalled));
        IEnumerable<PlannedStage> only = settings.Only.SelectMany(id => Named(pipeline, "--only", id));
        _wanted = [.. (settings.Only.Count == 0 ? used : only).Select(stage => stage.Id)];
        _needed = Before(pipeline, _wanted);
    }

    /// <summary>Whether a stage runs if it is not up to date.</summary>
    public bool IsWanted(PlannedStage stage) => _wanted.Contains(stage.Id);

    /// <summary>Whether a stage's output is needed by one that is wanted.</summary>
    public bool IsNeeded(PlannedStage stage) => _needed.Contains(stage.Id);

    /// <summary>Whether a stage runs though it is up to date.</summary>
    public bool IsForced(PlannedStage stage) => _forced.Contains(stage.Id) && IsWanted(stage);

    private static PlannedStage[] Named(PipelineFile pipeline, string option, string id)
    {
        PlannedStage[] named = [.. pipeline.Stages.Where(stage => stage.IsCalled(id))];
        return named.Length > 0
            ? named
            : throw new UsageException($"{option}: there is no stage '{id}'{Suggestion.For(id, pipeline.Stages.Select(stage => stage.DeclaredId).Distinct())}");
    }

    private static HashSet<string> After(PipelineFile pipeline, IEnumerable<PlannedStage> first)
    {
        HashSet<string> found = [.. first.Select(stage => stage.Id)];
        foreach (PlannedStage stage in pipeline.Stages.Where(stage => stage.Dependencies.Any(found.Contains)))
            found.Add(stage.Id);

        return found;
    }

    private static HashSet<string> Before(PipelineFile pipeline, HashSet<string> last)
    {
        HashSet<string> found = [.. last];
        foreach (PlannedStage stage in pipeline.Stages.Reverse().Where(stage => found.Contains(stage.Id)))
            found.UnionWith(stage.Dependencies);

        return found;
    }
}
