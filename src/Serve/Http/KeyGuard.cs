using Unreel.Serve.Pages;

namespace Unreel.Serve.Http;

/// <summary>Refuses requests without a key where keys are demanded; probes stay open, and the page that asks for a key.</summary>
internal static class KeyGuard
{
    private static readonly string[] Open = ["/livez", "/readyz", .. HomePage.Paths];

    /// <summary>Lets a request through or answers 401.</summary>
    public static Task RunAsync(HttpContext context, RequestDelegate next)
    {
        ApiKeys keys = context.RequestServices.GetRequiredService<ApiKeys>();
        bool open = Open.Contains(context.Request.Path.Value, StringComparer.Ordinal);
        if (!keys.Demanded || open || keys.Opens(context.Request.Headers.Authorization))
            return next(context);

        context.Response.Headers.WWWAuthenticate = new(["Bearer realm=\"unreel\"", "Basic realm=\"unreel\", charset=\"UTF-8\""]);
        return Problems.Of(context, StatusCodes.Status401Unauthorized, "This server asks for a key: send Authorization: Bearer KEY.").ExecuteAsync(context);
    }
}
