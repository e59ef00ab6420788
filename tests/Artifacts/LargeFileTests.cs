using Microsoft.Win32.SafeHandles;
using Unreel.Testing;

namespace Unreel.Artifacts.Tests;

/// <summary>Runs alone: the memory of other tests is not this one's.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class LargeFiles : ICollectionFixture<SharedAzurite>
{
    public const string Name = "Large files";
}

/// <summary>Files larger than memory should hold go in and out in pieces.</summary>
[NeedsAzurite]
[Collection(LargeFiles.Name)]
public sealed class LargeFileOverAzureTests(SharedAzurite azurite, TemporaryFolder files) : IClassFixture<TemporaryFolder>
{
    [StoreFact]
    public Task A_large_file_moves_in_little_memory() =>
        LargeFile.MoveAsync(ArtifactStores.Open(azurite.Running.NewUri()), files, 192L << 20);
}

/// <inheritdoc cref="LargeFileOverAzureTests"/>
[Collection(LargeFiles.Name)]
public sealed class LargeFileInFolderTests(TemporaryFolder files) : IClassFixture<TemporaryFolder>
{
    [Fact]
    public Task A_large_file_moves_in_little_memory() =>
        LargeFile.MoveAsync(ArtifactStores.Open(files.File("store")), files, 1L << 30);
}

internal static class LargeFile
{
    // What a process of its own has at the start is about as much again: 200 MB in all.
    private const long GrowthLimit = 100_000_000;

    /// <summary>Puts a sparse file into a store and fetches it, watching the working set grow.</summary>
    public static async Task MoveAsync(ArtifactStore store, TemporaryFolder files, long bytes)
    {
        string file = files.File("sparse.bin");
        using (SafeFileHandle handle = File.OpenHandle(file, FileMode.CreateNew, FileAccess.Write))
            RandomAccess.SetLength(handle, bytes);

        GC.Collect();
        GC.WaitForPendingFinalizers();
        long before = Environment.WorkingSet;
        using CancellationTokenSource moved = new();
        Task<long> peak = PeakAsync(moved.Token);

        Descriptor layer = await store.AddFileAsync(file, "application/octet-stream", "sparse.bin", CancellationToken.None);
        ArtifactRef artifact = await store.PublishAsync(ArtifactKind.Clips, "sparse", new() { Stage = "put" }, [layer], CancellationToken.None);
        string folder = await ArtifactFolder.FetchAsync(
            store, await store.ReadAsync(artifact, CancellationToken.None), files.File("fetched"), CancellationToken.None);
        await moved.CancelAsync();

        Assert.Equal(bytes, new FileInfo(Path.Combine(folder, "sparse.bin")).Length);
        Assert.InRange(await peak - before, long.MinValue, GrowthLimit);
    }

    private static async Task<long> PeakAsync(CancellationToken ct)
    {
        long peak = 0;
        while (!ct.IsCancellationRequested)
        {
            peak = Math.Max(peak, Environment.WorkingSet);
            await Task.Delay(20, CancellationToken.None);
        }

        return peak;
    }
}
