using System.Net.Http.Headers;
using Unreel.Artifacts;

namespace Unreel.Serve.Oci;

/// <summary>Sends blobs, whole or in part.</summary>
internal static partial class OciBlobs
{
    private const string Type = "application/octet-stream";

    public static async Task SendAsync(HttpContext context, IArtifactStore store, OciTags names, OciPath asked, ILogger logger)
    {
        CancellationToken ct = context.RequestAborted;
        Digest digest = asked.RequireDigest();
        await names.RequireNameAsync(asked, ct);
        long size = await store.SizeAsync(digest, ct) ?? throw OciException.NoBlob(asked.Reference);
        context.Response.Headers.AcceptRanges = "bytes";
        if (OciManifests.IsKnown(context, digest))
            return;

        context.Response.ContentType = Type;
        Descriptor blob = new() { MediaType = Type, Digest = digest, Size = size };
        (long From, long Count)? part = PartOf(context, size);
        if (part is { Count: 0 })
        {
            context.Response.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
            context.Response.Headers.ContentRange = new ContentRangeHeaderValue(size).ToString();
            return;
        }

        if (part is { } some)
        {
            context.Response.StatusCode = StatusCodes.Status206PartialContent;
            context.Response.Headers.ContentRange = new ContentRangeHeaderValue(some.From, some.From + some.Count - 1, size).ToString();
        }

        context.Response.ContentLength = part?.Count ?? size;
        if (HttpMethods.IsGet(context.Request.Method))
            await CopyAsync(context, store, blob, part, logger, ct);
    }

    // A part cannot be held against the digest here; the caller, who knows it, does so when all parts are there.
    private static async Task CopyAsync(HttpContext context, IArtifactStore store, Descriptor blob, (long From, long Count)? part, ILogger logger, CancellationToken ct)
    {
        await using Stream content = part is { } some ? await store.OpenPartAsync(blob, some.From, some.Count, ct) : await store.OpenAsync(blob, ct);
        try
        {
            await content.CopyToAsync(context.Response.Body, ct);
        }
        catch (StoreException problem)
        {
            // The length was announced, so that whoever gets less knows that it is not all.
            LogDamaged(logger, problem, context.TraceIdentifier);
            context.Abort();
        }
    }

    /// <summary>The part that is asked for: null for all (also where several are), with a count of 0 for one that is not there.</summary>
    private static (long From, long Count)? PartOf(HttpContext context, long size)
    {
        if (!RangeHeaderValue.TryParse(context.Request.Headers.Range, out RangeHeaderValue? header) || header.Unit != "bytes" || header.Ranges.Count != 1)
            return null;
        if (context.Request.Headers.IfRange is [{ } condition] && condition != context.Response.Headers.ETag.ToString())
            return null;

        RangeItemHeaderValue range = header.Ranges.First();
        long from = range.From ?? Math.Max(0, size - range.To!.Value);
        long to = range.From is null ? size - 1 : Math.Min(size - 1, range.To ?? size - 1);
        return (from, Math.Max(0, to - from + 1));
    }

    [LoggerMessage(LogLevel.Error, "Request {RequestId}: a blob of the store is damaged; the answer was broken off")]
    private static partial void LogDamaged(ILogger logger, Exception problem, string requestId);
}
