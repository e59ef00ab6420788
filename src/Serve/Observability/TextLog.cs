using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Unreel.Serve.Http;

namespace Unreel.Serve.Observability;

/// <summary>The log for people: one line an entry, with time, level, message and the request's id.</summary>
internal sealed class TextLog(TimeProvider clock) : ConsoleFormatter(FormatterName)
{
    /// <summary>Its name among formatters.</summary>
    public const string FormatterName = "unreel-text";

    /// <inheritdoc/>
    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        textWriter.Write(clock.GetUtcNow().UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
        textWriter.Write(' ');
        textWriter.Write(LevelOf(logEntry.LogLevel));
        textWriter.Write(' ');
        if (!logEntry.Category.StartsWith("Unreel.", StringComparison.Ordinal))
            textWriter.Write($"{logEntry.Category}: ");
        textWriter.Write(LogText.Escape(logEntry.Formatter(logEntry.State, logEntry.Exception)));
        if (LogScopes.Find(scopeProvider, RequestIds.Field) is { } id)
            textWriter.Write($" [{LogText.Escape(id)}]");
        if (logEntry.Exception is { } problem)
            textWriter.Write($"\n    {LogText.Escape(problem.ToString(), indent: "    ")}");
        textWriter.Write('\n');
    }

    private static string LevelOf(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info ",
        LogLevel.Warning => "warn ",
        LogLevel.Error => "error",
        _ => "fatal",
    };
}
