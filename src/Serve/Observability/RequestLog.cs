using System.Diagnostics;
using Unreel.Serve.Http;

namespace Unreel.Serve.Observability;

/// <summary>Follows a request from outside: one line in the log, its figures, and what its span says. Routes marked quiet make a line at Debug and nothing else.</summary>
internal sealed partial class RequestLog(ServeMeter meter, TimeProvider clock, ILoggerFactory loggers)
{
    private const string NoRoute = "other";
    private const int LongestPath = 200;

    private readonly ILogger _logger = loggers.CreateLogger("Unreel.Serve.Requests");

    /// <summary>Goes around everything.</summary>
    public async Task RunAsync(HttpContext context, RequestDelegate next)
    {
        long began = clock.GetTimestamp();
        RequestRecord record = RequestRecord.Begin();
        bool broke = true;
        context.Features.Set(record);
        try
        {
            await next(context);
            broke = false;
        }
        finally
        {
            Finish(context, record, broke, clock.GetElapsedTime(began));
        }
    }

    /// <summary>Goes right behind routing, while it is known which route was found: an error forgets it.</summary>
    public Task BeginAsync(HttpContext context, RequestDelegate next)
    {
        RequestRecord record = context.Features.Get<RequestRecord>()!;
        record.Route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText is { } pattern ? $"/{pattern.TrimStart('/')}" : null;
        record.IsQuiet = context.GetEndpoint()?.Metadata.GetMetadata<QuietRoute>() is not null;
        if (!record.IsQuiet)
            meter.RequestStarted();
        else if (Activity.Current is { } span)
            (span.IsAllDataRequested, span.ActivityTraceFlags) = (false, span.ActivityTraceFlags & ~ActivityTraceFlags.Recorded);
        return next(context);
    }

    private void Finish(HttpContext context, RequestRecord record, bool broke, TimeSpan took)
    {
        int status = record.LateStatus ?? context.Response.StatusCode;
        (RequestOutcome outcome, RequestReason reason) =
            context.RequestAborted.IsCancellationRequested ? (RequestOutcome.Cancelled, RequestReason.CallerGone)
            : broke ? (RequestOutcome.Failed, RequestReason.Internal)
            : RequestEnd.Of(status);
        reason = outcome == RequestOutcome.Success ? reason : record.Reason ?? reason;
        if (!record.IsQuiet)
        {
            meter.RequestFinished(record.Route ?? NoRoute, record.Model, outcome, reason, took);
            Tell(Activity.Current, context, record, outcome, reason);
        }

        Log(context, record, status, reason, took);
    }

    private static void Tell(Activity? span, HttpContext context, RequestRecord record, RequestOutcome outcome, RequestReason reason)
    {
        if (span is not { IsAllDataRequested: true })
            return;

        span.DisplayName = $"{context.Request.Method} {record.Route ?? NoRoute}";
        span.SetTag("http.request.method", context.Request.Method).SetTag("http.route", record.Route).SetTag("http.response.status_code", context.Response.StatusCode);
        span.SetTag("unreel.request_id", context.TraceIdentifier).SetTag("unreel.model", record.Model?.Name);
        if (outcome == RequestOutcome.Failed)
            span.Fail(reason);
    }

    private void Log(HttpContext context, RequestRecord record, int status, RequestReason reason, TimeSpan took)
    {
        LogLevel level = record.IsQuiet ? LogLevel.Debug : LogLevel.Information;
        if (!_logger.IsEnabled(level))
            return;

        string path = context.Request.Path.Value ?? string.Empty;
        string route = record.Route ?? path[..Math.Min(path.Length, LongestPath)];
        string method = context.Request.Method;
        long bytes = record.Bytes > 0 ? record.Bytes : context.Request.ContentLength ?? 0;
        double milliseconds = Math.Round(took.TotalMilliseconds, 2);
        double queue = Milliseconds(record.Queue), decode = Milliseconds(record.Decode), inference = Milliseconds(record.Inference);
        string why = Words.Of(reason);
        if (reason != RequestReason.None)
            LogRefused(_logger, level, method, route, status, why, milliseconds, bytes, record.Model?.Name);
        else if (record.Model is { } model)
            LogWorked(_logger, level, method, route, status, milliseconds, bytes, model.Name, queue, decode, inference);
        else
            LogAnswered(_logger, level, method, route, status, milliseconds, bytes);
    }

    private static double Milliseconds(TimeSpan? span) => Math.Round((span ?? TimeSpan.Zero).TotalMilliseconds, 2);

    [LoggerMessage("{Method} {Route} {Status} in {Ms} ms, {Bytes} bytes")]
    private static partial void LogAnswered(ILogger logger, LogLevel level, string method, string route, int status, double ms, long bytes);

    [LoggerMessage("{Method} {Route} {Status} in {Ms} ms, {Bytes} bytes, {Model}: queue {QueueMs}, decode {DecodeMs}, inference {InferenceMs} ms")]
    private static partial void LogWorked(ILogger logger, LogLevel level, string method, string route, int status, double ms, long bytes, string model, double queueMs, double decodeMs, double inferenceMs);

    [LoggerMessage("{Method} {Route} {Status} {Reason} in {Ms} ms, {Bytes} bytes, model {Model}")]
    private static partial void LogRefused(ILogger logger, LogLevel level, string method, string route, int status, string reason, double ms, long bytes, string? model);
}
