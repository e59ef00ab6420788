using System.Runtime.CompilerServices;
using Unreel.Artifacts.Blobs;

namespace Unreel.Artifacts;

/// <summary>Verifying everything, and moving what is damaged out of the way.</summary>
public sealed partial class ArtifactStore
{
    /// <summary>Checks everything that the store lists: artifacts, tags, what describes others, and records of runs.</summary>
    /// <param name="deep">Whether every byte is read and every digest checked.</param>
    /// <param name="ct">Cancels.</param>
    public async IAsyncEnumerable<Verified> VerifyAllAsync(bool deep, [EnumeratorCancellation] CancellationToken ct)
    {
        await RestoreAsync(ct);
        StoreContents contents = await StoreContents.ListAsync(this, _blobs, ct);
        foreach (string damaged in contents.Damaged)
            yield return new Verified(VerifiedKind.Tag, damaged.Split(' ')[0], [damaged]);
        foreach (string foreign in contents.Foreign)
            yield return new Verified(VerifiedKind.Foreign, foreign, [$"{foreign} belongs to nobody; expected nothing there but what Unreel writes"]);

        HashSet<Digest> listed = [.. contents.Artifacts.Select(artifact => artifact.Artifact.Digest)];
        foreach ((ArtifactRef artifact, BlobEntry marker) in contents.Artifacts)
        {
            (IReadOnlyList<string> wrong, IReadOnlyList<LineageInput> inputs) = await LookThroughAsync(artifact, deep, ct);
            if (await StillAsync(marker.Path, wrong, ct) is { } problems)
                yield return new Verified(VerifiedKind.Artifact, artifact.ToString(), problems) { Notes = [.. inputs.Where(IsAbsent).Select(input => $"made from {input.Reference}, which this store does not list")] };
        }

        await foreach (Verified tag in VerifyTagsAsync(contents, ct))
            yield return tag;

        foreach ((Digest subject, Digest referrer, BlobEntry marker) in contents.Referrers)
        {
            if (await StillAsync(marker.Path, await WhatIsWrongWithManifestAsync(referrer, subject, deep, ct), ct) is { } problems)
                yield return new Verified(VerifiedKind.Referrer, $"{referrer} of {subject}", problems);
        }

        foreach ((PipelineRunRef run, BlobEntry marker) in contents.Runs)
        {
            if (await StillAsync(marker.Path, await WhatIsWrongWithManifestAsync(run.Digest, null, deep, ct), ct) is { } problems)
                yield return new Verified(VerifiedKind.Run, run.Digest.ToString(), problems);
        }

        // A folder of somebody's is an input too, and was never here.
        bool IsAbsent(LineageInput input) => !listed.Contains(input.Digest) && ArtifactReference.TryParse(input.Reference, out _, out _);
    }

    /// <summary>
    /// Reads every blob and moves those whose bytes are not what their digest says to <c>quarantine/</c>. What needs them is then reported as
    /// broken; whoever brings the right bytes again mends it.
    /// </summary>
    /// <returns>The digests of what was moved.</returns>
    public async IAsyncEnumerable<Digest> QuarantineAsync([EnumeratorCancellation] CancellationToken ct)
    {
        await RestoreAsync(ct);
        await foreach (IReadOnlyList<BlobEntry> page in _blobs.ListAsync("blobs/", ct))
        {
            foreach (BlobEntry blob in page)
            {
                if (!StorePaths.TryBlob(blob.Path, out Digest digest) || await DigestOfAsync(blob.Path, ct) is not { } found || found == digest)
                    continue;

                if (await _blobs.TryMoveAsync(blob, $"quarantine/{digest.Hex}", ct))
                    yield return digest;
            }
        }
    }

    private async Task RestoreAsync(CancellationToken ct)
    {
        try
        {
            await _blobs.RestoreAsync(ct);
        }
        catch (StoreException e) when (e is not StoreUnreachableException)
        {
            // A store that may only be read is verified as it lies.
            LogLeftAside(e.Message);
        }
    }

    private async IAsyncEnumerable<Verified> VerifyTagsAsync(StoreContents contents, [EnumeratorCancellation] CancellationToken ct)
    {
        HashSet<ArtifactRef> listed = [.. contents.Artifacts.Select(artifact => artifact.Artifact)];
        foreach (Tag tag in contents.Tags)
        {
            string name = ArtifactReference.ToTag(tag.Kind, tag.Name, tag.Value).ToString();
            ArtifactRef artifact = new(tag.Kind, tag.Name, tag.Target);
            if (listed.Contains(artifact) || await _blobs.FindAsync(StorePaths.Manifest(artifact), ct) is not null || await ReadTagOrLogAsync(ArtifactReference.Parse(name), ct) != tag)
                yield return new Verified(VerifiedKind.Tag, name, []);
            else
                yield return new Verified(VerifiedKind.Tag, name, [$"{name} points to {tag.Target}, which is not there under that name"]);
        }
    }

    /// <summary>What is wrong with something, unless it was removed while it was looked at.</summary>
    private async Task<IReadOnlyList<string>?> StillAsync(string marker, IReadOnlyList<string> problems, CancellationToken ct) =>
        problems.Count == 0 || await _blobs.FindAsync(marker, ct) is not null ? problems : null;

    private async Task<IReadOnlyList<string>> WhatIsWrongWithManifestAsync(Digest digest, Digest? subject, bool deep, CancellationToken ct)
    {
        try
        {
            if (await FindManifestAsync(digest, ct) is not { } manifest)
                return [$"its manifest {digest} is missing"];
            if (subject is { } described && manifest.Subject?.Digest != described)
                return [$"its manifest describes {manifest.Subject?.Digest.ToString() ?? "nothing"}"];
            if (subject is { } missing && await _blobs.FindAsync(StorePaths.Blob(missing), ct) is null)
                return [$"what it describes, {missing}, is missing"];

            return await WhatIsWrongAsync([manifest.Config, .. manifest.Layers], deep, ct);
        }
        catch (StoreException e) when (e is not StoreUnreachableException)
        {
            return [e.Message];
        }
    }
}
