using System.Diagnostics;

namespace Unreel.Cli.Tests;

/// <summary>What a run of the program gave.</summary>
public sealed record ProgramResult(int Code, string Output, string Error)
{
    public override string ToString() => $"exit code {Code}\n{Output}\n{Error}";
}

/// <summary>Runs the <c>unreel</c> program as a user would: as a process, from a folder.</summary>
public static class UnreelProgram
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    public static async Task<ProgramResult> RunAsync(string folder, params string[] arguments)
    {
        using Process process = Start(folder, arguments);
        return await EndAsync(process);
    }

    /// <summary>Waits for the program and what it prints.</summary>
    public static async Task<ProgramResult> EndAsync(Process process)
    {
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        using CancellationTokenSource limit = new(Longest);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }

        return new ProgramResult(process.ExitCode, await output, await error);
    }

    /// <summary>Starts the program; the caller ends it.</summary>
    public static Process Start(string folder, params string[] arguments) => Start(folder, [], arguments);

    /// <summary>Starts the program with more in its environment; the caller ends it.</summary>
    public static Process Start(string folder, IEnumerable<KeyValuePair<string, string>> environment, params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet", [Path.Combine(AppContext.BaseDirectory, "unreel.dll"), .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["OMP_WAIT_POLICY"] = "PASSIVE";
        start.Environment["XDG_CACHE_HOME"] = Path.Combine(folder, "cache");
        start.Environment.Remove("UNREEL_STORE");
        foreach ((string name, string value) in environment)
            start.Environment[name] = value;
        return Process.Start(start) ?? throw new InvalidOperationException("The program did not start.");
    }
}
