using Unreel.Artifacts.Blobs;

namespace Unreel.Artifacts;

/// <summary>The records of pipelines' runs: a manifest each, found by a marker that is named after its time.</summary>
public sealed partial class ArtifactStore
{
    /// <inheritdoc/>
    public async Task<PipelineRunRef> RecordPipelineRunAsync(PipelineRun run, IReadOnlyList<Descriptor> logs, CancellationToken ct)
    {
        string what = $"The record of a run of {run.Pipeline}";
        ManifestRules.CheckTitles(logs);
        long seen = _blobs.Options.Time.GetTimestamp();
        await RequireBlobsAsync(logs, ct);
        Manifest manifest = new()
        {
            ArtifactType = PipelineRun.ArtifactType,
            Config = await AddBytesAsync(CanonicalJson.Write(run, what, MaxManifestBytes), PipelineRun.MediaType, title: null, ct),
            Layers = logs,
        };
        Descriptor stored = await StoreManifestAsync(CanonicalJson.Write(manifest, what, MaxManifestBytes), ct);
        DateTimeOffset started = DateTimeOffset.FromUnixTimeMilliseconds(run.Started.ToUnixTimeMilliseconds());
        PipelineRunRef reference = new(started, stored.Digest);
        await MarkInTimeAsync(StorePaths.Run(reference), [.. logs, manifest.Config, stored], lineage: null, seen, ct);
        return reference;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<PipelineRunRef>> ListPipelineRunsAsync(CancellationToken ct)
    {
        List<PipelineRunRef> runs = [];
        await foreach (IReadOnlyList<BlobEntry> page in _blobs.ListAsync(StorePaths.Runs, ct))
        {
            foreach (BlobEntry marker in page)
            {
                if (StorePaths.TryRun(marker.Path, out PipelineRunRef run))
                    runs.Add(run);
                else
                    LogForeign(marker.Path, Location, "runs/TIME-DIGEST");
            }
        }

        runs.Reverse();
        return runs;
    }

    /// <inheritdoc/>
    public async Task<StoredPipelineRun?> ReadPipelineRunAsync(Digest run, CancellationToken ct)
    {
        if (await ReadCheckedAsync(run, MaxManifestBytes, ct) is not { } bytes)
            return null;

        string what = $"The record {run} in {Location}";
        Manifest manifest = ManifestRules.Read(bytes, what);
        if (manifest.ArtifactType != PipelineRun.ArtifactType)
            return null;

        byte[] document = await ReadCheckedAsync(manifest.Config.Digest, MaxManifestBytes, ct) ?? throw new BlobMissingException(manifest.Config.Digest, Location);
        PipelineRun read = CanonicalJson.Read<PipelineRun>(document, what);
        DateTimeOffset started = DateTimeOffset.FromUnixTimeMilliseconds(read.Started.ToUnixTimeMilliseconds());
        return new StoredPipelineRun(new PipelineRunRef(started, run), manifest, read);
    }
}
