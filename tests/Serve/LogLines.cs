using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Unreel.Serve.Tests;

/// <summary>Keeps what a server logs: as messages, or as a formatter of its own writes them.</summary>
internal sealed class LogLines(Func<IServiceProvider, ConsoleFormatter>? formatter = null) : ILoggerProvider, ISupportExternalScope
{
    private readonly ConcurrentQueue<string> _lines = new();
    private IExternalScopeProvider? _scopes;
    private ConsoleFormatter? _formatter;

    public IReadOnlyCollection<string> All => _lines;

    public void AddTo(IServiceCollection services) => services.AddSingleton<ILoggerProvider>(provider =>
    {
        _formatter = formatter?.Invoke(provider);
        return this;
    });

    public ILogger CreateLogger(string categoryName) => new Line(this, categoryName);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public void Dispose()
    {
    }

    private sealed class Line(LogLines owner, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => owner._scopes?.Push(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (owner._formatter is null)
            {
                owner._lines.Enqueue(formatter(state, exception));
                return;
            }

            using StringWriter text = new();
            LogEntry<TState> entry = new(logLevel, category, eventId, state, exception, formatter);
            owner._formatter.Write(entry, owner._scopes, text);
            owner._lines.Enqueue(text.ToString());
        }
    }
}
