using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;

namespace Unreel.Serve.Http;

/// <summary>Answers for what went wrong, as problem details (RFC 9457).</summary>
internal static class Problems
{
    /// <summary>The media type of a problem.</summary>
    public const string MediaType = "application/problem+json";

    /// <summary>What a caller is told of a mistake of ours.</summary>
    public const string Unexplained = "The server failed; its log has the particulars under this request id.";

    /// <summary>Makes the answer; <paramref name="detail"/> is for the caller's eyes and names nothing of the server's.</summary>
    public static IResult Of(HttpContext context, int status, string detail) => OpenInference.InferErrors.Speaks(context)
        ? OpenInference.InferErrors.Of(status, detail)
        : IsForPeople(context) ? SecurityHeaders.Page(context, nonce => Pages.ProblemPage.Of(context, nonce, status, detail), status)
        : Results.Json(Details(context, status, detail), contentType: MediaType, statusCode: status);

    /// <summary>The answer's content.</summary>
    public static ProblemDetails Details(HttpContext context, int status, string detail)
    {
        ProblemDetails problem = new()
        {
            Status = status,
            Title = ReasonPhrases.GetReasonPhrase(status),
            Detail = detail,
            Instance = context.Request.Path,
        };
        problem.Extensions["request_id"] = context.TraceIdentifier;
        return problem;
    }

    /// <summary>Answers that the server has too much to do, saying when to come back.</summary>
    public static IResult Busy(HttpContext context, int status, TimeSpan retryAfter, string detail)
    {
        int seconds = Math.Max(1, (int)Math.Ceiling(retryAfter.TotalSeconds));
        context.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return Of(context, status, detail);
    }

    // Browsers ask for text/html where a person goes to a page, and not for a page's pictures and videos.
    private static bool IsForPeople(HttpContext context) =>
        context.Request.Path.StartsWithSegments(Registry.RegistryRoutes.Root, StringComparison.OrdinalIgnoreCase)
        && context.Request.GetTypedHeaders().Accept.Any(accepted => accepted.MediaType.Equals("text/html", StringComparison.OrdinalIgnoreCase) && accepted.Quality is not 0);

    /// <summary>Gives bare refusals of routing (404, 405) a body.</summary>
    public static Task FillAsync(HttpContext context)
    {
        int status = context.Response.StatusCode;
        string detail = status switch
        {
            StatusCodes.Status404NotFound => $"There is nothing at {context.Request.Path}.",
            StatusCodes.Status405MethodNotAllowed => $"{context.Request.Path} does not take {context.Request.Method}; it takes {context.Response.Headers.Allow}.",
            _ => ReasonPhrases.GetReasonPhrase(status),
        };
        return Of(context, status, detail).ExecuteAsync(context);
    }
}

/// <summary>A request cannot be served as it is; the message goes to the caller.</summary>
/// <param name="status">The HTTP status to answer with.</param>
/// <param name="message">What was expected and what was found.</param>
/// <param name="inner">What the log should know beside it.</param>
internal sealed class RequestException(int status, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The HTTP status to answer with.</summary>
    public int Status { get; } = status;
}
