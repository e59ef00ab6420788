using Unreel.Serve.Observability;

namespace Unreel.Serve.Http;

/// <summary>
/// Refuses what pages of other sites send: a browser adds a stored key to that, and on loopback there may be none to add. Browsers say where
/// a request comes from (<see href="https://www.w3.org/TR/fetch-metadata/"/>); programs do not and are not concerned.
/// </summary>
internal static class CrossSiteGuard
{
    /// <summary>Lets a request through or answers 403.</summary>
    public static Task RunAsync(HttpContext context, RequestDelegate next)
    {
        bool isHarmless = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method) || HttpMethods.IsOptions(context.Request.Method);
        if (isHarmless || context.Request.Headers["Sec-Fetch-Site"].ToString() is not ("cross-site" or "same-site"))
            return next(context);

        context.Features.Get<RequestRecord>()!.Reason = RequestReason.CrossSite;
        return Problems.Of(context, StatusCodes.Status403Forbidden, "A page of another site sent this; only this server's own page may.").ExecuteAsync(context);
    }
}
