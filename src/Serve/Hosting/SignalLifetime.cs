using System.Runtime.InteropServices;

namespace Unreel.Serve.Hosting;

/// <summary>Hears the signals that end a program: the first drains the server, the second does what such a signal does by itself.</summary>
internal sealed class SignalLifetime(ServeOptions options, ServeDrain drain) : IHostLifetime, IDisposable
{
    private PosixSignalRegistration[] _heard = [];
    private int _asked;

    /// <inheritdoc/>
    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        _heard = [.. new[] { PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT }.Select(signal => PosixSignalRegistration.Create(signal, Hear))];
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose() => Array.ForEach(_heard, registration => registration.Dispose());

    private void Hear(PosixSignalContext context)
    {
        if (Interlocked.Exchange(ref _asked, 1) == 1)
            return;

        context.Cancel = true;

        // Who presses Ctrl+C has no load balancer that would have to notice.
        drain.Begin(context.Signal == PosixSignal.SIGINT ? TimeSpan.Zero : options.DrainNotice);
    }
}
