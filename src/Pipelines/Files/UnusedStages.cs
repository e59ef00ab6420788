namespace Unreel.Pipelines;

/// <summary>
/// Finds stages that others used as the file has it and nobody uses after <c>--set</c>: running them would be work for nothing.
/// Stages whose outputs were never used in the file are ends of the pipeline, and stay.
/// </summary>
internal static class UnusedStages
{
    /// <summary>Names the unused stages, each with the reason.</summary>
    /// <param name="planned">The stages with all overrides, each after those it depends on.</param>
    /// <param name="overrides">The overrides.</param>
    /// <param name="plan">Plans the file with some of the overrides; what is wrong then is of no interest.</param>
    public static Dictionary<string, string> Find(
        IReadOnlyList<PlannedStage> planned, IReadOnlyList<Override> overrides, Func<IReadOnlyList<Override>, IReadOnlyList<PlannedStage>> plan)
    {
        Dictionary<string, string> unused = [];
        if (overrides.Count == 0)
            return unused;

        ILookup<string, string> before = Users(plan([]));
        ILookup<string, string> now = Users(planned);
        List<(string Path, ILookup<string, string> Users)> alone = [.. overrides.Select(one => (string.Join('.', one.Path), Users(plan([one]))))];
        foreach (PlannedStage stage in planned.Reverse())
        {
            if (!before[stage.Id].Any() || !now[stage.Id].All(unused.ContainsKey))
                continue;

            // Those that take a user away by themselves; of a stage whose users are all unused, their reason holds.
            string[] blamed = [.. alone.Where(one => before[stage.Id].Except(one.Users[stage.Id]).Any()).Select(one => one.Path).Distinct()];
            unused[stage.Id] = blamed.Length > 0 ? $"nothing uses it after --set {string.Join(", ", blamed)}" : unused[now[stage.Id].First()];
        }

        return unused;
    }

    private static ILookup<string, string> Users(IReadOnlyList<PlannedStage> stages) => stages
        .SelectMany(stage => stage.Dependencies.Select(needed => (Needed: needed, User: stage.Id)))
        .ToLookup(pair => pair.Needed, pair => pair.User);
}
