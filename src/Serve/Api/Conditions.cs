using System.Globalization;
using Microsoft.AspNetCore.Http.Headers;
using Microsoft.Net.Http.Headers;
using Unreel.Artifacts;
using Unreel.Serve.Http;

namespace Unreel.Serve.Api;

/// <summary>Conditional requests (RFC 9110, section 13): what did not change is not sent again, what did change is not overwritten.</summary>
internal static class Conditions
{
    /// <summary>The ETag of an artifact, of a tag that points to it, of a run.</summary>
    public static EntityTagHeaderValue TagOf(Digest digest) => new($"\"{digest.Hex}\"");

    /// <summary>Answers with a document, or with 304 where the caller has it already; the document is made only where it is sent.</summary>
    public static IResult Answer<T>(HttpContext context, EntityTagHeaderValue tag, Func<T> document)
    {
        context.Response.Headers.ETag = tag.ToString();
        context.Response.Headers.CacheControl = "private, no-cache";
        return IsKnown(context, tag) ? Results.StatusCode(StatusCodes.Status304NotModified) : Results.Ok(document());
    }

    /// <summary>Whether the caller says that it has this already.</summary>
    public static bool IsKnown(HttpContext context, EntityTagHeaderValue tag) =>
        new RequestHeaders(context.Request.Headers).IfNoneMatch.Any(known => known.Equals(EntityTagHeaderValue.Any) || known.Compare(tag, useStrongComparison: false));

    /// <summary>Holds what a writer expects against what is there.</summary>
    /// <param name="context">The request.</param>
    /// <param name="what">What is to be changed, in words.</param>
    /// <param name="now">Its digest; null where it does not exist.</param>
    /// <exception cref="RequestException">The writer says nothing of what it expects (428), or expects something else (412).</exception>
    public static void RequireExpected(HttpContext context, string what, Digest? now)
    {
        RequestHeaders headers = new(context.Request.Headers);
        string found = now is { } digest ? $"it points to {digest}" : "it does not exist";
        if (headers.IfMatch.Count == 0 && headers.IfNoneMatch.Count == 0)
            throw new RequestException(StatusCodes.Status428PreconditionRequired, $"Say what {what} is expected to be: If-None-Match: * for a new one, If-Match: \"HEX\" with the 64 digits it points to, or If-Match: * for any; {found}.");
        if (headers.IfMatch.Count > 0 && (now is not { } there || !headers.IfMatch.Any(tag => tag.Equals(EntityTagHeaderValue.Any) || tag.Compare(TagOf(there), useStrongComparison: true))))
            throw new RequestException(StatusCodes.Status412PreconditionFailed, $"{what} is not what If-Match expects: {found}.");
        if (headers.IfNoneMatch.Count > 0 && now is { } known && headers.IfNoneMatch.Any(tag => tag.Equals(EntityTagHeaderValue.Any) || tag.Compare(TagOf(known), useStrongComparison: false)))
            throw new RequestException(StatusCodes.Status412PreconditionFailed, $"{what} is not what If-None-Match expects: {found}.");
    }

    /// <summary>The path of the next page; null at the end, also in the answer's Link header (RFC 8288).</summary>
    public static string? Next(HttpContext context, string path, string query, int offset, int limit, int total)
    {
        if ((long)offset + limit >= total)
            return null;

        string next = string.Create(CultureInfo.InvariantCulture, $"{path}?{query}{(query.Length == 0 ? string.Empty : "&")}offset={offset + limit}&limit={limit}");
        context.Response.Headers.Link = $"<{next}>; rel=\"next\"";
        return next;
    }
}
