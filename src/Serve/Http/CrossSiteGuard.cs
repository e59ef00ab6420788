using Unreel.Serve.Observability;

namespace Unreel.Serve.Http;

/// <summary>
/// Refuses what pages of other sites send: a browser adds a stored key to that, and on loopback there may be none to add. Browsers say where
/// a request comes from (<see href="https://www.w3.org/TR/fetch-metadata/"/>), but only to HTTPS and loopback; elsewhere the page's origin
/// (<see href="https://www.rfc-editor.org/rfc/rfc6454#section-7"/>) must be the host that was asked. Programs say neither and are not concerned.
/// </summary>
internal static class CrossSiteGuard
{
    /// <summary>Lets a request through or answers 403.</summary>
    public static Task RunAsync(HttpContext context, RequestDelegate next)
    {
        bool isHarmless = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method) || HttpMethods.IsOptions(context.Request.Method);
        if (isHarmless || !IsFromElsewhere(context.Request))
            return next(context);

        context.Features.Get<RequestRecord>()!.Reason = RequestReason.CrossSite;
        return Problems.Of(context, StatusCodes.Status403Forbidden, "A page of another site sent this; only this server's own page may.").ExecuteAsync(context);
    }

    private static bool IsFromElsewhere(HttpRequest request)
    {
        string site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site.Length > 0)
            return site is not ("same-origin" or "none");

        // Without the scheme: behind a proxy that ends TLS, the page's is another than ours.
        string origin = request.Headers.Origin.ToString();
        int host = origin.IndexOf("://", StringComparison.Ordinal);
        return origin.Length > 0 && (host < 0 || !origin[(host + "://".Length)..].Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase));
    }
}
