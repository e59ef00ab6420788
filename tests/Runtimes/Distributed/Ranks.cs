using System.Net;
using System.Net.Sockets;

namespace Unreel.Distributed.Tests;

/// <summary>Processes of a group as threads of this one.</summary>
internal static class Ranks
{
    public const string Code = "unreel 1, libtorch 1";

    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(60);

    /// <summary>Runs the same on every rank, and gives what each came to.</summary>
    public static async Task<T[]> RunAsync<T>(int count, Func<TrainingGroup, T> work)
    {
        int port = FreePort();
        return await Task.WhenAll(Enumerable.Range(0, count).Select(rank => Task.Factory.StartNew(
            () =>
            {
                using TrainingGroup group = Join(Place(rank, count, port));
                return work(group);
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));
    }

    public static Placement Place(int rank, int count, int port) => new(rank, count, rank, count, "127.0.0.1", port);

    public static TrainingGroup Join(Placement place, string code = Code) => TrainingGroup.Join(place, JoinKey.None, code, Patience, TimeProvider.System, default);

    public static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
