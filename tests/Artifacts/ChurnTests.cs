using System.Diagnostics;
using System.Globalization;
using Unreel.Artifacts.Blobs;
using Unreel.Testing;

namespace Unreel.Artifacts.Tests;

/// <summary>Kills at random moments, and many at once: nothing that is listed is ever broken, and nothing wanted is ever collected.</summary>
public abstract class ChurnTests : IDisposable
{
    private static readonly CancellationToken Ct = CancellationToken.None;
    private static readonly bool Long = Environment.GetEnvironmentVariable("UNREEL_LONG_TESTS") == "1";
    private readonly TemporaryFolder _folder = new();

    private protected TemporaryFolder Folder => _folder;

    public void Dispose()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>A new place.</summary>
    protected abstract string NewUri();

    [StoreFact]
    public async Task Killed_writers_and_collectors_leave_nothing_broken_and_nothing_wanted_missing()
    {
        int kills = Long ? 200 : 8;
        string uri = NewUri();
        ArtifactStore store = Churn.Open(uri);
        Churn churn = new(store, 1, TimeSpan.FromSeconds(4));
        await churn.PutAsync();
        ArtifactRef pinned = await PinAsync(store);
        Random random = new(7);
        for (int kill = 0; kill < kills; kill++)
        {
            await KillAsync(uri, kill, ((string[])["put", "tag", "gc", "all"])[kill % 4], TimeSpan.FromMilliseconds(random.Next(1, 900)));
            if (kill % 8 == 7)
            {
                await RequireWholeAsync(store);
                await churn.CollectAsync();
                await RequireWholeAsync(store);
            }
        }

        await churn.PutAsync();
        Assert.Empty(await store.VerifyAsync(pinned, deep: true, Ct));
        Descriptor loose = await store.AddBytesAsync("unwanted"u8.ToArray(), "x/y", "a", Ct);
        ArtifactRef unwanted = await store.PublishAsync(ArtifactKind.Clips, "unwanted", new() { Stage = "put" }, [loose], Ct);
        await Task.Delay(TimeSpan.FromSeconds(5.5), Ct);
        await churn.CollectAsync();
        await RequireWholeAsync(store);
        await RequireNothingLeftAsync(uri, store);
        Assert.Null(await store.FindAsync(ArtifactReference.To(unwanted), Ct));
        await Assert.ThrowsAsync<BlobMissingException>(() => store.OpenAsync(loose, Ct));
    }

    [StoreFact]
    public async Task Two_writers_one_collector_and_three_readers_do_not_hurt_each_other()
    {
        TimeSpan grace = TimeSpan.FromSeconds(6);
        TimeSpan length = TimeSpan.FromSeconds(Long ? 60 : 12);
        string uri = NewUri();
        await new Churn(Churn.Open(uri), 1, grace).PutAsync();
        Stopwatch clock = Stopwatch.StartNew();
        int writes = 0, reads = 0, gone = 0;
        async Task Loop(Func<Task> work)
        {
            while (clock.Elapsed < length)
                await work();
        }

        Churn Own(int seed) => new(Churn.Open(uri), seed, grace);
        Task Writer(Churn churn) => Loop(async () =>
        {
            await churn.PutAsync();
            if (Interlocked.Increment(ref writes) % 3 == 0)
                await churn.UntagAsync();
        });
        Task Reader(Churn churn) => Loop(async () =>
        {
            if (await churn.ReadAsync())
                Interlocked.Increment(ref reads);
        });
        Task Collector(Churn churn) => Loop(async () =>
        {
            gone += await churn.CollectAsync();
            await Task.Delay(50, Ct);
        });
        await Task.WhenAll(
            Task.Run(() => Writer(Own(2))), Task.Run(() => Writer(Own(3))), Task.Run(() => Collector(Own(4))),
            Task.Run(() => Reader(Own(5))), Task.Run(() => Reader(Own(6))), Task.Run(() => Reader(Own(7))));

        await RequireWholeAsync(Churn.Open(uri));
        Console.WriteLine($"{uri}: {writes} writes, {reads} reads, {gone} blobs collected in {clock.Elapsed.TotalSeconds:0} s");
        Assert.NotEqual((0, 0), (writes, reads));
    }

    private static async Task<ArtifactRef> PinAsync(ArtifactStore store)
    {
        Descriptor layer = await store.AddBytesAsync("wanted"u8.ToArray(), "x/y", "a", Ct);
        ArtifactRef input = await store.PublishAsync(ArtifactKind.Clips, "wanted", new() { Stage = "put" }, [layer], Ct);
        ArtifactRef made = await store.PublishAsync(ArtifactKind.Onnx, "wanted", new() { Stage = "put", Inputs = [new("clips", input.ToString(), input.Digest)] }, [layer], Ct);
        await store.MoveTagAsync(made, "latest", TimeProvider.System, Ct);
        return input;
    }

    private static async Task KillAsync(string uri, int seed, string what, TimeSpan after)
    {
        string[] arguments = [typeof(Churn).Assembly.Location, uri, seed.ToString(CultureInfo.InvariantCulture), "4", what];
        using Process process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        string? ready = await process.StandardOutput.ReadLineAsync(Ct);
        Task<string> error = process.StandardError.ReadToEndAsync(Ct);
        await Task.Delay(after, Ct);
        bool ended = process.HasExited;
        process.Kill();
        await process.WaitForExitAsync(Ct);
        Assert.True(ready == "ready" && !ended, $"it ended by itself: {await error}");
    }

    private static async Task RequireWholeAsync(ArtifactStore store)
    {
        await foreach (Verified found in store.VerifyAllAsync(deep: true, Ct))
            Assert.True(found.Problems.Count == 0, $"{found.Kind} {found.Name}: {string.Join("; ", found.Problems)}");
    }

    /// <summary>What is left is what something listed needs.</summary>
    private static async Task RequireNothingLeftAsync(string uri, ArtifactStore store)
    {
        IBlobs blobs = ArtifactStores.OpenBlobs(uri, new(), Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        HashSet<Digest> needed = [];
        await foreach (Artifact artifact in store.ListAsync(null, Ct))
        {
            needed.UnionWith([artifact.Reference.Digest, artifact.Manifest.Config.Digest, .. artifact.Manifest.Layers.Select(layer => layer.Digest)]);
            await foreach (Referrer referrer in store.ListReferrersAsync(artifact.Reference.Digest, Ct))
                needed.UnionWith([referrer.Digest, referrer.Manifest.Config.Digest, .. referrer.Manifest.Layers.Select(layer => layer.Digest)]);
        }

        // What the last writing touched is too young to have gone.
        DateTimeOffset young = DateTimeOffset.UtcNow - TimeSpan.FromSeconds(8);
        await foreach (IReadOnlyList<BlobEntry> page in blobs.ListAsync("blobs/", Ct))
            Assert.All(page, blob => Assert.True((StorePaths.TryBlob(blob.Path, out Digest digest) && needed.Contains(digest)) || blob.Modified > young, $"{blob.Path} is needed by nothing"));
        await foreach (IReadOnlyList<BlobEntry> page in blobs.ListAsync("trash/", Ct))
            Assert.Empty(page);
    }
}

/// <summary>Over a folder.</summary>
public sealed class FolderChurnTests : ChurnTests
{
    protected override string NewUri() => Folder.File(Guid.NewGuid().ToString("n"));
}

/// <summary>Over Azurite.</summary>
[NeedsAzurite]
[Collection(AzuriteTests.Name)]
public sealed class AzureChurnTests(SharedAzurite azurite) : ChurnTests
{
    protected override string NewUri() => azurite.Running.NewUri();
}
