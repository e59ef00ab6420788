using Unreel.Artifacts;

namespace Unreel.Pipelines;

/// <summary>The world as one run of a stage sees it: inputs stay what they were when its key was computed.</summary>
internal sealed class StageContext(
    string workFolder, IProgress<StageProgress> progress, StageKey key, StageKeys keys, InputFetcher fetcher, IArtifactStore store) : IStageContext
{
    public string WorkFolder => workFolder;

    public IProgress<StageProgress> Progress => progress;

    public async Task<string> FetchAsync(StageInput input, CancellationToken ct) =>
        input.IsPath ? input.Text : await fetcher.FetchAsync(await PinnedAsync(input, ct), progress, ct);

    public async Task<Artifact?> DescribeAsync(StageInput input, CancellationToken ct) =>
        input.IsPath ? null : await store.ReadAsync(await PinnedAsync(input, ct), ct);

    private async Task<ArtifactRef> PinnedAsync(StageInput input, CancellationToken ct)
    {
        // A tag that moves while the stage runs must not change what it reads.
        ResolvedInput resolved = key.Inputs.FirstOrDefault(known => known.Input == input)
            ?? await keys.ResolveAsync(input, input.Text, input.Text, ct);
        return resolved.Artifact!.Value;
    }
}

/// <summary>Hands progress on at once, on the thread that reports it.</summary>
internal sealed class DirectProgress<T>(Action<T> report) : IProgress<T>
{
    public void Report(T value) => report(value);
}
