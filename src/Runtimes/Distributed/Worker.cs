using System.Diagnostics;
using System.Globalization;

namespace Unreel.Distributed;

/// <summary>A process that a <see cref="Launcher"/> started. Its standard input ends when the launcher does, whatever ended that.</summary>
internal sealed class Worker : IDisposable
{
    private const int Terminate = 15;

    private readonly Process _process;

    private Worker(int rank, Process process, Task output)
    {
        _process = process;
        Name = new ProcessName(rank, Environment.MachineName, process.Id).ToString();
        Ended = EndAsync(output);
    }

    /// <summary>E.g. <c>rank 1 (node07, process 4711)</c>.</summary>
    public string Name { get; }

    /// <summary>Completes, with this, when the process has ended and all it printed is passed on.</summary>
    public Task<Worker> Ended { get; }

    /// <summary>Its exit code; 128 and the signal where it was killed.</summary>
    public int ExitCode => _process.ExitCode;

    public static Worker Start(int rank, IReadOnlyList<string> command, IReadOnlyDictionary<string, string> environment, TextWriter error)
    {
        ProcessStartInfo start = new(command[0], command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = rank > 0,
            RedirectStandardError = rank > 0,
        };
        foreach ((string name, string value) in environment)
            start.Environment[name] = value;

        Process process = Process.Start(start)!;
        string prefix = string.Create(CultureInfo.InvariantCulture, $"rank {rank}: ");
        Task output = rank == 0 ? Task.CompletedTask : Task.WhenAll(PassOnAsync(process.StandardOutput, prefix, error), PassOnAsync(process.StandardError, prefix, error));
        return new Worker(rank, process, output);
    }

    /// <summary>Sends SIGTERM.</summary>
    public void AskToStop()
    {
        // Whoever has ended meanwhile needs no asking: its number stays its own until it is disposed of.
        if (!_process.HasExited)
            _ = NativeMethods.kill(_process.Id, Terminate);
    }

    /// <summary>Sends SIGKILL.</summary>
    public void Kill() => _process.Kill(entireProcessTree: true);

    public void Dispose()
    {
        if (!_process.HasExited)
            Kill();
        _process.Dispose();
    }

    private static async Task PassOnAsync(StreamReader lines, string prefix, TextWriter error)
    {
        while (await lines.ReadLineAsync() is { } line)
            await error.WriteLineAsync(prefix + line);
    }

    private async Task<Worker> EndAsync(Task output)
    {
        await _process.WaitForExitAsync();
        await output;
        return this;
    }
}
