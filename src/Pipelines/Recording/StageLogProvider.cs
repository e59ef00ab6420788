using Microsoft.Extensions.Logging;

namespace Unreel.Pipelines;

/// <summary>Writes what is logged, from information up, into the log of the stage it is logged for, whatever is shown on standard error.</summary>
[ProviderAlias("StageLog")]
internal sealed class StageLogProvider : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new StageLogger(categoryName);

    public void Dispose()
    {
        // The logs belong to their runs.
    }

    private sealed class StageLogger(string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel is >= LogLevel.Information and < LogLevel.None && StageLog.Current is not null;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
                StageLog.Current!.Write($"{Word(logLevel)} {category}: {formatter(state, exception)}{(exception is null ? string.Empty : $"\n{exception}")}");
        }

        private static string Word(LogLevel level) => level switch
        {
            LogLevel.Information => "info",
            LogLevel.Warning => "warning",
            _ => "error",
        };
    }
}
