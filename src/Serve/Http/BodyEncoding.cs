using Microsoft.Extensions.Primitives;

namespace Unreel.Serve.Http;

/// <summary>Bodies are taken as they are.</summary>
internal static class BodyEncoding
{
    /// <summary>The refusal of a body whose chunks make no sense: some of these the server's own parser tells as a failed read.</summary>
    public static RequestException Broken(IOException problem) => new(StatusCodes.Status400BadRequest, $"The body cannot be read: {problem.Message}", problem);

    /// <summary>Refuses a body that is compressed: what it holds, and how much, would be known too late.</summary>
    /// <exception cref="RequestException">It is (415).</exception>
    public static void Require(HttpRequest request)
    {
        StringValues encoding = request.Headers.ContentEncoding;
        if (!StringValues.IsNullOrEmpty(encoding) && !encoding.ToString().Equals("identity", StringComparison.OrdinalIgnoreCase))
            throw new RequestException(StatusCodes.Status415UnsupportedMediaType, $"The body's encoding is '{encoding}'; expected none.");
    }
}
