using System.Security.Cryptography;

namespace Unreel.Serve.Http;

/// <summary>The headers that keep a page from being framed, sniffed or scripted by others.</summary>
internal static class SecurityHeaders
{
    private const string Permissions = "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), payment=(), usb=()";

    /// <summary>Sends a page; only the script that carries the page's nonce runs.</summary>
    public static IResult Page(HttpContext context, Func<string, Html> body, int status = StatusCodes.Status200OK)
    {
        string nonce = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        context.Response.Headers.ContentSecurityPolicy =
            $"default-src 'none'; img-src 'self'; media-src 'self' blob:; connect-src 'self'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
        context.Response.Headers.CacheControl = "no-store";
        return Results.Content(body(nonce).Text, "text/html; charset=utf-8", statusCode: status);
    }

    /// <summary>What every answer carries, page or not.</summary>
    /// <remarks>Set as the answer begins, because the handler of exceptions clears what was set before.</remarks>
    public static Task AddAsync(HttpContext context, RequestDelegate next)
    {
        context.Response.OnStarting(() =>
        {
            IHeaderDictionary headers = context.Response.Headers;
            headers.XContentTypeOptions = "nosniff";
            headers.XFrameOptions = "DENY";
            headers["Referrer-Policy"] = "no-referrer";
            headers["Cross-Origin-Resource-Policy"] = "same-origin";
            headers["Cross-Origin-Opener-Policy"] = "same-origin";
            headers["Permissions-Policy"] = Permissions;
            headers.TryAdd("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
            return Task.CompletedTask;
        });
        return next(context);
    }
}
