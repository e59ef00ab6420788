using System.Text;
using Unreel.Artifacts.Blobs;

namespace Unreel.Artifacts.Tests;

/// <summary>Garbage collection takes what nothing reaches, and nothing else.</summary>
public abstract partial class StoreConformance
{
    private static readonly TimeSpan Days = TimeSpan.FromDays(1);

    /// <summary>The same blobs as some days later: a store whose clock is ahead, so that what was written now is old.</summary>
    private async Task<ArtifactStore> LaterAsync(double days)
    {
        MovedClock clock = new(days * Days);
        return new ArtifactStore(await ReopenAsync(new() { PageSize = 7, BlockBytes = 1 << 20, Time = clock }));
    }

    /// <summary>Opens the place that <see cref="OpenAsync"/> opened once more.</summary>
    private protected abstract Task<IBlobs> ReopenAsync(ArtifactStoreOptions options);

    private async Task<ArtifactRef> MakeAsync(string name, string content, params ArtifactRef[] inputs)
    {
        Descriptor layer = await Store.AddBytesAsync(Encoding.UTF8.GetBytes(content), "application/octet-stream", "a.bin", Ct);
        Lineage lineage = new() { Stage = "pretrain", Inputs = [.. inputs.Select(input => new LineageInput("clips", input.ToString(), input.Digest))] };
        return await Store.PublishAsync(ArtifactKind.Weights, name, lineage, [layer], Ct);
    }

    private Task TagAsync(ArtifactRef artifact, string tag = "latest") => Store.MoveTagAsync(artifact, tag, TimeProvider.System, Ct);

    private async Task<string[]> BlobsAsync() => [.. (await ToListAsync(Blobs.ListAsync("blobs/", Ct))).SelectMany(page => page).Select(blob => blob.Path)];

    private async Task<string[]> StampsAsync() =>
        [.. (await ToListAsync(Blobs.ListAsync("blobs/", Ct))).Concat(await ToListAsync(Blobs.ListAsync("manifests/", Ct))).SelectMany(page => page).Select(entry => entry.Stamp)];

    [StoreFact]
    public async Task What_tags_and_lineage_reach_is_kept_and_the_rest_goes()
    {
        ArtifactRef input = await MakeAsync("input", "in");
        ArtifactRef middle = await MakeAsync("middle", "mid", input);
        ArtifactRef tagged = await MakeAsync("tagged", "shared", middle);
        await TagAsync(tagged);
        ArtifactRef loose = await MakeAsync("loose", "shared", input);
        ArtifactRef lost = await MakeAsync("lost", "only its own");
        await Store.RecordRunAsync(tagged, new() { Started = default, Finished = default, Machine = "kept" }, Ct);
        await Store.RecordRunAsync(lost, new() { Started = default, Finished = default, Machine = "gone" }, Ct);
        await Store.WriteRecordAsync("keys/aa", Encoding.UTF8.GetBytes($"{{\"artifact\":\"{tagged}\"}}"), Ct);
        await Store.WriteRecordAsync("keys/bb", Encoding.UTF8.GetBytes($"{{\"artifact\":\"{lost}\"}}"), Ct);
        Descriptor orphan = await Store.AddBytesAsync("orphan"u8.ToArray(), "x/y", null, Ct);
        ArtifactStore later = await LaterAsync(2);

        CollectionReport would = await later.CollectAsync(new(), null, Ct);
        Assert.Equal(5, (await ToListAsync(Store.ListAsync(null, Ct))).Count);
        CollectionReport did = await later.CollectAsync(new() { Delete = true }, null, Ct);

        Assert.Equal(would.Sums, did.Sums);
        Assert.Equal((would.Blobs, would.Bytes, 3, 0), (did.Blobs, did.Bytes, did.Kept, did.Spared));
        Assert.Contains(did.Largest, item => item.Name == lost.ToString() && item.Reason == CollectionReason.Untagged);
        Assert.Contains(did.Largest, item => item.Name == orphan.Digest.ToString() && item.Reason == CollectionReason.Unnamed);
        Assert.Equal([input, middle, tagged], (await ToListAsync(Store.ListAsync(null, Ct))).Select(artifact => artifact.Reference));
        Assert.Equal("kept", Assert.Single(await Store.RunsAsync(tagged, Ct)).Machine);
        Assert.Empty(await Store.RunsAsync(lost, Ct));
        Assert.NotNull(await Store.ReadRecordAsync("keys/aa", Ct));
        Assert.Null(await Store.ReadRecordAsync("keys/bb", Ct));
        foreach (ArtifactRef kept in (ArtifactRef[])[input, middle, tagged])
            Assert.Empty(await Store.VerifyAsync(kept, deep: true, Ct));
        await Assert.ThrowsAsync<ArtifactNotFoundException>(() => Store.ReadAsync(loose, Ct));

        CollectionReport nothing = await later.CollectAsync(new() { Delete = true }, null, Ct);
        Assert.Equal((0, 0L), (nothing.Blobs, nothing.Bytes));
        Assert.Empty(nothing.Sums);
    }

    [StoreFact]
    public async Task What_is_young_or_was_used_again_is_left_alone()
    {
        ArtifactRef young = await MakeAsync("young", "1");
        Assert.Equal(0, (await Store.CollectAsync(new() { Delete = true }, null, Ct)).Blobs);

        // Two days later somebody publishes the same again: all that it consists of is as if new.
        HashSet<string> stamps = [.. await StampsAsync()];
        ArtifactStore later = await LaterAsync(2);
        Descriptor same = await later.AddBytesAsync("1"u8.ToArray(), "application/octet-stream", "a.bin", Ct);
        Assert.Equal(young, await later.PublishAsync(ArtifactKind.Weights, "young", new() { Stage = "pretrain" }, [same], Ct));
        Assert.DoesNotContain(await StampsAsync(), stamps.Contains);

        // A service has a clock of its own, which no test moves.
        CollectionReport report = await (Blobs.IsLocal ? later : Store).CollectAsync(new() { Delete = true }, null, Ct);
        Assert.Equal((0, 1), (report.Blobs, report.Kept));
        Assert.Empty(await Store.VerifyAsync(young, deep: true, Ct));
    }

    [StoreFact]
    public async Task What_was_touched_since_it_was_listed_is_not_removed()
    {
        Descriptor blob = await Store.AddBytesAsync("x"u8.ToArray(), "x/y", null, Ct);
        BlobEntry listed = (await ToListAsync(Blobs.ListAsync("blobs/", Ct))).SelectMany(page => page).Single();
        IBlobs later = await ReopenAsync(new() { Time = new MovedClock(Days) });
        Assert.True(await later.TouchAsync(listed.Path, Ct));

        Assert.False(await Blobs.TryCollectAsync(listed, Ct));
        Assert.NotNull(await Blobs.ReadAsync(listed.Path, 10, Ct));
        Assert.True(await Blobs.TryCollectAsync((await Blobs.FindAsync(listed.Path, Ct))!.Value, Ct));
        Assert.False(await Blobs.TouchAsync(listed.Path, Ct));
        Assert.Null(await Blobs.FindAsync(StorePaths.Blob(blob.Digest), Ct));
    }

    [StoreFact]
    public async Task Nothing_is_deleted_while_something_needed_cannot_be_read()
    {
        ArtifactRef tagged = await MakeAsync("tagged", "1");
        await TagAsync(tagged);
        await MakeAsync("lost", "2");
        string[] before = await BlobsAsync();
        await DamageAsync(tagged.Digest, "rubbish");
        ArtifactStore later = await LaterAsync(2);

        CollectionReport report = await later.CollectAsync(new() { Delete = true }, null, Ct);

        Assert.Contains(tagged.Digest.ToString(), Assert.Single(report.Blocked), StringComparison.Ordinal);
        Assert.Equal(before, await BlobsAsync());
        Assert.Equal(2, (await ToListAsync(Store.ListReferencesAsync(null, Ct))).Count);
    }

    [StoreFact]
    public async Task A_tag_that_holds_no_digest_stops_the_collection()
    {
        await MakeAsync("lost", "2");
        await Blobs.WriteAsync("tags/weights/lost/odd", "rubbish"u8.ToArray(), Ct);
        ArtifactStore later = await LaterAsync(2);

        CollectionReport report = await later.CollectAsync(new() { Delete = true }, null, Ct);

        Assert.Contains("odd", Assert.Single(report.Blocked), StringComparison.Ordinal);
        Assert.Single(await ToListAsync(Store.ListReferencesAsync(null, Ct)));
    }

    [StoreFact]
    public async Task Runs_and_parts_of_unfinished_work_are_kept_for_their_time()
    {
        Descriptor log = await Store.AddBytesAsync("log"u8.ToArray(), "text/plain", "a.log", Ct);
        PipelineRun run = new() { Pipeline = "p", Started = DateTimeOffset.UtcNow, Finished = DateTimeOffset.UtcNow, Machine = "m", ExitCode = 0 };
        PipelineRunRef recorded = await Store.RecordPipelineRunAsync(run, [log], Ct);
        Descriptor part = await Store.AddBytesAsync("part"u8.ToArray(), "x/y", null, Ct);
        Descriptor list = await Store.AddBytesAsync(Encoding.UTF8.GetBytes($"{{\"files\":[{{\"digest\":\"{part.Digest}\"}}]}}"), "x/y", null, Ct);
        await Store.WriteRecordAsync("parts/aa/0-of-2", Encoding.UTF8.GetBytes($"{{\"list\":\"{list.Digest}\"}}"), Ct);

        await (await LaterAsync(2)).CollectAsync(new() { Delete = true }, null, Ct);
        Assert.NotNull(await Store.ReadPipelineRunAsync(recorded.Digest, Ct));
        await using (Stream stream = await Store.OpenAsync(log, Ct))
            Assert.Equal(3, stream.Length);
        await using (Stream stream = await Store.OpenAsync(part, Ct))
            Assert.Equal(4, stream.Length);

        await (await LaterAsync(100)).CollectAsync(new() { Delete = true }, null, Ct);
        Assert.Empty(await Store.ListPipelineRunsAsync(Ct));
        Assert.Null(await Store.ReadRecordAsync("parts/aa/0-of-2", Ct));
        Assert.Empty(await BlobsAsync());
    }

    [StoreFact]
    public async Task An_input_that_is_no_artifact_stops_no_collection()
    {
        Descriptor text = await Store.AddBytesAsync("no manifest"u8.ToArray(), "x/y", null, Ct);
        Descriptor large = await Store.AddBytesAsync(new byte[ArtifactStore.MaxManifestBytes + 1], "x/y", null, Ct);
        ArtifactRef tagged = await MakeAsync("tagged", "1", new ArtifactRef(ArtifactKind.Clips, "odd", text.Digest), new ArtifactRef(ArtifactKind.Clips, "odd", large.Digest));
        await TagAsync(tagged);
        ArtifactRef lost = await MakeAsync("lost", "2");

        CollectionReport report = await (await LaterAsync(2)).CollectAsync(new() { Delete = true }, null, Ct);

        Assert.Empty(report.Blocked);
        Assert.Null(await Store.FindAsync(ArtifactReference.To(lost), Ct));
        Assert.NotNull(await Store.SizeAsync(text.Digest, Ct));
        Assert.NotNull(await Store.SizeAsync(large.Digest, Ct));
    }

    [StoreTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_damaged_description_or_run_stops_the_collection(bool isRun)
    {
        ArtifactRef tagged = await MakeAsync("tagged", "1");
        await TagAsync(tagged);
        await MakeAsync("lost", "2");
        Descriptor file = await Store.AddBytesAsync("what it names"u8.ToArray(), "x/y", "a", Ct);
        DateTimeOffset now = DateTimeOffset.UtcNow;
        Digest damaged = isRun
            ? (await Store.RecordPipelineRunAsync(new() { Pipeline = "p", Started = now, Finished = now, Machine = "m", ExitCode = 0 }, [file], Ct)).Digest
            : (await Store.AttachAsync(tagged, "application/vnd.dsse.envelope.v1+json", [file], Ct)).Digest;
        await DamageAsync(damaged, "rubbish");

        CollectionReport report = await (await LaterAsync(2)).CollectAsync(new() { Delete = true }, null, Ct);

        Assert.Contains(damaged.ToString(), Assert.Single(report.Blocked), StringComparison.Ordinal);
        Assert.NotNull(await Store.SizeAsync(file.Digest, Ct));
        Assert.Equal(2, (await ToListAsync(Store.ListReferencesAsync(null, Ct))).Count);
    }

    [StoreFact]
    public async Task What_describes_a_young_description_of_nothing_stays_with_it()
    {
        ArtifactRef lost = await MakeAsync("lost", "1");
        Referrer first = await Store.AttachAsync(lost, "x/first", [], Ct);
        Referrer second = await Store.AttachAsync(new ArtifactRef(ArtifactKind.Weights, "x", first.Digest), "x/second", [], Ct);
        await Store.RemoveAsync(lost, Ct);
        IBlobs later = await ReopenAsync(new() { Time = new MovedClock(2 * Days) });
        Assert.True(await later.TouchAsync(StorePaths.Referrer(lost.Digest, first.Digest), Ct));

        CollectionReport report = await (Blobs.IsLocal ? await LaterAsync(2) : Store).CollectAsync(new() { Delete = true }, null, Ct);

        Assert.DoesNotContain(report.Sums, sum => sum.Reason == CollectionReason.Referrer);
        Assert.Equal(second.Digest, Assert.Single(await ToListAsync(Store.ListReferrersAsync(first.Digest, Ct))).Digest);
    }

    [StoreFact]
    public async Task A_long_lineage_is_kept_whole()
    {
        const int Generations = 300;
        ArtifactRef last = await MakeAsync("g", "0");
        for (int i = 1; i < Generations; i++)
            last = await MakeAsync("g", "0", last);
        await TagAsync(last);

        CollectionReport report = await (await LaterAsync(2)).CollectAsync(new() { Delete = true }, null, Ct);

        Assert.Equal((Generations, 0), (report.Kept, report.Blobs));
    }

    [StoreFact]
    public async Task Too_short_a_grace_is_refused()
    {
        StoreException e = await Assert.ThrowsAsync<StoreException>(() => Store.CollectAsync(new() { Grace = TimeSpan.FromMinutes(5) }, null, Ct));

        Assert.Contains(Blobs.IsLocal ? "20 minutes" : "60 minutes", e.Message, StringComparison.Ordinal);
    }

    private sealed class MovedClock(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }
}
