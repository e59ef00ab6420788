using Unreel.Artifacts;

namespace Unreel.Pipelines;

/// <summary>What a stage would do now, beside what its tag points to: the last that was made under its name.</summary>
internal sealed class StageHistory(IArtifactStore store)
{
    // A sentence in a table; `unreel why` tells them all.
    private const int Told = 3;

    /// <summary>Compares a stage with the artifact that its tag points to.</summary>
    /// <returns>That artifact and the differences, none of them where both are the same work; null where there is no such artifact, or it cannot be read.</returns>
    public async Task<StageComparison?> CompareAsync(PlannedStage stage, StageKey key, CancellationToken ct)
    {
        if (await LastAsync(stage, ct) is not { } last)
            return null;

        Lineage now = new()
        {
            Stage = stage.Description.Name,
            StageVersion = stage.Description.Version,
            Options = key.Options,
            Inputs = [.. key.Inputs.Select(input => new LineageInput(input.Option, input.LineageText, input.Digest))],
        };
        return new StageComparison(last.Reference, StageDifference.Between(last.Lineage, now));
    }

    /// <summary>The same for a stage some of whose inputs are not made yet: those are not compared.</summary>
    public async Task<StageComparison?> CompareAsync(PlannedStage stage, IReadOnlyDictionary<string, ArtifactRef> outputs, StageKeys keys, CancellationToken ct)
    {
        object options = stage.Bind(id => outputs.TryGetValue(id, out ArtifactRef made) ? made : PlannedStage.Pending);
        StageInput pending = StageInput.Of(PlannedStage.Pending);
        HashSet<string> open = [.. OptionsJson.Inputs(options).Where(input => input.Input == pending).Select(input => input.Path)];
        StageKey key = await keys.ComputeAsync(stage.Description, stage.Id, options, ct, open);
        StageComparison? compared = await CompareAsync(stage, key, ct);
        return compared is null ? null : compared with { Differences = [.. compared.Differences.Where(difference => !open.Contains(difference.Name) && !open.Any(path => path.StartsWith(difference.Name + "[", StringComparison.Ordinal)))] };
    }

    /// <summary>Differences as a reason to run; null where there are none.</summary>
    public static string? Reason(IReadOnlyList<StageDifference> differences) => differences.Count switch
    {
        0 => null,
        <= Told => $"changed since the last run: {string.Join(", ", differences)}",
        int count => $"changed since the last run: {string.Join(", ", differences.Take(Told))} and {count - Told} more",
    };

    private async Task<Artifact?> LastAsync(PlannedStage stage, CancellationToken ct)
    {
        ArtifactKind[] kinds = stage.Description.Produces is { } one ? [one] : Enum.GetValues<ArtifactKind>();
        foreach (ArtifactKind kind in kinds)
        {
            try
            {
                if (await store.FindAsync(ArtifactReference.ToTag(kind, stage.ArtifactName, stage.Tag), ct) is { } found)
                    return await store.ReadAsync(found, ct);
            }
            catch (StoreException e) when (e is not StoreUnreachableException)
            {
                // A tag that leads to nothing whole: there is nothing to compare with, and running mends it.
                return null;
            }
        }

        return null;
    }
}

/// <summary>A stage beside the last artifact of its name.</summary>
/// <param name="Last">That artifact.</param>
/// <param name="Differences">In what they differ.</param>
internal sealed record StageComparison(ArtifactRef Last, IReadOnlyList<StageDifference> Differences);
