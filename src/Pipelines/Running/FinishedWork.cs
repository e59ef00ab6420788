using System.Text.Json;
using System.Text.Json.Nodes;
using Unreel.Artifacts;

namespace Unreel.Pipelines;

/// <summary>The cache of finished work: which artifact a key led to, kept in the store as <c>keys/HEX</c>.</summary>
internal sealed class FinishedWork(IArtifactStore store, BlobCheck blobs)
{
    /// <summary>Finds what a key led to.</summary>
    /// <param name="key">The key.</param>
    /// <param name="name">The name the artifact is to have.</param>
    /// <param name="deep">Whether every byte is read, also of what was read before and has not changed since.</param>
    /// <param name="readOnly">Whether nothing may be written: then an artifact that only wants another name is not there yet.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>The artifact and the line its stage had to say, or why there is nothing to use.</returns>
    public async Task<Finished> FindAsync(Digest key, string name, bool deep, bool readOnly, CancellationToken ct)
    {
        byte[]? record = await store.ReadRecordAsync(WorkRecords.PathOf(key), ct);
        if (record is null)
            return new Finished(null, null, "not run before with these options and inputs");
        if (!TryRead(record, out ArtifactRef artifact, out string? summary))
            return new Finished(null, null, $"its record {WorkRecords.PathOf(key)} cannot be read");

        IReadOnlyList<string> damage = await store.VerifyAsync(artifact, deep, ct);
        if (damage.Count == 0 && !deep)
            damage = await blobs.DamageAsync(artifact, ct);
        if (damage.Count > 0)
            return new Finished(null, null, $"its output {artifact} is damaged: {string.Join("; ", damage)}", IsDamaged: true);

        if (!readOnly)
            return await RepublishedAsync(artifact, name, summary, ct);
        if (artifact.Name != name)
            return new Finished(null, null, $"finished as {artifact}; it would be published as {name}, which takes no work");

        return await store.FindAsync(ArtifactReference.To(artifact), ct) is null
            ? new Finished(null, null, $"finished as {artifact}, which was removed from the store's list; it would be listed again, which takes no work")
            : new Finished(artifact, summary, "up to date");
    }

    /// <summary>Remembers what a key led to.</summary>
    public async Task RememberAsync(Digest key, ArtifactRef artifact, string? summary, CancellationToken ct)
    {
        JsonObject record = new() { ["artifact"] = artifact.ToString(), ["summary"] = summary };
        await store.WriteRecordAsync(WorkRecords.PathOf(key), OptionsJson.Canonical(record), ct);
    }

    /// <summary>
    /// What is used again is published again: then it is listed, whoever removed it, and nobody collects it before a tag points to it.
    /// </summary>
    private async Task<Finished> RepublishedAsync(ArtifactRef artifact, string name, string? summary, CancellationToken ct)
    {
        try
        {
            return new Finished(await PublishAsync(artifact, name, ct), summary, "up to date");
        }
        catch (StoreException e) when (e is BlobMissingException or ArtifactNotFoundException)
        {
            return new Finished(null, null, $"its output {artifact} was removed a moment ago: {e.Message}");
        }
    }

    /// <summary>Under its own name it keeps its manifest byte for byte; under another one it needs one of that name, and no work.</summary>
    private async Task<ArtifactRef> PublishAsync(ArtifactRef artifact, string name, CancellationToken ct)
    {
        if (artifact.Name == name)
        {
            StoredManifest manifest = await store.ReadManifestAsync(artifact.Digest, ct) ?? throw new ArtifactNotFoundException(artifact.ToString(), store.Location);
            await store.PutManifestAsync(manifest.Bytes, ct);
            return artifact;
        }

        Artifact finished = await store.ReadAsync(artifact, ct);
        return await store.PublishAsync(artifact.Kind, name, finished.Lineage, finished.Manifest.Layers, ct);
    }

    private static bool TryRead(byte[] record, out ArtifactRef artifact, out string? summary)
    {
        (artifact, summary) = (default, null);
        try
        {
            JsonNode? json = JsonNode.Parse(record);
            summary = (string?)json?["summary"];
            if (!ArtifactReference.TryParse((string?)json?["artifact"], out ArtifactReference? reference, out _) || reference.Digest is not { } digest)
                return false;

            artifact = new ArtifactRef(reference.Kind, reference.Name, digest);
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // A record that is no JSON of ours is as good as none: the reason is told and the stage runs again.
            return false;
        }
    }
}

/// <summary>What the cache knows about a key.</summary>
/// <param name="Artifact">The whole artifact, or null where the stage must run.</param>
/// <param name="Summary">The line its stage had to say.</param>
/// <param name="Reason">Why the stage must run, or that it need not.</param>
/// <param name="IsDamaged">Whether there was an output that is no longer whole.</param>
internal sealed record Finished(ArtifactRef? Artifact, string? Summary, string Reason, bool IsDamaged = false);
