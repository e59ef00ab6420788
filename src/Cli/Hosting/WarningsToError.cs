using Microsoft.Extensions.Logging;

namespace Unreel.Cli.Hosting;

/// <summary>Tells people, on standard error, what a store has to warn of; for commands that need no host.</summary>
internal class WarningsToError : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
            Console.Error.WriteLine($"unreel: {formatter(state, exception)}");
    }
}

/// <summary>The same for whoever asks for a logger of its own.</summary>
internal sealed class WarningsToError<T> : WarningsToError, ILogger<T>;
