using Unreel.Artifacts;

namespace Unreel.Pipelines;

/// <summary>Puts what a stage made into the store, so that at no moment anything half-made can be found.</summary>
internal sealed class Publisher(IArtifactStore store, IRuntimeDescription runtime, TimeProvider time)
{
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
    public Task MoveTagAsync(ArtifactRef artifact, string tag, CancellationToken ct) => store.MoveTagAsync(artifact, tag, time, ct);

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
