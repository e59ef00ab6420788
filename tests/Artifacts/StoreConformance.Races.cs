using Unreel.Artifacts.Blobs;

namespace Unreel.Artifacts.Tests;

/// <summary>What another writer does between two steps of this one.</summary>
public abstract partial class StoreConformance
{
    /// <summary>The same store, where once, before the first call of a method for a path, something else happens.</summary>
    private async Task<ArtifactStore> InterruptedAsync(string method, string path, Func<Task> meanwhile)
    {
        bool done = false;
        return new ArtifactStore(InterposedBlobs.Over(await ReopenAsync(new()), async (called, about) =>
        {
            if (done || called != method || about != path)
                return;

            done = true;
            await meanwhile();
        }));
    }

    [StoreFact]
    public async Task A_tag_set_while_its_artifact_is_changed_brings_it_back()
    {
        ArtifactRef artifact = await MakeAsync("one", "1");
        ArtifactStore mover = await InterruptedAsync(nameof(IBlobs.TrySwapAsync), "tags/weights/one/latest", () => Store.RemoveAsync(artifact, Ct));

        Assert.True(await mover.TryMoveTagAsync(ArtifactKind.Weights, "one", "latest", artifact.Digest, null, Ct));

        Assert.Equal(artifact, await Store.FindAsync(ArtifactReference.To(artifact), Ct));
        Assert.Empty(await BrokenAsync());
    }

    [StoreFact]
    public async Task An_artifact_that_is_tagged_while_it_is_changed_stays()
    {
        ArtifactRef artifact = await MakeAsync("one", "1");
        ArtifactStore remover = await InterruptedAsync(nameof(IBlobs.TryCollectAsync), StorePaths.Manifest(artifact), () => TagAsync(artifact));

        await Assert.ThrowsAsync<StoreConflictException>(() => remover.RemoveAsync(artifact, Ct));

        Assert.Equal(artifact, await Store.FindAsync(ArtifactReference.To(artifact), Ct));
    }

    [StoreFact]
    public async Task A_marker_that_was_used_again_since_it_was_looked_at_is_not_changed()
    {
        ArtifactRef artifact = await MakeAsync("one", "1");
        string marker = StorePaths.Manifest(artifact);
        IBlobs later = await ReopenAsync(new() { Time = new MovedClock(Days) });
        ArtifactStore remover = await InterruptedAsync(nameof(IBlobs.TryCollectAsync), marker, () => later.TouchAsync(marker, Ct));

        await Assert.ThrowsAsync<StoreConflictException>(() => remover.RemoveAsync(artifact, Ct));

        Assert.NotNull(await Blobs.FindAsync(marker, Ct));
    }

    [StoreFact]
    public async Task Of_two_who_mend_a_blob_the_second_does_not_remove_what_the_first_brought()
    {
        Descriptor blob = await Store.AddBytesAsync("right"u8.ToArray(), "x/y", null, Ct);
        string path = StorePaths.Blob(blob.Digest);
        await DamageAsync(blob.Digest, "wrong!");
        List<string> changed = [];
        bool mended = false;
        IBlobs second = InterposedBlobs.Over(await ReopenAsync(new()), async (called, about) =>
        {
            if (called == nameof(IBlobs.TryCollectAsync) && !mended)
            {
                mended = true;
                await Store.AddBytesAsync("right"u8.ToArray(), "x/y", null, Ct);
            }
            else if (called is nameof(IBlobs.PutAsync) or nameof(IBlobs.DeleteAsync))
                changed.Add($"{called} {about}");
        });

        await new ArtifactStore(second).AddBytesAsync("right"u8.ToArray(), "x/y", null, Ct);

        Assert.True(mended);
        Assert.Empty(changed);
        Assert.Equal("right"u8.ToArray(), (await Blobs.ReadAsync(path, 10, Ct))!.Bytes);
    }

    [StoreTheory]
    [InlineData("artifact")]
    [InlineData("manifest")]
    [InlineData("referrer")]
    [InlineData("run")]
    public async Task Whoever_publishes_slowly_looks_again_before_it_is_listed(string what)
    {
        ArtifactRef subject = await MakeAsync("subject", "s");
        Descriptor file = await Store.AddBytesAsync("file"u8.ToArray(), "x/y", "a", Ct);
        byte[] manifest = await ForgottenAsync(await Store.PublishAsync(ArtifactKind.Weights, "copied", Made(), [file], Ct));
        SlowClock clock = new();
        ArtifactStore slow = new(InterposedBlobs.Over(await ReopenAsync(new() { Time = clock }), async (called, about) =>
        {
            // The files have been looked at: a quarter of an hour later a collection has taken one.
            if (called != nameof(IBlobs.PutAsync) || about?.StartsWith("blobs/", StringComparison.Ordinal) != true)
                return;

            clock.Ahead = TimeSpan.FromMinutes(15);
            await Blobs.DeleteAsync(StorePaths.Blob(file.Digest), Ct);
        }));

        await Assert.ThrowsAsync<BlobMissingException>(() => what switch
        {
            "artifact" => slow.PublishAsync(ArtifactKind.Weights, "slow", Made(2), [file], Ct),
            "manifest" => slow.PutManifestAsync(manifest, Ct),
            "referrer" => slow.AttachAsync(subject, "application/vnd.dsse.envelope.v1+json", [file], Ct),
            _ => (Task)slow.RecordPipelineRunAsync(new() { Pipeline = "p", Started = default, Finished = default, Machine = "m", ExitCode = 0 }, [file], Ct),
        });

        Assert.Equal(TimeSpan.FromMinutes(15), clock.Ahead);
        Assert.Equal(["subject"], (await ToListAsync(Store.ListReferencesAsync(null, Ct))).Select(artifact => artifact.Name));
        Assert.Empty(await ToListAsync(Blobs.ListAsync("referrers/", Ct)));
        Assert.Empty(await Store.ListPipelineRunsAsync(Ct));
    }

    /// <summary>The manifest of an artifact, which is taken out of the store.</summary>
    private async Task<byte[]> ForgottenAsync(ArtifactRef artifact)
    {
        byte[] manifest = (await Store.ReadManifestAsync(artifact.Digest, Ct))!.Bytes.ToArray();
        await Blobs.DeleteAsync(StorePaths.Manifest(artifact), Ct);
        await Blobs.DeleteAsync(StorePaths.Blob(artifact.Digest), Ct);
        return manifest;
    }

    private sealed class SlowClock : TimeProvider
    {
        public TimeSpan Ahead { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;

        public override long GetTimestamp() => base.GetTimestamp() + (long)(Ahead.TotalSeconds * TimestampFrequency);
    }
}
