using Unreel.Artifacts.Blobs;

namespace Unreel.Artifacts.Tests;

/// <summary>Verifying everything names what is broken, and nothing else suffers from it.</summary>
public abstract partial class StoreConformance
{
    private async Task<Verified[]> BrokenAsync() =>
        [.. (await ToListAsync(Store.VerifyAllAsync(deep: true, Ct))).Where(found => found.Problems.Count > 0)];

    [StoreFact]
    public async Task A_whole_store_verifies_in_all_its_parts()
    {
        ArtifactRef artifact = await PublishTaggedAsync("one", "latest", "1");
        await Store.RecordRunAsync(artifact, new() { Started = default, Finished = default, Machine = "m" }, Ct);
        await Store.RecordPipelineRunAsync(new() { Pipeline = "p", Started = default, Finished = default, Machine = "m", ExitCode = 0 }, [], Ct);

        List<Verified> all = await ToListAsync(Store.VerifyAllAsync(deep: true, Ct));

        Assert.Equal([VerifiedKind.Artifact, VerifiedKind.Tag, VerifiedKind.Referrer, VerifiedKind.Run], all.Select(found => found.Kind));
        Assert.All(all, found => Assert.Empty(found.Problems));
    }

    [StoreFact]
    public async Task A_tag_that_points_to_nothing_is_named()
    {
        ArtifactRef artifact = await PublishTaggedAsync("one", "stable", "1");
        await Blobs.DeleteAsync(StorePaths.Manifest(artifact), Ct);

        Verified broken = Assert.Single(await BrokenAsync());

        Assert.Equal((VerifiedKind.Tag, "weights/one:stable"), (broken.Kind, broken.Name));
    }

    [StoreTheory]
    [InlineData("log")]
    [InlineData("record")]
    [InlineData("manifest")]
    public async Task Every_byte_of_a_run_is_read(string what)
    {
        Descriptor log = await Store.AddBytesAsync("a log"u8.ToArray(), "text/plain", "a.log", Ct);
        PipelineRunRef run = await Store.RecordPipelineRunAsync(new() { Pipeline = "p", Started = default, Finished = default, Machine = "m", ExitCode = 0 }, [log], Ct);
        Digest record = (await Store.ReadPipelineRunAsync(run.Digest, Ct))!.Manifest.Config.Digest;
        Digest damaged = what switch { "log" => log.Digest, "record" => record, _ => run.Digest };
        byte[] bytes = (await Blobs.ReadAsync(StorePaths.Blob(damaged), 1 << 20, Ct))!.Bytes;
        bytes[^1] ^= 1;
        await Blobs.WriteAsync(StorePaths.Blob(damaged), bytes, Ct);

        Verified broken = Assert.Single(await BrokenAsync());

        Assert.Equal((VerifiedKind.Run, run.Digest.ToString()), (broken.Kind, broken.Name));
        Assert.Contains(damaged.ToString(), Assert.Single(broken.Problems), StringComparison.Ordinal);
    }

    [StoreTheory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(300)]
    [InlineData(100_000)]
    [InlineData(2_000_000)]
    public async Task A_tag_of_rubbish_is_named_hides_no_other_and_can_be_removed(int bytes)
    {
        ArtifactRef artifact = await PublishTaggedAsync("one", "latest", "1");
        await Blobs.WriteAsync("tags/weights/one/odd", Enumerable.Repeat((byte)0xff, bytes).ToArray(), Ct);

        Verified broken = Assert.Single(await BrokenAsync());

        Assert.Equal((VerifiedKind.Tag, "tags/weights/one/odd"), (broken.Kind, broken.Name));
        Assert.Equal(["latest"], (await ToListAsync(Store.ListTagsAsync(null, Ct))).Select(tag => tag.Value));
        if (bytes > ArtifactStore.MaxRecordBytes)
            return;

        TagDamagedException damaged = await Assert.ThrowsAsync<TagDamagedException>(() => Store.ReadTagAsync(ArtifactKind.Weights, "one", "odd", Ct));
        Assert.True(await Store.TryRemoveTagAsync(new Tag(ArtifactKind.Weights, "one", "odd", default, damaged.Version), Ct));
        Assert.Empty(await BrokenAsync());
        Assert.Equal(artifact.Digest, (await Store.ReadTagAsync(ArtifactKind.Weights, "one", "latest", Ct))!.Target);
    }

    [StoreFact]
    public async Task A_store_is_there_from_its_first_write_on()
    {
        Assert.False(await Store.ExistsAsync(Ct));
        await Store.WriteRecordAsync("keys/a", "{}"u8.ToArray(), Ct);
        Assert.True(await Store.ExistsAsync(Ct));
    }

    [StoreFact]
    public async Task Damaged_referrers_runs_and_strangers_are_named()
    {
        ArtifactRef artifact = await PublishTaggedAsync("one", "latest", "1");
        Descriptor envelope = await Store.AddBytesAsync("signed"u8.ToArray(), "x/y", "a", Ct);
        await Store.AttachAsync(artifact, "application/vnd.dsse.envelope.v1+json", [envelope], Ct);
        Descriptor log = await Store.AddBytesAsync("log"u8.ToArray(), "x/y", "b", Ct);
        await Store.RecordPipelineRunAsync(new() { Pipeline = "p", Started = default, Finished = default, Machine = "m", ExitCode = 0 }, [log], Ct);
        await DamageAsync(envelope.Digest, "SIGNED");
        await Blobs.DeleteAsync(StorePaths.Blob(log.Digest), Ct);
        await Blobs.WriteAsync("manifests/weights/UPPER/x", default, Ct);
        await Blobs.WriteAsync("tags/weights/one/odd", "rubbish"u8.ToArray(), Ct);

        Verified[] broken = await BrokenAsync();

        Assert.Equal([VerifiedKind.Tag, VerifiedKind.Foreign, VerifiedKind.Referrer, VerifiedKind.Run], broken.Select(found => found.Kind));
        Assert.Contains("tags/weights/one/odd", broken[0].Name, StringComparison.Ordinal);
    }

    [StoreFact]
    public async Task Damaged_blobs_go_to_quarantine_and_the_right_bytes_mend_what_needed_them()
    {
        ArtifactRef broken = await PublishTaggedAsync("broken", "latest", "right");
        ArtifactRef whole = await PublishTaggedAsync("whole", "latest", "other");
        Descriptor layer = (await Store.ReadAsync(broken, Ct)).Manifest.Layers[0];
        await DamageAsync(layer.Digest, "wrong");

        Assert.Equal([layer.Digest], await ToListAsync(Store.QuarantineAsync(Ct)));
        Assert.Equal("wrong"u8.ToArray(), (await Blobs.ReadAsync($"quarantine/{layer.Digest.Hex}", 10, Ct))!.Bytes);
        Assert.Equal([broken.ToString()], (await BrokenAsync()).Select(found => found.Name));
        Assert.Empty(await Store.VerifyAsync(whole, deep: true, Ct));
        CollectionReport report = await (await LaterAsync(2)).CollectAsync(new() { Delete = true }, null, Ct);
        Assert.Equal((0, 2), (report.Blobs, report.Kept));

        await PublishAsync("broken", "right");
        Assert.Empty(await BrokenAsync());
        Assert.Empty(await ToListAsync(Store.QuarantineAsync(Ct)));
    }
}
