using Unreel.Artifacts;

namespace Unreel.Pipelines;

/// <summary>What rank 0 tells the others of each stage: whether they are to join in, and what came of it.</summary>
internal sealed class StageNotes(IRunPeers peers)
{
    private const string Alone = "";

    private readonly HashSet<string> _begun = [];

    public IRunPeers Peers => peers;

    /// <summary>Calls the others to a stage.</summary>
    public void Begins(PlannedStage stage, Digest key)
    {
        _begun.Add(stage.Id);
        peers.Tell(BeginTopic(stage), key.ToString());
    }

    /// <summary>Says that a stage is over; if the others were not called, that they are not needed.</summary>
    public void Ended(PlannedStage stage, ArtifactRef? artifact)
    {
        if (!_begun.Contains(stage.Id))
            peers.Tell(BeginTopic(stage), Alone);
        peers.Tell(EndTopic(stage), artifact?.ToString() ?? string.Empty);
    }

    /// <summary>Waits for the call to a stage.</summary>
    /// <returns>The key that rank 0 computed, or null where it needs nobody.</returns>
    public async Task<string?> HearBeginAsync(PlannedStage stage, CancellationToken ct) =>
        await peers.HearAsync(BeginTopic(stage), ct) is { Length: > 0 } key ? key : null;

    /// <summary>Waits for what came of a stage.</summary>
    /// <returns>Its artifact, or null where there is none.</returns>
    /// <exception cref="InvalidDataException">Rank 0 names no artifact, but something else.</exception>
    public async Task<ArtifactRef?> HearEndAsync(PlannedStage stage, CancellationToken ct)
    {
        string told = await peers.HearAsync(EndTopic(stage), ct);
        if (told.Length == 0)
            return null;

        return ArtifactReference.TryParse(told, out ArtifactReference? reference, out _) && reference.Digest is { } digest
            ? new ArtifactRef(reference.Kind, reference.Name, digest)
            : throw new InvalidDataException($"{stage.Id}: {peers.Name(0)} says that the result is '{told}'; expected an artifact with its digest.");
    }

    private static string BeginTopic(PlannedStage stage) => $"begin {stage.Id}";

    private static string EndTopic(PlannedStage stage) => $"end {stage.Id}";
}
