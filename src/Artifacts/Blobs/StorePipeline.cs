using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace Unreel.Artifacts.Blobs;

/// <summary>The one policy for calls over a network: retry around circuit breaker around attempt time-out.</summary>
internal sealed partial class StorePipeline
{
    private readonly ResiliencePipeline _pipeline;
    private readonly ArtifactStoreOptions _options;
    private readonly ILogger _logger;
    private readonly string _location;

    public StorePipeline(string location, ArtifactStoreOptions options, ILogger logger)
    {
        (_location, _options, _logger) = (location, options, logger);
        _pipeline = new ResiliencePipelineBuilder { TimeProvider = options.Time }
            .AddRetry(Retry())
            .AddCircuitBreaker(Breaker())
            .AddTimeout(new TimeoutStrategyOptions { Timeout = options.AttemptTimeout })
            .Build();
    }

    /// <summary>Makes a call; <paramref name="call"/> learns which attempt it is, the first being 0.</summary>
    /// <param name="path">What the call is about, for messages.</param>
    /// <param name="call">The call; whatever it reads of an answer must be read within it.</param>
    /// <param name="ct">Cancels the call and the waits.</param>
    public async Task<T> RunAsync<T>(string path, Func<int, CancellationToken, Task<T>> call, CancellationToken ct)
    {
        int attempt = -1;
        try
        {
            return await _pipeline.ExecuteAsync(async token => await call(++attempt, token), ct);
        }
        catch (Exception e) when (StoreFaults.Say(e, _location, path, ct) is { } said)
        {
            throw said;
        }
    }

    private RetryStrategyOptions Retry() => new()
    {
        ShouldHandle = args => ValueTask.FromResult(StoreFaults.IsTransient(args.Outcome.Exception, args.Context.CancellationToken)),
        MaxRetryAttempts = Math.Max(1, _options.Retries),
        BackoffType = DelayBackoffType.Exponential,
        UseJitter = true,
        Delay = _options.RetryDelay,
        MaxDelay = _options.MaxRetryDelay,
        DelayGenerator = args =>
        {
            TimeSpan? asked = StoreFaults.RetryAfter(args.Outcome.Exception, _options.Time);
            return ValueTask.FromResult(asked > _options.MaxRetryDelay ? _options.MaxRetryDelay : asked);
        },
        OnRetry = args =>
        {
            LogRetry(_location, args.Outcome.Exception?.GetType().Name ?? "fault", args.AttemptNumber + 1, args.RetryDelay);
            return default;
        },
    };

    private CircuitBreakerStrategyOptions Breaker() => new()
    {
        ShouldHandle = args => ValueTask.FromResult(StoreFaults.IsTransient(args.Outcome.Exception, args.Context.CancellationToken)),
        FailureRatio = 0.8,
        SamplingDuration = TimeSpan.FromSeconds(30),
        MinimumThroughput = _options.BreakAfter,
        BreakDuration = _options.BreakDuration,
        OnOpened = _ =>
        {
            LogOpened(_location, _options.BreakDuration);
            return default;
        },
    };

    [LoggerMessage(LogLevel.Warning, "{Store}: {Fault}; attempt {Attempt} failed, the next follows in {Delay}")]
    private partial void LogRetry(string store, string fault, int attempt, TimeSpan delay);

    [LoggerMessage(LogLevel.Error, "{Store} keeps failing; no calls are made for {Duration}")]
    private partial void LogOpened(string store, TimeSpan duration);
}
