using Unreel.Artifacts.Blobs;
using Unreel.Testing;

namespace Unreel.Artifacts.Tests;

/// <summary>Copies between folders.</summary>
public sealed class StoreCopyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ArtifactStore _source, _target;

    public StoreCopyTests() => (_source, _target) = (Shelf.Open(_folder, "source"), Shelf.Open(_folder, "target"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task All_of_a_store_is_in_the_copy_with_the_same_digests()
    {
        await _source.FillAsync();
        await _source.PublishAsync("onnx/other:v1", "other");

        CopySummary first = await _source.CopyAsync(_target, new ExchangeOptions());
        CopySummary second = await _source.CopyAsync(_target, new ExchangeOptions());

        Assert.Equal(await _source.ContentAsync(), await _target.ContentAsync());
        Assert.Equal((4, 0, 4), (first.Copied, first.Present, first.Tags.Count));
        Assert.Equal((0, 4, 0, 0L), (second.Copied, second.Present, second.Blobs, second.Bytes));
    }

    [Fact]
    public async Task One_artifact_goes_with_its_tag_and_what_describes_it()
    {
        (_, _, ArtifactRef model) = await _source.FillAsync();
        await _source.MoveTagAsync(model, "production", TimeProvider.System, Shelf.Ct);

        CopySummary summary = await _source.CopyAsync(_target, new ExchangeOptions(), "onnx/tiny:latest");

        Assert.Equal((1, 1), (summary.Copied, summary.Referrers));
        Assert.Equal("two cores", (await _target.RunsAsync(model, Shelf.Ct)).Single().Machine);
        Assert.Null(await _target.ReadTagAsync(ArtifactKind.Onnx, "tiny", "production", Shelf.Ct));
        await _source.CopyAsync(_target, new ExchangeOptions { AllTags = true }, "onnx/tiny:latest");
        Assert.Equal(model.Digest, (await _target.ReadTagAsync(ArtifactKind.Onnx, "tiny", "production", Shelf.Ct))!.Target);
    }

    [Fact]
    public async Task What_work_led_to_an_artifact_is_known_in_the_copy()
    {
        Digest key = Digest.Of("options and inputs"u8);
        Descriptor layer = await _source.AddBytesAsync("content"u8.ToArray(), "application/octet-stream", "model.onnx", Shelf.Ct);
        ArtifactRef made = await _source.PublishAsync(ArtifactKind.Onnx, "made", new Lineage { Stage = "export", Key = key }, [layer], Shelf.Ct);
        await _source.WriteRecordAsync($"keys/{key.Hex}", "the artifact"u8.ToArray(), Shelf.Ct);

        await _source.CopyAsync(_target, new ExchangeOptions(), made.ToString());

        Assert.Equal("the artifact"u8.ToArray(), await _target.ReadRecordAsync($"keys/{key.Hex}", Shelf.Ct));
    }

    [Fact]
    public async Task Referrers_stay_behind_where_that_is_asked()
    {
        (_, _, ArtifactRef model) = await _source.FillAsync();

        await _source.CopyAsync(_target, new ExchangeOptions { Referrers = false }, "onnx/tiny:latest");

        Assert.Empty(await _target.RunsAsync(model, Shelf.Ct));
    }

    [Fact]
    public async Task Lineage_goes_inputs_first_and_says_what_the_source_lacks()
    {
        (ArtifactRef clips, ArtifactRef weights, ArtifactRef model) = await _source.FillAsync();
        ArtifactRef lost = new(ArtifactKind.Textures, "lost", Digest.Of("lost"u8));
        await _source.PublishAsync("onnx/poor:latest", "poor", "model.onnx", new LineageInput("textures", lost.ToString(), lost.Digest));

        ExchangePlan plan = await ExchangePlan.MakeAsync(_source, [ArtifactReference.Parse("onnx/tiny")], new ExchangeOptions { Lineage = true }, Shelf.Ct);
        CopySummary poor = await _source.CopyAsync(_target, new ExchangeOptions { Lineage = true }, "onnx/poor");

        Assert.Equal([clips, weights, model], plan.Artifacts);
        Assert.Equal(lost.ToString(), Assert.Single(poor.Missing).Reference);
    }

    [Fact]
    public async Task Lineage_of_any_depth_is_followed()
    {
        ArtifactRef last = await _source.PublishAsync("weights/chain:latest", "0", "w");
        for (int i = 1; i < 300; i++)
            last = await _source.PublishAsync("weights/chain:latest", $"{i}", "w", new LineageInput("encoder", last.ToString(), last.Digest));

        CopySummary summary = await _source.CopyAsync(_target, new ExchangeOptions { Lineage = true }, "weights/chain");

        Assert.Equal(300, summary.Copied);
    }

    [Fact]
    public async Task A_tag_that_is_elsewhere_moves_and_is_told()
    {
        ArtifactRef old = await _target.PublishAsync("onnx/tiny:latest", "old");
        ArtifactRef now = await _source.PublishAsync("onnx/tiny:latest", "new");

        CopySummary summary = await _source.CopyAsync(_target, new ExchangeOptions(), "onnx/tiny");

        Assert.Equal(new MovedTag(ArtifactReference.Parse("onnx/tiny:latest"), old.Digest, now.Digest), Assert.Single(summary.Tags));
    }

    [Fact]
    public async Task What_a_killed_copy_left_is_taken_up_and_not_believed()
    {
        (_, _, ArtifactRef model) = await _source.FillAsync();
        Descriptor layer = (await _source.ReadAsync(model, Shelf.Ct)).Manifest.Layers.Single();
        FolderBlobs blobs = new(_folder.File("target"), new ArtifactStoreOptions());
        await blobs.WriteAsync(StorePaths.Blob(layer.Digest), "MODEL"u8.ToArray(), Shelf.Ct);

        await _source.CopyAsync(_target, new ExchangeOptions(), "onnx/tiny");

        Assert.Empty(await _target.VerifyAsync(model, deep: true, Shelf.Ct));
    }

    [Fact]
    public async Task A_blob_that_is_missing_of_what_is_published_is_sent_again()
    {
        (_, _, ArtifactRef model) = await _source.FillAsync();
        await _source.CopyAsync(_target, new ExchangeOptions(), "onnx/tiny");
        Descriptor layer = (await _source.ReadAsync(model, Shelf.Ct)).Manifest.Layers.Single();
        File.Delete(_target.LocalFile(layer.Digest)!);

        CopySummary summary = await _source.CopyAsync(_target, new ExchangeOptions(), "onnx/tiny");

        Assert.Equal((1, 1), (summary.Copied, summary.Blobs));
        Assert.Empty(await _target.VerifyAsync(model, deep: true, Shelf.Ct));
    }

    [Fact]
    public async Task Damage_in_the_source_is_not_copied()
    {
        (_, _, ArtifactRef model) = await _source.FillAsync();
        Descriptor layer = (await _source.ReadAsync(model, Shelf.Ct)).Manifest.Layers.Single();
        FolderBlobs blobs = new(_folder.File("source"), new ArtifactStoreOptions());
        await blobs.WriteAsync(StorePaths.Blob(layer.Digest), "MODEL"u8.ToArray(), Shelf.Ct);

        await Assert.ThrowsAsync<DigestMismatchException>(() => _source.CopyAsync(_target, new ExchangeOptions(), "onnx/tiny"));

        Assert.Empty(await _target.ContentAsync());
    }

    [Fact]
    public async Task Records_of_runs_go_with_their_logs_once()
    {
        Descriptor log = await _source.AddBytesAsync("what was done"u8.ToArray(), "text/plain", "export.log", Shelf.Ct);
        PipelineRun run = new() { Pipeline = "quickstart", Started = DateTimeOffset.UnixEpoch.AddSeconds(1), Finished = DateTimeOffset.UnixEpoch.AddSeconds(2), ExitCode = 0, Machine = "two cores" };
        PipelineRunRef reference = await _source.RecordPipelineRunAsync(run, [log], Shelf.Ct);
        StoreCopy copy = new(_source, _target, TimeProvider.System);

        Assert.Equal((1, 0), (await copy.CopyRunsAsync(Shelf.Ct), await copy.CopyRunsAsync(Shelf.Ct)));

        Assert.Equal([reference], await _target.ListPipelineRunsAsync(Shelf.Ct));
        Assert.Equal("export.log", (await _target.ReadPipelineRunAsync(reference.Digest, Shelf.Ct))!.Manifest.Layers.Single().Title);
    }

    [Fact]
    public async Task A_store_is_not_copied_to_itself()
    {
        await _source.FillAsync();

        StoreException refused = await Assert.ThrowsAsync<StoreException>(() => _source.CopyAsync(Shelf.Open(_folder, "source"), new ExchangeOptions()));

        Assert.Contains("expected two stores", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_there_is_named()
    {
        ArtifactNotFoundException missing = await Assert.ThrowsAsync<ArtifactNotFoundException>(() => _source.CopyAsync(_target, new ExchangeOptions(), "onnx/absent"));

        Assert.Contains("onnx/absent:latest", missing.Message, StringComparison.Ordinal);
    }
}
