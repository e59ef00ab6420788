using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Unreel.Artifacts;
using Unreel.Serve.Http;

namespace Unreel.Serve.Registry;

/// <summary>Sends one file of an artifact, or a part of it.</summary>
internal static partial class BlobDownload
{
    private static readonly string[] Inline = ["image/png", "image/svg+xml", "video/mp4"];

    /// <summary>Whether a file can be shown as a picture in a page.</summary>
    public static bool IsPicture(string mediaType) => mediaType is "image/png" or "image/svg+xml";

    /// <summary>Whether a file can be played in a page.</summary>
    public static bool IsFilm(string mediaType) => mediaType is "video/mp4";

    /// <summary>Sends a file of an artifact that a path names.</summary>
    public static async Task SendAsync(HttpContext context, string kind, string name, string which, string title)
    {
        Artifact artifact = await RegistryRoutes.FindAsync(context.RequestServices, kind, name, which, context.RequestAborted);
        Descriptor layer = artifact.Manifest.Layers.FirstOrDefault(layer => layer.Title == title)
            ?? throw new RequestException(StatusCodes.Status404NotFound, $"{artifact.Reference} holds no file '{title}'.");
        await SendAsync(context, layer);
    }

    /// <summary>Sends a file, checked against its digest.</summary>
    /// <remarks>
    /// Whole, it is checked on the way: the last bytes of damaged ones are held back and the connection ends, which the announced length lets the caller see.
    /// A part cannot be checked by itself; so before the first part of a file is sent, all of it is read and checked once, see <see cref="CheckedBlobs"/>.
    /// </remarks>
    public static async Task SendAsync(HttpContext context, Descriptor layer)
    {
        CancellationToken ct = context.RequestAborted;
        IArtifactStore store = RegistryRoutes.Store(context.RequestServices);
        SetHeaders(context.Response, layer);
        bool isConditional = !StringValues.IsNullOrEmpty(context.Request.Headers.IfNoneMatch) || HttpMethods.IsHead(context.Request.Method);
        if (!isConditional && StringValues.IsNullOrEmpty(context.Request.Headers.Range))
        {
            await SendWholeAsync(context, store, layer, ct);
            return;
        }

        if (!isConditional)
            await RequireAsync(context, layer, ct);

        Stream content = await store.OpenViewAsync(layer, ct);
        await Results.Stream(content, MediaTypeOf(layer), entityTag: new EntityTagHeaderValue(TagOf(layer)), enableRangeProcessing: true).ExecuteAsync(context);
    }

    private static async Task RequireAsync(HttpContext context, Descriptor layer, CancellationToken ct)
    {
        try
        {
            await context.RequestServices.GetRequiredService<CheckedBlobs>().RequireAsync(layer, ct);
        }
        catch (StoreException problem) when (problem is not StoreUnreachableException)
        {
            throw Damaged(context, problem);
        }
    }

    private static async Task SendWholeAsync(HttpContext context, IArtifactStore store, Descriptor layer, CancellationToken ct)
    {
        try
        {
            await using Stream content = await store.OpenAsync(layer, ct);
            context.Response.ContentLength = layer.Size;
            await content.CopyToAsync(context.Response.Body, ct);
        }
        catch (StoreException problem) when (context.Response.HasStarted)
        {
            LogDamaged(LoggerOf(context), problem, context.TraceIdentifier);
            context.Abort();
        }
        catch (StoreException problem) when (problem is not StoreUnreachableException)
        {
            throw Damaged(context, problem);
        }
    }

    private static RequestException Damaged(HttpContext context, StoreException problem)
    {
        LogDamaged(LoggerOf(context), problem, context.TraceIdentifier);
        context.Response.Headers.Clear();
        return new RequestException(StatusCodes.Status502BadGateway, "The file is missing or damaged in the store; `unreel artifacts verify` tells more.", problem);
    }

    private static ILogger LoggerOf(HttpContext context) => context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("Unreel.Serve.Registry");

    // Whatever an artifact holds, it is never a page of this server: pictures and videos are shown, the rest is saved.
    private static void SetHeaders(HttpResponse response, Descriptor layer)
    {
        bool inline = Inline.Contains(layer.MediaType, StringComparer.Ordinal);
        ContentDispositionHeaderValue disposition = new(inline ? "inline" : "attachment");
        disposition.SetHttpFileName(Path.GetFileName(layer.Title ?? layer.Digest.Hex));
        response.Headers.ContentDisposition = disposition.ToString();
        response.ContentType = MediaTypeOf(layer);
        response.Headers.ContentSecurityPolicy = "sandbox; default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'";
        response.Headers.ETag = TagOf(layer);
        response.Headers.AcceptRanges = "bytes";
        response.Headers["Repr-Digest"] = $"sha-256=:{Convert.ToBase64String(Convert.FromHexString(layer.Digest.Hex))}:";
        response.Headers.CacheControl = "private, max-age=31536000, immutable";
    }

    private static string MediaTypeOf(Descriptor layer) => MediaTypeHeaderValue.TryParse(layer.MediaType, out _) ? layer.MediaType : "application/octet-stream";

    private static string TagOf(Descriptor layer) => $"\"{layer.Digest.Hex}\"";

    [LoggerMessage(LogLevel.Error, "Request {RequestId}: a file of the store is missing or damaged; it was not sent, or the answer was broken off")]
    private static partial void LogDamaged(ILogger logger, Exception problem, string requestId);
}
