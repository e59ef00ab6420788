using Unreel.Artifacts;

namespace Unreel.Pipelines;

/// <summary>Puts what a stage made into the store, so that at no moment anything half-made can be found.</summary>
internal sealed class Publisher(IArtifactStore store, IRuntimeDescription runtime, TimeProvider time)
{
    private const int TagAttempts = 50;

    /// <summary>Writes blobs, manifest and run record, in this order; that the key led to it and the tag are noted after that.</summary>
    public async Task<ArtifactRef> PublishAsync(PlannedStage stage, StageKey key, StageResult result, DateTimeOffset started, CancellationToken ct)
    {
        Check(stage, result);
        List<Descriptor> layers = [];
        foreach (StageFile file in result.Files.OrderBy(file => file.Title, StringComparer.Ordinal))
            layers.Add(await store.AddFileAsync(file.Path, file.MediaType, file.Title, ct));

        ArtifactRef artifact = await store.PublishAsync(result.Kind, stage.ArtifactName, LineageOf(stage, key, result), layers, ct);
        RunRecord run = new() { Started = started, Finished = time.GetUtcNow(), Machine = runtime.Machine, Figures = result.Figures };
        await store.RecordRunAsync(artifact, run, ct);
        return artifact;
    }

    /// <summary>Points a tag at an artifact, whoever else moves it meanwhile.</summary>
    public async Task MoveTagAsync(ArtifactRef artifact, string tag, CancellationToken ct)
    {
        for (int attempt = 0; attempt < TagAttempts; attempt++)
        {
            Tag? current = await store.ReadTagAsync(artifact.Kind, artifact.Name, tag, ct);
            if (current?.Target == artifact.Digest || await store.TryMoveTagAsync(artifact.Kind, artifact.Name, tag, artifact.Digest, current, ct))
                return;

            await Task.Delay(TimeSpan.FromMilliseconds(20 * (attempt + 1)), time, ct);
        }

        throw new StoreException($"The tag {artifact.Name}:{tag} in {store.Location} was moved by others {TagAttempts} times in a row; expected to move it to {artifact.Digest}.");
    }

    private Lineage LineageOf(PlannedStage stage, StageKey key, StageResult result) => new()
    {
        Stage = stage.Description.Name,
        StageVersion = stage.Description.Version,
        Key = key.Digest,
        Options = key.Options,
        Inputs = [.. key.Inputs.Select(input => new LineageInput(input.Option, input.LineageText, input.Digest))],
        Code = runtime.Code,
        Runtime = runtime.Runtime,
        Device = result.Device,
        Seed = result.Seed,
        Metrics = result.Metrics,
    };

    private static void Check(PlannedStage stage, StageResult result)
    {
        if (result.Files.Count == 0)
            throw new InvalidOperationException($"{stage.Id} made no files.");
        if (result.Files.GroupBy(file => file.Title).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new InvalidOperationException($"{stage.Id} made two files named {twice.Key}.");
        foreach ((string name, double value) in result.Metrics.Concat(result.Figures))
        {
            if (!double.IsFinite(value))
                throw new InvalidOperationException($"{stage.Id} measured {name} = {value}; expected a finite number.");
        }
    }
}
