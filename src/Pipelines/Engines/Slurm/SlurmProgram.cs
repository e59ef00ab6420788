using System.ComponentModel;
using System.Diagnostics;

namespace Unreel.Pipelines;

/// <summary>What a program of Slurm's said.</summary>
/// <param name="Code">Its exit code.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
internal sealed record SlurmAnswer(int Code, string Output, string Error);

/// <summary>Runs Slurm's programs: sbatch, squeue, sacct, scancel.</summary>
internal static class SlurmProgram
{
    // A controller that is busy answers late; one that is gone, after its own time-outs, with an error.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    /// <summary>Runs one; no shell is between.</summary>
    /// <exception cref="UsageException">It is not there.</exception>
    /// <exception cref="EngineException">It does not end.</exception>
    public static async Task<SlurmAnswer> RunAsync(string program, IEnumerable<string> arguments, string? input, IReadOnlyDictionary<string, string> environment, CancellationToken ct)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach ((string name, string value) in environment)
            start.Environment[name] = value;
        using Process process = Start(start);
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Longest);
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token), error = process.StandardError.ReadToEndAsync(limit.Token);
            await process.StandardInput.WriteAsync(input ?? string.Empty);
            process.StandardInput.Close();
            await process.WaitForExitAsync(limit.Token);
            return new SlurmAnswer(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new EngineException($"{program} did not end within {Longest.TotalMinutes:0} minutes; is the Slurm controller well?", e);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new UsageException($"{start.FileName} does not start ({e.Message}); expected Slurm's programs on PATH. Run this on a machine from which jobs are submitted.", e);
        }
    }
}
