using System.Net;
using System.Net.Sockets;

namespace Unreel.Distributed.Tests;

/// <summary>Processes of a group as threads of this one.</summary>
internal static class Ranks
{
    public const string Code = "unreel 1, libtorch 1";

    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(60);

    /// <summary>Runs the same on every rank once all have joined, and gives what each came to.</summary>
    public static async Task<T[]> RunAsync<T>(int count, Func<TrainingGroup, T> work)
    {
        int port = FreePort();

        // A rank that fails at once would otherwise be lost to one that is still joining, which then fails of that.
        using Barrier joined = new(count);
        return await Task.WhenAll(Enumerable.Range(0, count).Select(rank => Task.Factory.StartNew(
            () =>
            {
                using TrainingGroup group = JoinOrLeave(Place(rank, count, port), joined);
                joined.SignalAndWait(Patience);
                return work(group);
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));
    }

    public static Placement Place(int rank, int count, int port) => new(rank, count, rank, count, "127.0.0.1", port);

    public static TrainingGroup Join(Placement place, string code = Code) => TrainingGroup.Join(place, JoinKey.None, code, Patience, TimeProvider.System, default);

    private static TrainingGroup JoinOrLeave(Placement place, Barrier joined)
    {
        try
        {
            return Join(place);
        }
        catch
        {
            joined.RemoveParticipant();
            throw;
        }
    }

    public static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
