using System.ComponentModel;
using System.Globalization;
using System.Net;
using Unreel.Modeling;

namespace Unreel.Distributed;

/// <summary>
/// Starts a program several times on this machine, as processes that train together over the loopback address, and ends them all
/// when one fails. Rank 0 has the caller's output; what others print is passed to standard error, each line with its rank.
/// </summary>
public sealed class Launcher
{
    private const int Cancelled = 130;
    private const int Signalled = 128;

    /// <summary>How long a process that was asked to stop may take: it may have a checkpoint to write first.</summary>
    public static readonly TimeSpan StopsWithin = TimeSpan.FromMinutes(2);

    // Others notice by themselves that one is gone, and say so; this is for those that cannot.
    private static readonly TimeSpan Grace = FrameStream.Silence + TimeSpan.FromSeconds(10);

    private readonly IReadOnlyList<string> _command;
    private readonly TextWriter _error;
    private readonly TimeProvider _time;

    /// <param name="command">The program and its arguments.</param>
    /// <param name="error">Where lines for people go.</param>
    /// <param name="time">The clock.</param>
    public Launcher(IReadOnlyList<string> command, TextWriter error, TimeProvider time) => (_command, _error, _time) = (command, TextWriter.Synchronized(error), time);

    /// <summary>Runs the processes to their end.</summary>
    /// <param name="count">How many, at least 2.</param>
    /// <param name="patience">How long they may take to find each other.</param>
    /// <param name="ct">Asks them all to stop, as SIGTERM does.</param>
    /// <returns>0 where all ended well; 130 where they were asked to stop; the exit code of the one that failed, 1 where it was killed.</returns>
    /// <exception cref="ModelException">The program cannot be started.</exception>
    public async Task<int> RunAsync(int count, TimeSpan patience, CancellationToken ct)
    {
        JoinKey key = JoinKey.Random();
        using Board board = new(IPAddress.Loopback, 0, count, patience, key);
        List<Worker> workers = [];
        try
        {
            for (int rank = 0; rank < count; rank++)
                workers.Add(Worker.Start(rank, _command, Environment(rank, count, board.Port, key), _error));

            return await WaitAsync(workers, ct);
        }
        catch (Win32Exception e)
        {
            throw new ModelException($"'{_command[0]}' cannot be started {count} times: {e.Message}", e);
        }
        finally
        {
            foreach (Worker worker in workers)
                worker.Dispose();
        }
    }

    private static Dictionary<string, string> Environment(int rank, int count, int port, JoinKey key) => new()
    {
        ["RANK"] = Text(rank),
        ["LOCAL_RANK"] = Text(rank),
        ["WORLD_SIZE"] = Text(count),
        ["LOCAL_WORLD_SIZE"] = Text(count),
        ["MASTER_ADDR"] = IPAddress.Loopback.ToString(),
        ["MASTER_PORT"] = Text(port),
        [Placement.LaunchedVariable] = "1",
        [JoinKey.Variable] = key.Text,
    };

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private async Task<int> WaitAsync(List<Worker> workers, CancellationToken ct)
    {
        await using CancellationTokenRegistration asked = ct.Register(() => workers.ForEach(worker => worker.AskToStop()));
        List<Worker> running = [.. workers];
        while (running.Count > 0)
        {
            Worker ended = await Task.WhenAny(running.Select(worker => worker.Ended)).Unwrap();
            running.Remove(ended);
            if (ended.ExitCode > Signalled && ended.ExitCode != Cancelled)
                await _error.WriteLineAsync($"{ended.Name} was killed (signal {Text(ended.ExitCode - Signalled)})");
            if (ended.ExitCode != 0)
                break;
        }

        await EndAsync(running, workers.Exists(worker => !running.Contains(worker) && worker.ExitCode == Cancelled), ct);
        return ExitCode([.. workers.Select(worker => worker.ExitCode)], ct.IsCancellationRequested);
    }

    private async Task EndAsync(List<Worker> running, bool isCancelled, CancellationToken ct)
    {
        using CancellationTokenSource graceful = new(isCancelled ? StopsWithin : Grace, _time);
        using CancellationTokenRegistration asked = ct.Register(() => graceful.CancelAfter(StopsWithin));
        foreach (Worker worker in running)
        {
            try
            {
                await worker.Ended.WaitAsync(graceful.Token);
            }
            catch (OperationCanceledException)
            {
                await _error.WriteLineAsync($"{worker.Name} does not end by itself and is killed");
                worker.Kill();
                await worker.Ended;
            }
        }
    }

    /// <summary>What the processes' exit codes come to: what one found wrong goes before what that did to the others.</summary>
    internal static int ExitCode(IReadOnlyList<int> codes, bool isCancelled)
    {
        if (codes.All(code => code == 0))
            return 0;
        if (isCancelled && codes.Contains(Cancelled))
            return Cancelled;

        // Nobody ends with 130 but those that were asked to stop: what another made of that is no failure of its own.
        bool isStopped = codes.Contains(Cancelled) && codes.All(code => code is 0 or 1 or Cancelled);
        return codes.FirstOrDefault(code => code is > 1 and <= Signalled, isStopped ? Cancelled : 1);
    }
}
