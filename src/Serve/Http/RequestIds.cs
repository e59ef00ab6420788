using Unreel.Serve.Observability;

namespace Unreel.Serve.Http;

/// <summary>Gives every request an id that its answer, its log lines and its problem details share.</summary>
internal static class RequestIds
{
    /// <summary>The header that carries the id both ways.</summary>
    public const string Header = "X-Request-Id";

    /// <summary>What log lines call it.</summary>
    public const string Field = "request_id";

    /// <summary>Takes the caller's id where it is harmless, makes one where it is not.</summary>
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
        ILogger logger = context.RequestServices.GetRequiredService<ILogger<RequestRecord>>();
        KeyValuePair<string, object?>[] scope = [new(Field, context.TraceIdentifier)];
        using (logger.BeginScope(scope))
            await next(context);
    }
}
