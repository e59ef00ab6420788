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
