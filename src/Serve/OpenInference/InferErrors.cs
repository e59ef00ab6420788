using Unreel.Serve.Http;

namespace Unreel.Serve.OpenInference;

/// <summary>Errors as the Open Inference Protocol has them: <c>{"error": "…"}</c>.</summary>
internal static class InferErrors
{
    /// <summary>Whether a request is one of the protocol's.</summary>
    public static bool Speaks(HttpContext context) => context.Request.Path.StartsWithSegments("/v2", StringComparison.Ordinal);

    /// <summary>An error's answer.</summary>
    public static IResult Of(int status, string detail) => Results.Json(new InferError(detail), ServeJson.Options, statusCode: status);

    /// <summary>A refusal of what a caller sent (400).</summary>
    public static RequestException Refused(string message) => new(StatusCodes.Status400BadRequest, message);
}

/// <summary>Why a request of the Open Inference Protocol was not served.</summary>
/// <param name="Error">What was expected and what was found.</param>
public sealed record InferError(string Error);
