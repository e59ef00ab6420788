using Microsoft.Extensions.Logging;
using Unreel.Pipelines;

namespace Unreel.Cli.Hosting;

/// <summary>How much is logged on standard error beside what commands report.</summary>
internal static class LogLevels
{
    /// <summary>The environment variable that says so where the command line does not.</summary>
    public const string Variable = "UNREEL_LOG";

    /// <summary>The levels in words, from all to nothing.</summary>
    public static string Names { get; } = string.Join(", ", Enum.GetNames<LogLevel>()).ToLowerInvariant();

    /// <summary>What was named, else the environment's, else <see cref="LogLevel.Warning"/>.</summary>
    /// <exception cref="UsageException">What was named is no level.</exception>
    public static LogLevel Resolve(string? named) =>
        named is not null ? Parse(named, "--log-level")
        : Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } variable ? Parse(variable, Variable)
        : LogLevel.Warning;

    private static LogLevel Parse(string text, string where) =>
        Enum.TryParse(text, ignoreCase: true, out LogLevel level) && Enum.GetNames<LogLevel>().Contains(text, StringComparer.OrdinalIgnoreCase)
            ? level
            : throw new UsageException($"{where} is '{text}'; expected one of {Names}.");
}
