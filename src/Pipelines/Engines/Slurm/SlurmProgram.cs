using System.ComponentModel;
using System.Diagnostics;

namespace Unreel.Pipelines;

/// <summary>What a program of Slurm's said.</summary>
/// <param name="Code">Its exit code.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
internal sealed record SlurmAnswer(int Code, string Output, string Error)
{
    /// <summary>Why it failed, in its own words where it has any.</summary>
    public string Why => Error.Trim() is { Length: > 0 } said ? said : $"exit code {Code}, output '{Output.Trim()}'";
}

/// <summary>Runs Slurm's programs: sbatch, squeue, sacct, scancel.</summary>
internal static class SlurmProgram
{
    /// <summary>Runs one; no shell is between.</summary>
    /// <exception cref="UsageException">It is not there.</exception>
    /// <exception cref="EngineException">It does not end.</exception>
    public static async Task<SlurmAnswer> RunAsync(string program, IEnumerable<string> arguments, string? input, SlurmOptions options, CancellationToken ct)
    {
        string path = options.Programs is { } folder ? Path.Combine(folder, program) : program;
        ProcessStartInfo start = new(path, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach ((string name, string value) in options.Environment)
            start.Environment[name] = value;
        using Process process = Start(start);
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(options.Patience);
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token), error = process.StandardError.ReadToEndAsync(limit.Token);
            IOException? unread = await WriteAsync(process, input ?? string.Empty, limit.Token);
            await process.WaitForExitAsync(limit.Token);
            SlurmAnswer answer = new(process.ExitCode, await output, await error);
            return unread is null || answer.Code != 0
                ? answer
                : throw new EngineException($"{program} ended without reading what it was given ({unread.Message}): {answer.Why}", unread);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new EngineException($"{program} did not end within {options.Patience.TotalSeconds:0} seconds; is the Slurm controller well?", e);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    // A program that finds no controller ends before it reads; what it says of that is worth more than the broken pipe.
    private static async Task<IOException?> WriteAsync(Process process, string input, CancellationToken ct)
    {
        try
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), ct);
            process.StandardInput.Close();
            return null;
        }
        catch (IOException e)
        {
            return e;
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
