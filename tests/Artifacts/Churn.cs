using System.Text;

namespace Unreel.Artifacts.Tests;

/// <summary>Writing, tagging, untagging and collecting in a small world of names and contents, so that everything is made, dropped and made again.</summary>
internal sealed class Churn(ArtifactStore store, int seed, TimeSpan grace)
{
    public static readonly TimeSpan TouchAfter = TimeSpan.FromSeconds(0.5);

    private static readonly CancellationToken Ct = CancellationToken.None;
    private readonly Random _random = new(seed);

    /// <summary>Opens a store whose blobs are old after a moment.</summary>
    public static ArtifactStore Open(string uri) => ArtifactStores.Open(uri, new() { TouchAfter = TouchAfter, AllowsShortGrace = true });

    /// <summary>Publishes something that may have been there before, made from something else, and points a tag at it.</summary>
    public async Task PutAsync()
    {
        ArtifactRef input = await PublishAsync("input", _random.Next(4), null);
        ArtifactRef made = await PublishAsync($"made{_random.Next(3)}", _random.Next(8), input);
        await store.RecordRunAsync(made, new() { Started = DateTimeOffset.UnixEpoch, Finished = DateTimeOffset.UnixEpoch, Machine = "m" }, Ct);
        await store.MoveTagAsync(made, $"t{_random.Next(3)}", TimeProvider.System, Ct);
    }

    /// <summary>Removes a tag, if it is there.</summary>
    public async Task UntagAsync()
    {
        if (await store.ReadTagAsync(ArtifactKind.Weights, $"made{_random.Next(3)}", $"t{_random.Next(3)}", Ct) is { } tag)
            await store.TryRemoveTagAsync(tag, Ct);
    }

    /// <summary>Collects.</summary>
    /// <returns>How many blobs went.</returns>
    public async Task<int> CollectAsync()
    {
        CollectionReport report = await store.CollectAsync(new() { Delete = true, Grace = grace }, null, Ct);
        return report.Blocked.Count == 0 ? report.Blobs : throw new InvalidOperationException(string.Join('\n', report.Blocked));
    }

    /// <summary>Resolves a tag and reads all it stands for.</summary>
    /// <returns>Whether there was one.</returns>
    public async Task<bool> ReadAsync()
    {
        string name = $"made{_random.Next(3)}", tag = $"t{_random.Next(3)}";
        if (await store.ReadTagAsync(ArtifactKind.Weights, name, tag, Ct) is not { } found)
            return false;

        try
        {
            Artifact artifact = await store.ReadAsync(new ArtifactRef(ArtifactKind.Weights, name, found.Target), Ct);
            foreach (Descriptor layer in artifact.Manifest.Layers)
            {
                await using Stream stream = await store.OpenAsync(layer, Ct);
                await stream.CopyToAsync(Stream.Null, Ct);
            }
        }
        catch (StoreException e) when (e is ArtifactNotFoundException or BlobMissingException)
        {
            // Stated, and fair where nobody points to it any more; the grace of these tests is seconds.
            Assert.NotEqual(found, await store.ReadTagAsync(ArtifactKind.Weights, name, tag, Ct));
        }

        return true;
    }

    /// <summary>Does whatever comes, for as long as the process lives.</summary>
    public async Task ForeverAsync(string what)
    {
        while (true)
        {
            if (what is "put" or "tag" || (what == "all" && _random.Next(3) > 0))
                await PutAsync();
            if (what == "tag" || (what == "all" && _random.Next(3) == 0))
                await UntagAsync();
            if (what == "gc" || (what == "all" && _random.Next(3) == 0))
                await CollectAsync();
        }
    }

    private async Task<ArtifactRef> PublishAsync(string name, int content, ArtifactRef? input)
    {
        Descriptor small = await store.AddBytesAsync(Encoding.ASCII.GetBytes($"{name} {content}"), "x/y", "a.txt", Ct);
        Descriptor large = await store.AddBytesAsync(Enumerable.Repeat((byte)content, 100_000).ToArray(), "x/y", "b.bin", Ct);
        Lineage lineage = new() { Stage = "churn", Inputs = input is { } from ? [new LineageInput("from", from.ToString(), from.Digest)] : [] };
        return await store.PublishAsync(ArtifactKind.Weights, name, lineage, [small, large], Ct);
    }
}
