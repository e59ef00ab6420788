using System.Text;
using System.Text.Json.Nodes;
using Unreel.Artifacts.Blobs;
using Unreel.Testing;

namespace Unreel.Artifacts.Tests;

/// <summary>What every store must do, whatever it lies on; a subclass brings the blobs.</summary>
public abstract partial class StoreConformance(TemporaryFolder files) : IAsyncLifetime, IClassFixture<TemporaryFolder>
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    private protected TemporaryFolder Files { get; } = files;

    private protected IBlobs Blobs { get; private set; } = null!;

    private protected ArtifactStore Store { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Blobs = await OpenAsync(new() { PageSize = 7, BlockBytes = 1 << 20 });
        Store = new ArtifactStore(Blobs);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    /// <summary>Opens an empty place of its own for one test.</summary>
    private protected abstract Task<IBlobs> OpenAsync(ArtifactStoreOptions options);

    /// <summary>Puts other bytes in a blob's place, behind the store's back.</summary>
    private protected Task DamageAsync(Digest digest, string bytes) =>
        Blobs.WriteAsync(StorePaths.Blob(digest), Encoding.UTF8.GetBytes(bytes), Ct);

    private protected static Lineage Made(int seed = 1) => new()
    {
        Stage = "pretrain",
        Key = Digest.Of("key"u8),
        Options = new JsonObject { ["width"] = 192, ["depth"] = 12, ["name"] = "ünïcode <&>" },
        Inputs = [new("clips", "clips/shapes@" + Digest.Of("clips"u8), Digest.Of("clips"u8))],
        Code = "0.1.0",
        Runtime = "system",
        Device = "cpu",
        Seed = (ulong)seed,
        Metrics = new(StringComparer.Ordinal) { ["loss"] = 0.25 },
    };

    private protected async Task<ArtifactRef> PublishAsync(string name = "tiny", string content = "weights", ArtifactKind kind = ArtifactKind.Weights)
    {
        Descriptor layer = await Store.AddBytesAsync(Encoding.UTF8.GetBytes(content), "application/octet-stream", "model.safetensors", Ct);
        return await Store.PublishAsync(kind, name, Made(), [layer], Ct);
    }

    [StoreFact]
    public async Task What_is_published_is_read_back()
    {
        string file = Files.File("a.bin");
        await File.WriteAllBytesAsync(file, new byte[3000], Ct);
        Descriptor first = await Store.AddFileAsync(file, "application/octet-stream", "sub/a.bin", Ct);
        Descriptor second = await Store.AddBytesAsync("hello"u8.ToArray(), "text/plain", "hello.txt", Ct);

        ArtifactRef artifact = await Store.PublishAsync(ArtifactKind.Weights, "tiny", Made(), [first, second], Ct);
        Artifact read = await Store.ReadAsync(artifact, Ct);

        Assert.Equal(["sub/a.bin", "hello.txt"], read.Manifest.Layers.Select(l => l.Title));
        Assert.Equal("application/vnd.unreel.weights.v1", read.Manifest.ArtifactType);
        Assert.Equal(3005, read.Size);
        Assert.Equal(0.25, read.Lineage.Metrics["loss"]);
        Assert.Equal(Made().Inputs, read.Lineage.Inputs);
        Assert.Equal("ünïcode <&>", (string?)read.Lineage.Options["name"]);
        Assert.Equal("hello", await TextAsync(read.Manifest.Layers[1]));
        Assert.Empty(await Store.VerifyAsync(artifact, deep: true, Ct));
    }

    [StoreFact]
    public async Task Equal_work_gives_an_equal_digest()
    {
        ArtifactRef first = await PublishAsync();
        ArtifactRef second = await PublishAsync();
        ArtifactRef other = await PublishAsync(name: "other");

        Assert.Equal(first, second);
        Assert.NotEqual(first.Digest, other.Digest);
    }

    [StoreFact]
    public async Task Concurrent_publishers_of_the_same_content_agree()
    {
        ArtifactRef[] all = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Task.Run(() => PublishAsync())));

        Assert.Single(all.Distinct());
        Assert.Empty(await Store.VerifyAsync(all[0], deep: true, Ct));
        Assert.Single(await ToListAsync(Store.ListAsync(null, Ct)));
    }

    [StoreFact]
    public async Task A_manifest_cannot_name_a_blob_that_is_not_there()
    {
        Descriptor absent = new() { MediaType = "text/plain", Digest = Digest.Of("absent"u8), Size = 6 };

        BlobMissingException e = await Assert.ThrowsAsync<BlobMissingException>(() => Store.PublishAsync(ArtifactKind.Clips, "x", Made(), [absent], Ct));

        Assert.Contains(absent.Digest.ToString(), e.Message, StringComparison.Ordinal);
        Assert.Contains(Store.Location, e.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<BlobMissingException>(() => Store.OpenAsync(absent, Ct));
    }

    [StoreFact]
    public async Task A_manifest_cannot_lie_about_a_size()
    {
        Descriptor layer = await Store.AddBytesAsync("12345"u8.ToArray(), "text/plain", "a", Ct);

        await Assert.ThrowsAsync<StoreException>(() => Store.PublishAsync(ArtifactKind.Clips, "x", Made(), [layer with { Size = 4 }], Ct));
    }

    [StoreFact]
    public async Task Absent_things_are_absent()
    {
        ArtifactRef absent = new(ArtifactKind.Onnx, "none", Digest.Of("none"u8));

        Assert.Null(await Store.FindAsync(ArtifactReference.Parse("onnx/none:latest"), Ct));
        Assert.Null(await Store.FindAsync(ArtifactReference.To(absent), Ct));
        Assert.Null(await Store.ReadTagAsync(ArtifactKind.Onnx, "none", "latest", Ct));
        Assert.Null(await Store.ReadRecordAsync("keys/none", Ct));
        Assert.Empty(await Store.RunsAsync(absent, Ct));
        Assert.Empty(await ToListAsync(Store.ListAsync(null, Ct)));
        Assert.Empty(await ToListAsync(Store.ListTagsAsync(null, Ct)));
        Assert.Single(await Store.VerifyAsync(absent, deep: false, Ct));
        await Assert.ThrowsAsync<ArtifactNotFoundException>(() => Store.ReadAsync(absent, Ct));
    }

    [StoreFact]
    public async Task A_digest_is_found_only_under_its_own_kind_and_name()
    {
        ArtifactRef artifact = await PublishAsync();

        Assert.Equal(artifact, await Store.FindAsync(ArtifactReference.To(artifact), Ct));
        Assert.Null(await Store.FindAsync(ArtifactReference.To(artifact with { Name = "other" }), Ct));
        await Assert.ThrowsAsync<ArtifactNotFoundException>(() => Store.ReadAsync(artifact with { Name = "other" }, Ct));
        await Assert.ThrowsAsync<ArtifactNotFoundException>(() => Store.ReadAsync(artifact with { Kind = ArtifactKind.Clips }, Ct));
    }

    [StoreFact]
    public async Task Runs_are_listed_oldest_first_and_leave_the_artifact_as_it_is()
    {
        ArtifactRef artifact = await PublishAsync();
        DateTimeOffset noon = new(2024, 5, 1, 12, 0, 0, TimeSpan.Zero);
        RunRecord late = new() { Started = noon.AddHours(1), Finished = noon.AddHours(2), Machine = "b" };
        RunRecord early = new() { Started = noon, Finished = noon.AddHours(3), Machine = "a", Figures = new() { ["clips/s"] = 8.5 } };

        await Store.RecordRunAsync(artifact, late, Ct);
        await Store.RecordRunAsync(artifact, early, Ct);
        IReadOnlyList<RunRecord> runs = await Store.RunsAsync(artifact, Ct);

        Assert.Equal(["a", "b"], runs.Select(r => r.Machine));
        Assert.Equal(8.5, runs[0].Figures["clips/s"]);
        Assert.Equal(artifact, (await ToListAsync(Store.ListAsync(null, Ct))).Single().Reference);
    }

    [StoreFact]
    public async Task Records_are_replaced_and_capped()
    {
        await Store.WriteRecordAsync("keys/ab/cd", "one"u8.ToArray(), Ct);
        await Store.WriteRecordAsync("keys/ab/cd", "two"u8.ToArray(), Ct);

        Assert.Equal("two"u8.ToArray(), await Store.ReadRecordAsync("keys/ab/cd", Ct));
        await Assert.ThrowsAsync<StoreException>(() => Store.WriteRecordAsync("keys/big", new byte[(1 << 20) + 1], Ct));
        await Store.WriteRecordAsync("keys/big", new byte[1 << 20], Ct);
        Assert.Equal(1 << 20, (await Store.ReadRecordAsync("keys/big", Ct))!.Length);
    }

    [StoreFact]
    public async Task Listings_are_complete_and_ordered_over_many_pages()
    {
        string[] names = ["a", "a-b", "a.b", "b", .. Enumerable.Range(0, 16).Select(i => $"n{i:00}")];
        foreach (string name in names)
        {
            ArtifactRef artifact = await PublishAsync(name);
            Assert.True(await Store.TryMoveTagAsync(artifact.Kind, name, "latest", artifact.Digest, null, Ct));
        }

        ArtifactRef clips = await PublishAsync("videos", kind: ArtifactKind.Clips);
        List<Artifact> weights = await ToListAsync(Store.ListAsync(ArtifactKind.Weights, Ct));
        List<Tag> tags = await ToListAsync(Store.ListTagsAsync(null, Ct));

        Assert.Equal(names.OrderBy(n => n + "/", StringComparer.Ordinal), weights.Select(a => a.Reference.Name));
        Assert.Equal(names.OrderBy(n => n + "/", StringComparer.Ordinal), tags.Select(t => t.Name));
        Assert.Equal([clips], (await ToListAsync(Store.ListAsync(ArtifactKind.Clips, Ct))).Select(a => a.Reference));
        Assert.Equal(clips, (await ToListAsync(Store.ListAsync(null, Ct)))[0].Reference);
    }

    [StoreFact]
    public async Task Lost_markers_are_written_anew()
    {
        ArtifactRef artifact = await PublishAsync();
        await Store.RecordRunAsync(artifact, new() { Started = default, Finished = default, Machine = "m" }, Ct);
        PipelineRun run = new() { Pipeline = "p", Started = DateTimeOffset.UnixEpoch, Finished = DateTimeOffset.UnixEpoch, Machine = "m", ExitCode = 0 };
        PipelineRunRef recorded = await Store.RecordPipelineRunAsync(run, [], Ct);
        await DamageAsync((await Store.AddBytesAsync("{small}"u8.ToArray(), "x/y", null, Ct)).Digest, "{damaged}");
        foreach (string prefix in (string[])["manifests/", "referrers/", "runs/"])
        {
            foreach (string path in (await ToListAsync(Blobs.ListAsync(prefix, Ct))).SelectMany(p => p).Select(b => b.Path).ToList())
                await Blobs.DeleteAsync(path, Ct);
        }

        Assert.Empty(await ToListAsync(Store.ListAsync(null, Ct)));
        Assert.Equal(3, await Store.RebuildIndexAsync(Ct));
        Assert.Single(await ToListAsync(Store.ListAsync(null, Ct)));
        Assert.Single(await Store.RunsAsync(artifact, Ct));
        Assert.Equal([recorded], await Store.ListPipelineRunsAsync(Ct));
    }

    private protected async Task<string> TextAsync(Descriptor blob)
    {
        using StreamReader reader = new(await Store.OpenAsync(blob, Ct));
        return await reader.ReadToEndAsync(Ct);
    }

    private protected static async Task<List<T>> ToListAsync<T>(IAsyncEnumerable<T> items)
    {
        List<T> list = [];
        await foreach (T item in items)
            list.Add(item);

        return list;
    }
}
