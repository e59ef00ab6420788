using Unreel.Artifacts.Blobs;

namespace Unreel.Artifacts;

/// <summary>Run records and verification.</summary>
public sealed partial class ArtifactStore
{
    private static readonly byte[] EmptyDocument = "{}"u8.ToArray();

    /// <inheritdoc/>
    public async Task RecordRunAsync(ArtifactRef artifact, RunRecord run, CancellationToken ct)
    {
        byte[] document = CanonicalJson.Write(run, $"The run record of {artifact}", MaxRecordBytes);
        await AttachAsync(artifact, RunRecord.ArtifactType, [await AddBytesAsync(document, RunRecord.MediaType, title: null, ct)], ct);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<RunRecord>> RunsAsync(ArtifactRef artifact, CancellationToken ct)
    {
        List<RunRecord> runs = [];
        await foreach (Referrer referrer in ListReferrersAsync(artifact.Digest, ct))
        {
            if (await ReadRunAsync(referrer, ct) is { } run)
                runs.Add(run);
        }

        return [.. runs.OrderBy(run => run.Started).ThenBy(run => run.Finished)];
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> VerifyAsync(ArtifactRef artifact, bool deep, CancellationToken ct) =>
        (await LookThroughAsync(artifact, deep, ct)).Problems;

    /// <summary>What is wrong with an artifact, and what it was made from as far as that can be read.</summary>
    private async Task<(IReadOnlyList<string> Problems, IReadOnlyList<LineageInput> Inputs)> LookThroughAsync(ArtifactRef artifact, bool deep, CancellationToken ct)
    {
        Artifact read;
        try
        {
            read = await ReadAsync(artifact, ct);
        }
        catch (StoreException e) when (e is not StoreUnreachableException)
        {
            return ([e.Message], []);
        }

        return (await WhatIsWrongAsync(read.Manifest.Layers, deep, ct), read.Lineage.Inputs);
    }

    private async Task<List<string>> WhatIsWrongAsync(IReadOnlyList<Descriptor> layers, bool deep, CancellationToken ct)
    {
        List<string> wrong = [];
        foreach (Descriptor[] some in layers.Chunk(deep ? 2 : AtOnce))
            wrong.AddRange((await Task.WhenAll(some.Select(layer => WhatIsWrongAsync(layer, deep, ct)))).OfType<string>());

        return wrong;
    }

    private async Task<string?> WhatIsWrongAsync(Descriptor layer, bool deep, CancellationToken ct)
    {
        string path = StorePaths.Blob(layer.Digest);
        string what = layer.Title is { } title ? $"{title} ({layer.Digest})" : layer.Digest.ToString();
        if (await _blobs.SizeAsync(path, ct) is not { } size)
            return $"{what} is missing";

        if (size != layer.Size)
        {
            MarkDamaged(layer.Digest);
            return $"{what} has {size} bytes instead of {layer.Size}";
        }

        // What was seen to be wrong before is read again though only sizes were asked for: it may have been mended since.
        if (!deep && !_damaged.ContainsKey(layer.Digest))
            return null;

        if (await DigestOfAsync(path, ct) is not { } found || found == layer.Digest)
        {
            _damaged.TryRemove(layer.Digest, out _);
            return null;
        }

        MarkDamaged(layer.Digest);
        return $"{what} is damaged: its bytes have the digest {found}";
    }
}
