using Unreel.Serve.Http;

namespace Unreel.Serve.Oci;

/// <summary>A request of the OCI distribution API that cannot be answered as it is.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="code">The specification's word for it.</param>
/// <param name="message">What was expected and what was found; for the caller.</param>
internal sealed class OciException(int status, string code, string message) : Exception(message)
{
    /// <summary>Where to ask another time, where the caller is to wait.</summary>
    public const string Unavailable = "UNAVAILABLE";

    /// <summary>The HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>The specification's word for it.</summary>
    public string Code { get; } = code;

    public static OciException NoName(string name) => new(StatusCodes.Status404NotFound, "NAME_UNKNOWN", $"There is nothing by the name '{name}'; names read KIND/NAME, such as onnx/quickstart.");

    public static OciException NoManifest(string name, string reference) => new(StatusCodes.Status404NotFound, "MANIFEST_UNKNOWN", $"There is no manifest '{reference}' of {name}.");

    public static OciException NoBlob(string digest) => new(StatusCodes.Status404NotFound, "BLOB_UNKNOWN", $"There is no blob {digest}.");

    public static OciException NoDigest(string text) => new(StatusCodes.Status400BadRequest, "DIGEST_INVALID", $"'{text}' is no digest; expected sha256: and 64 lower-case hexadecimal digits.");

    public static OciException NoNumber(string text) => new(StatusCodes.Status400BadRequest, "PAGINATION_NUMBER_INVALID", $"n is '{text}'; expected a whole number of tags.");

    public static OciException NotPushed(string method) => new(StatusCodes.Status405MethodNotAllowed, "UNSUPPORTED", $"This registry is read only and does not take {method}; artifacts are written by unreel artifacts.");

    /// <summary>Sends it in the form that the specification asks for.</summary>
    public Task SendAsync(HttpContext context)
    {
        if (Status == StatusCodes.Status405MethodNotAllowed)
            context.Response.Headers.Allow = "GET, HEAD";

        return Results.Json(new { errors = new[] { new { code = Code, message = Message } } }, ServeJson.Options, "application/json", Status).ExecuteAsync(context);
    }
}
