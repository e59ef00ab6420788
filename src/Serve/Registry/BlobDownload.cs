using Microsoft.Net.Http.Headers;
using Unreel.Artifacts;
using Unreel.Serve.Http;

namespace Unreel.Serve.Registry;

/// <summary>Sends one file of an artifact.</summary>
internal static partial class BlobDownload
{
    // A film that is taken into memory whole, to be checked before any part of it is sent.
    private const int LargestFilm = 16 << 20;

    private static readonly string[] Inline = ["image/png", "image/svg+xml", "video/mp4"];

    /// <summary>Whether a file can be shown as a picture in a page.</summary>
    public static bool IsPicture(string mediaType) => mediaType is "image/png" or "image/svg+xml";

    /// <summary>Whether a file can be played in a page.</summary>
    public static bool IsFilm(string mediaType) => mediaType is "video/mp4";

    /// <summary>Sends the file, checked against its digest on the way.</summary>
    /// <remarks>
    /// Its length is not announced: where the bytes turn out to be damaged at the end, the answer breaks off and the caller knows it.
    /// Browsers play only what has a length and comes in ranges; so films of up to 16 MiB are read and checked before they are sent.
    /// </remarks>
    public static async Task SendAsync(HttpContext context, string kind, string name, string digest, string title)
    {
        CancellationToken ct = context.RequestAborted;
        Artifact artifact = await RegistryRoutes.FindAsync(context.RequestServices, kind, name, digest, ct);
        Descriptor layer = artifact.Manifest.Layers.FirstOrDefault(layer => layer.Title == title)
            ?? throw new RequestException(StatusCodes.Status404NotFound, $"{artifact.Reference} holds no file '{title}'.");

        await using Stream content = await RegistryRoutes.Store(context.RequestServices).OpenAsync(layer, ct);
        if (IsFilm(layer.MediaType) && layer.Size <= LargestFilm)
        {
            await SendFilmAsync(context, layer, content, ct);
            return;
        }

        SetHeaders(context.Response, layer);
        try
        {
            await content.CopyToAsync(context.Response.Body, ct);
        }
        catch (StoreException problem)
        {
            LogDamaged(context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("Unreel.Serve.Registry"), problem, context.TraceIdentifier);
            context.Abort();
        }
    }

    private static async Task SendFilmAsync(HttpContext context, Descriptor layer, Stream content, CancellationToken ct)
    {
        byte[] bytes = new byte[layer.Size];

        // With its last byte the stream checks the digest, and throws before the answer has begun.
        await content.ReadExactlyAsync(bytes, ct);
        SetHeaders(context.Response, layer);
        await Results.Bytes(bytes, layer.MediaType, enableRangeProcessing: true, entityTag: new EntityTagHeaderValue(TagOf(layer))).ExecuteAsync(context);
    }

    // Whatever an artifact holds, it is never a page of this server: pictures and videos are shown, the rest is saved.
    private static void SetHeaders(HttpResponse response, Descriptor layer)
    {
        bool inline = Inline.Contains(layer.MediaType, StringComparer.Ordinal);
        ContentDispositionHeaderValue disposition = new(inline ? "inline" : "attachment");
        disposition.SetHttpFileName(Path.GetFileName(layer.Title));
        response.Headers.ContentDisposition = disposition.ToString();
        response.ContentType = MediaTypeHeaderValue.TryParse(layer.MediaType, out _) ? layer.MediaType : "application/octet-stream";
        response.Headers.ContentSecurityPolicy = "sandbox; default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'";
        response.Headers.ETag = TagOf(layer);
        response.Headers.CacheControl = "private, max-age=31536000, immutable";
    }

    private static string TagOf(Descriptor layer) => $"\"{layer.Digest.Hex}\"";

    [LoggerMessage(LogLevel.Error, "Request {RequestId}: a file of the store is damaged; the answer was broken off")]
    private static partial void LogDamaged(ILogger logger, Exception problem, string requestId);
}
