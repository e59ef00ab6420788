using Unreel.Pipelines;

namespace Unreel.Serve.Http;

/// <summary>Takes up the keys of a file that changes. One that cannot be read any more changes nothing: the keys before stay in force, and the log says so.</summary>
/// <param name="options">Name the file.</param>
/// <param name="read">What was read of it for <paramref name="keys"/>; reading again could find more, which would never be taken up.</param>
/// <param name="keys">The keys in force.</param>
/// <param name="clock">Waits.</param>
/// <param name="logger">Is told of changes.</param>
internal sealed partial class KeyFileWatch(ServeOptions options, IReadOnlyList<string> read, ApiKeys keys, TimeProvider clock, ILogger<KeyFileWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    private IReadOnlyList<string> _last = read;
    private string? _problem;

    /// <summary>Looks at the file once.</summary>
    internal void Look()
    {
        try
        {
            IReadOnlyList<string> found = KeyFile.Read(options.KeysFile!);
            if (!found.SequenceEqual(_last, StringComparer.Ordinal))
            {
                keys.SetFromFile(found, options.KeysFile!);
                _last = found;
                LogTaken(found.Count);
            }

            _problem = null;
        }
        catch (UsageException problem)
        {
            if (problem.Message != _problem)
                LogKept(problem.Message);
            _problem = problem.Message;
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (options.KeysFile is not null && !stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Every, clock, stoppingToken);
            Look();
        }
    }

    [LoggerMessage(LogLevel.Information, "The file of keys has changed; {Count} keys of it are in force")]
    private partial void LogTaken(int count);

    [LoggerMessage(LogLevel.Error, "The file of keys was not taken up, the keys before stay in force: {Why}")]
    private partial void LogKept(string why);
}
