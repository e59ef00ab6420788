using Unreel.Artifacts;
using Unreel.Serve.Models;

namespace Unreel.Serve.Benches;

/// <summary>Moves a tag to and fro while clients ask, each move when the one before was taken up.</summary>
internal static class TagBench
{
    /// <summary>Runs until the last move is taken up.</summary>
    /// <returns>How many requests there were, and how many of them were not answered with 200.</returns>
    public static async Task<(int Asked, int Lost)> RunAsync(
        BenchServer server, IArtifactStore store, IReadOnlyList<ArtifactRef> models, ServeBenchScale scale, (byte[] Body, int Json) frames, CancellationToken ct)
    {
        (int asked, int lost) = (0, 0);
        using CancellationTokenSource enough = new();
        Task[] clients = [.. Enumerable.Range(0, scale.Clients).Select(_ => Task.Run(ClientAsync, ct))];
        ModelHost host = server.Registry.Default;
        for (int move = 1; move <= scale.Moves; move++)
        {
            ArtifactRef next = models[move % models.Count];
            await store.MoveTagAsync(next, ArtifactReference.Latest, TimeProvider.System, ct);
            while (host.Current?.Source.Digest != next.Digest)
                await Task.Delay(1, ct);
        }

        await enough.CancelAsync();
        await Task.WhenAll(clients);
        return (asked, lost);

        async Task ClientAsync()
        {
            while (!enough.IsCancellationRequested)
            {
                BenchAnswer answer = await server.InferAsync(frames, ct);
                Interlocked.Increment(ref asked);
                if (answer.Status != 200)
                    Interlocked.Increment(ref lost);
            }
        }
    }
}
