using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Unreel.Serve.Http;

namespace Unreel.Serve.Api;

/// <summary>Reads JSON bodies strictly: unknown, missing and repeated members are refused by name.</summary>
internal static class JsonBody
{
    private static readonly JsonSerializerOptions Strict = ServeJson.Configure(new JsonSerializerOptions(JsonSerializerDefaults.Strict));

    /// <summary>Reads a body.</summary>
    /// <exception cref="RequestException">It is no such JSON (400), too large (413), or of another type (415).</exception>
    public static async Task<T> ReadAsync<T>(HttpContext context, int most, CancellationToken ct)
    {
        BodyEncoding.Require(context.Request);
        if (!context.Request.HasJsonContentType())
            throw new RequestException(StatusCodes.Status415UnsupportedMediaType, $"The content type is '{context.Request.ContentType}'; expected application/json.");
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = most;

        try
        {
            return await JsonSerializer.DeserializeAsync<T>(context.Request.Body, Strict, ct) ?? throw new RequestException(StatusCodes.Status400BadRequest, "The body is null; expected a JSON object.");
        }
        catch (JsonException problem)
        {
            throw new RequestException(StatusCodes.Status400BadRequest, $"The body cannot be read: {JsonWords.Of(problem)}.", problem);
        }
        catch (IOException problem) when (problem is not BadHttpRequestException)
        {
            throw BodyEncoding.Broken(problem);
        }
    }
}
