using Unreel.Serve.Hosting;
using Unreel.Serve.Observability;
using Unreel.Serve.Pages;

namespace Unreel.Serve.Http;

/// <summary>Refuses requests without a key that opens their route, where keys are demanded; probes stay open, and the page that asks for a key.</summary>
internal sealed partial class KeyGuard(ApiKeys keys, ServeMeter meter, TimeProvider clock, ILogger<KeyGuard> logger)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);
    private static readonly string[] Inference = ["/v1", "/v2", "/openapi"];
    private static readonly string[] Open = [.. HealthRoutes.Paths, .. HomePage.Paths];

    private readonly Lock _lock = new();
    private long _refused;
    private long? _told;

    /// <summary>What a key must open for a path. Whatever is not known to be inference is management.</summary>
    /// <remarks>Letters' case is not looked at, as routing does not either.</remarks>
    public static KeyScopes ScopeOf(PathString path)
    {
        if (Open.Contains(path.Value, StringComparer.Ordinal))
            return KeyScopes.None;

        bool isInference = Inference.Any(prefix => path.StartsWithSegments(prefix, StringComparison.OrdinalIgnoreCase));
        return isInference ? KeyScopes.Inference : KeyScopes.Management;
    }

    /// <summary>Lets a request through, or answers 401 or 403.</summary>
    public Task RunAsync(HttpContext context, RequestDelegate next)
    {
        KeyScopes needed = ScopeOf(context.Request.Path);
        if (!keys.Demanded || needed == KeyScopes.None)
            return next(context);

        KeyScopes held = keys.ScopesOfHeader(context.Request.Headers.Authorization);
        if (held.HasFlag(needed))
            return next(context);

        bool isUnknown = held == KeyScopes.None;
        Count(isUnknown ? RequestReason.NoKey : RequestReason.WrongScope);
        if (!isUnknown)
            return Problems.Of(context, StatusCodes.Status403Forbidden, $"This key opens {Words.Of(held)} only; the route asks for one that opens {Words.Of(needed)}.").ExecuteAsync(context);

        context.Response.Headers.WWWAuthenticate = new(["Bearer realm=\"unreel\"", "Basic realm=\"unreel\", charset=\"UTF-8\""]);
        return Problems.Of(context, StatusCodes.Status401Unauthorized, "This server asks for a key: send Authorization: Bearer KEY.").ExecuteAsync(context);
    }

    // A flood of wrong keys must not become a flood of warnings.
    private void Count(RequestReason reason)
    {
        meter.KeyRefused(reason);
        long count;
        lock (_lock)
        {
            count = ++_refused;
            if (_told is { } told && clock.GetElapsedTime(told) < Quiet)
                return;

            _told = clock.GetTimestamp();
        }

        LogRefused(count);
    }

    [LoggerMessage(LogLevel.Warning, "Requests without a key that opens their route: {Count} since the start; not told again for a minute")]
    private partial void LogRefused(long count);
}
