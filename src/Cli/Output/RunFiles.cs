using Unreel.Pipelines;

namespace Unreel.Cli.Output;

/// <summary>The files that a CI system reads of a run.</summary>
/// <param name="JUnit">Where test results belong; null for nowhere.</param>
/// <param name="Summary">Where Markdown is added; null for what the environment says, if anything.</param>
internal sealed record RunFiles(string? JUnit, string? Summary)
{
    /// <summary>Looks whether they can be written, before there are hours of work to tell of.</summary>
    /// <exception cref="UsageException">One cannot.</exception>
    public void Check()
    {
        if (JUnit is not null)
            Check(JUnit, "--junit");
        if (Summary is not null)
            Check(Summary, "--summary");
    }

    /// <summary>Writes them. What cannot be written is told, and is a failure where the run was none.</summary>
    /// <returns>The report with the exit code that follows.</returns>
    public RunReport Write(RunReport report)
    {
        bool isWritten = TryWrite(JUnit, "--junit", path => JUnitReport.Write(path, report));
        if (Summary is not null)
            isWritten &= TryWrite(Summary, "--summary", path => MarkdownSummary.Append(path, report));
        else if (Environment.GetEnvironmentVariable(MarkdownSummary.Variable) is { Length: > 0 } asked)
            isWritten &= TryWrite(asked, MarkdownSummary.Variable, path => MarkdownSummary.Append(path, report));

        return isWritten || report.ExitCode != ExitCodes.Done ? report : report with { ExitCode = ExitCodes.Failed };
    }

    private static void Check(string path, string option)
    {
        string full = Path.GetFullPath(path), folder = Path.GetDirectoryName(full) ?? full;
        if (Directory.Exists(full))
            throw new UsageException($"{option}: {path} cannot be written: it is a folder; expected a file.");
        if (!Directory.Exists(folder))
            throw new UsageException($"{option}: {path} cannot be written: there is no folder {folder}; expected one.");

        try
        {
            // A report takes the place of what is there; a summary is added to it.
            string probe = File.Exists(full) ? full : Path.Combine(folder, $".{Path.GetFileName(full)}.{Environment.ProcessId}.probe");
            using FileStream stream = new(probe, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, 1, probe == full ? FileOptions.None : FileOptions.DeleteOnClose);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{option}: {path} cannot be written: {e.Message}", e);
        }
    }

    private static bool TryWrite(string? path, string option, Action<string> write)
    {
        try
        {
            if (path is not null)
                write(path);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"unreel: {option}: {path} cannot be written: {e.Message}");
            return false;
        }
    }
}
