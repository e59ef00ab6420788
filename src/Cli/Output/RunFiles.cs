using Unreel.Pipelines;

namespace Unreel.Cli.Output;

/// <summary>The files that a CI system reads of a run.</summary>
/// <param name="JUnit">Where test results belong; null for nowhere.</param>
/// <param name="Summary">Where Markdown is added; null for what the environment says, if anything.</param>
internal sealed record RunFiles(string? JUnit, string? Summary)
{
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
