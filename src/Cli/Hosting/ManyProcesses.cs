using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Unreel.Distributed;
using Unreel.Modeling;
using Unreel.Pipelines;

namespace Unreel.Cli.Hosting;

/// <summary>Whether a command runs in one process, starts several of itself, or is one of several.</summary>
internal static class ManyProcesses
{
    /// <summary>The environment variable that says how many seconds processes wait for each other at the start.</summary>
    public const string PatienceVariable = "UNREEL_JOIN_SECONDS";

    private const int DefaultPatience = 300;

    /// <summary>How long processes wait for each other at the start: five minutes, unless the environment says otherwise.</summary>
    /// <exception cref="UsageException">It says no number.</exception>
    public static TimeSpan Patience() => Environment.GetEnvironmentVariable(PatienceVariable) switch
    {
        null or "" => TimeSpan.FromSeconds(DefaultPatience),
        { } text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int seconds) && seconds > 0 => TimeSpan.FromSeconds(seconds),
        { } text => throw new UsageException($"{PatienceVariable} is '{text}'; expected a whole number of seconds."),
    };

    /// <summary>This process's place among several that exist, or null.</summary>
    /// <param name="asked">What <c>--nproc</c> says, or null.</param>
    /// <exception cref="UsageException">Both say how many there are, and differ, or what <c>--nproc</c> says is no number of processes.</exception>
    public static Placement? Place(int? asked)
    {
        if (asked is < 1)
            throw new UsageException($"--nproc is {asked}; expected at least 1.");

        Placement? place = Placement.Read(Environment.GetEnvironmentVariable, Environment.ProcessorCount);
        return place is null || asked is null || asked == place.Count
            ? place
            : throw new UsageException($"--nproc is {asked}, but the environment says that this is rank {place.Rank} of {place.Count} processes; give one or the other.");
    }

    /// <summary>Refuses where several processes cannot train together.</summary>
    /// <param name="why">Why they cannot, or null.</param>
    /// <param name="settings">What they are to run.</param>
    /// <exception cref="UsageException">They cannot; the message says what is missing.</exception>
    public static void Check(string? why, RunSettings settings)
    {
        if (why is not null)
            throw new UsageException($"Several processes cannot train together here, because {why}.");
        if (settings.Watch is not null)
            throw new UsageException("--watch runs in one process; expected it without --nproc, or the other way round.");
        if (settings.KeepGoing)
            throw new UsageException("--keep-going runs in one process, since what fails in one of several stops all; expected it without --nproc, or the other way round.");
        if (settings.Jobs is > 1)
            throw new UsageException($"--jobs {settings.Jobs} is for one process; several go through the stages together, one after the other.");
    }

    /// <summary>Starts this command several times over and waits for all of them.</summary>
    /// <returns>The exit code of all together.</returns>
    public static Task<int> LaunchAsync(int count, CancellationToken ct) =>
        new Launcher([.. Program(), .. Environment.GetCommandLineArgs().Skip(1)], Console.Error, TimeProvider.System).RunAsync(count, Patience(), ct);

    /// <summary>Waits for the other processes.</summary>
    public static TrainingGroup Join(Placement place, CancellationToken ct)
    {
        RuntimeDescription runtime = new();
        TrainingGroup group = TrainingGroup.Join(place, JoinKey.Read(place, Environment.GetEnvironmentVariable), $"unreel {runtime.Code} ({runtime.Runtime})", Patience(), TimeProvider.System, ct);
        _ = group.EndAfterLossAsync(reason => Console.Error.WriteLine($"unreel: {reason}; this process hangs in an exchange with it and is ended."), TimeProvider.System);
        return group;
    }

    /// <summary>Registers what stages and their runner need of a group.</summary>
    public static void AddProcesses(this IServiceCollection services, TrainingGroup group)
    {
        services.AddSingleton<ICollectives>(group);
        services.AddSingleton<IRunPeers>(new RunPeers(group));
    }

    /// <summary>This program as a command: <c>dotnet unreel.dll</c> as it was started, a program of its own as itself.</summary>
    public static string[] Program() =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet"
            ? [Environment.ProcessPath!, Environment.GetCommandLineArgs()[0]]
            : [Environment.ProcessPath!];

    private sealed class RunPeers(TrainingGroup group) : IRunPeers
    {
        public int Rank => group.Rank;

        public bool IsStopping => group.Stopping.IsCompleted;

        public string Name(int rank) => group.Name(rank);

        public void Tell(string topic, string text) => group.Tell(topic, text);

        public Task<string> HearAsync(string topic, CancellationToken ct) => group.HearAsync(topic, ct);
    }
}
