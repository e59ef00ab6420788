namespace Unreel.Serve.Http;

/// <summary>Gives every request an id that its answer, its log lines and its problem details share.</summary>
internal static partial class RequestIds
{
    /// <summary>The header that carries the id both ways.</summary>
    public const string Header = "X-Request-Id";

    /// <summary>Takes the caller's id where it is harmless, makes one where it is not, and logs the request's outcome.</summary>
    public static async Task RunAsync(HttpContext context, RequestDelegate next)
    {
        string? given = context.Request.Headers[Header];
        if (given is { Length: > 0 and <= 64 } && given.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.'))
            context.TraceIdentifier = given;

        context.Response.OnStarting(() =>
        {
            context.Response.Headers[Header] = context.TraceIdentifier;
            return Task.CompletedTask;
        });
        ILogger logger = context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("Unreel.Serve.Requests");
        TimeProvider clock = context.RequestServices.GetRequiredService<TimeProvider>();
        long began = clock.GetTimestamp();
        try
        {
            await next(context);
        }
        finally
        {
            LogRequest(logger, context.TraceIdentifier, context.Request.Method, context.Request.Path.Value, context.Response.StatusCode, clock.GetElapsedTime(began).TotalMilliseconds);
        }
    }

    [LoggerMessage(LogLevel.Debug, "{RequestId} {Method} {Path} {Status} in {Milliseconds:F1} ms")]
    private static partial void LogRequest(ILogger logger, string requestId, string method, string? path, int status, double milliseconds);
}
