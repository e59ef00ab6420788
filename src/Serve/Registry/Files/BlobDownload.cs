using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Unreel.Artifacts;
using Unreel.Serve.Api;
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
        Descriptor layer = Titled(artifact.Manifest.Layers, title)
            ?? throw new RequestException(StatusCodes.Status404NotFound, $"{artifact.Reference} holds no file '{title}'.");
        await SendAsync(context, layer, isForGood: Digest.TryParse(which, out _));
    }

    /// <summary>Finds a file by its title; a slash may have come as <c>%2F</c>, which routing leaves as it is.</summary>
    public static Descriptor? Titled(IReadOnlyList<Descriptor> layers, string title) =>
        layers.FirstOrDefault(layer => layer.Title == title) ?? layers.FirstOrDefault(layer => layer.Title == title.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase));

    /// <summary>Sends a file, checked against its digest.</summary>
    /// <remarks>
    /// Whole, it is checked on the way: the last bytes of damaged ones are held back and the connection ends, which the announced length lets the caller see.
    /// A part cannot be checked by itself; so before the first part of a file is sent, all of it is read and checked once, see <see cref="CheckedBlobs"/>.
    /// </remarks>
    /// <param name="context">The request.</param>
    /// <param name="layer">The file.</param>
    /// <param name="isForGood">Whether the request's path names this file and can never name another, so that it may be kept without asking again.</param>
    public static async Task SendAsync(HttpContext context, Descriptor layer, bool isForGood)
    {
        CancellationToken ct = context.RequestAborted;
        IArtifactStore store = RegistryRoutes.Store(context.RequestServices);
        SetHeaders(context.Response, layer, isForGood);
        if (Conditions.IsKnown(context, new EntityTagHeaderValue(TagOf(layer))))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        if (HttpMethods.IsHead(context.Request.Method))
        {
            await DescribeAsync(context, store, layer, ct);
            return;
        }

        if (StringValues.IsNullOrEmpty(context.Request.Headers.Range))
        {
            await SendWholeAsync(context, store, layer, ct);
            return;
        }

        await RequireAsync(context, layer, ct);
        Stream content = store.LocalFile(layer.Digest) is null ? new SeekingBlob(store, layer) : await OpenAsync(context, store, layer, ct);
        await Results.Stream(content, MediaTypeOf(layer), entityTag: new EntityTagHeaderValue(TagOf(layer)), enableRangeProcessing: true).ExecuteAsync(context);
    }

    private static async Task DescribeAsync(HttpContext context, IArtifactStore store, Descriptor layer, CancellationToken ct)
    {
        if (await store.SizeAsync(layer.Digest, ct) != layer.Size)
            throw Damaged(context, new BlobMissingException(layer.Digest, store.Location));

        context.Response.ContentLength = layer.Size;
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

    private static async Task<Stream> OpenAsync(HttpContext context, IArtifactStore store, Descriptor layer, CancellationToken ct)
    {
        try
        {
            return await store.OpenViewAsync(layer, ct);
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
    private static void SetHeaders(HttpResponse response, Descriptor layer, bool isForGood)
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
        response.Headers.CacheControl = isForGood ? "private, max-age=31536000, immutable" : "private, no-cache";
    }

    private static string MediaTypeOf(Descriptor layer) => MediaTypeHeaderValue.TryParse(layer.MediaType, out _) ? layer.MediaType : "application/octet-stream";

    private static string TagOf(Descriptor layer) => $"\"{layer.Digest.Hex}\"";

    [LoggerMessage(LogLevel.Error, "Request {RequestId}: a file of the store is missing or damaged; it was not sent, or the answer was broken off")]
    private static partial void LogDamaged(ILogger logger, Exception problem, string requestId);
}
