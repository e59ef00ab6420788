using Unreel.Artifacts;
using Unreel.Serve.Http;
using Unreel.Serve.Observability;

namespace Unreel.Serve.Oci;

/// <summary>The OCI distribution API, for reading: standard clients list tags and fetch artifacts by tag and digest.</summary>
internal sealed partial class OciApi(IArtifactStore store, OciTags tags, ApiKeys keys, ServeMeter meter, ILogger<OciApi> logger)
{
    /// <summary>Answers a request, whatever it is.</summary>
    public async Task RunAsync(HttpContext context)
    {
        context.Response.Headers["Docker-Distribution-API-Version"] = "registry/2.0";
        try
        {
            if (await IsAdmittedAsync(context))
                await AnswerAsync(context);
        }
        catch (OciException refusal)
        {
            await refusal.SendAsync(context);
        }
        catch (Exception problem) when (problem is not OperationCanceledException || !context.RequestAborted.IsCancellationRequested)
        {
            await FailAsync(context, problem);
        }
    }

    private async Task<bool> IsAdmittedAsync(HttpContext context)
    {
        KeyScopes held = keys.Demanded ? keys.ScopesOfHeader(context.Request.Headers.Authorization) : KeyScopes.All;
        if (held.HasFlag(KeyScopes.Management))
            return true;

        bool isUnknown = held == KeyScopes.None;
        meter.KeyRefused(isUnknown ? RequestReason.NoKey : RequestReason.WrongScope);
        if (isUnknown)
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"unreel\", charset=\"UTF-8\"";

        OciException refusal = isUnknown
            ? new(StatusCodes.Status401Unauthorized, "UNAUTHORIZED", "This registry asks for a key: as the password of any user, or as Authorization: Bearer KEY.")
            : new(StatusCodes.Status403Forbidden, "DENIED", $"This key opens {Words.Of(held)} only; the registry asks for one that opens {Words.Of(KeyScopes.Management)}.");
        await refusal.SendAsync(context);
        return false;
    }

    private async Task AnswerAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        string path = request.Path.Value ?? string.Empty;
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
            throw OciException.NotPushed(request.Method);

        if (path is "/v2" or OciPath.Root)
        {
            Tell(OciPath.Root);
            await Results.Json(new { }, contentType: "application/json").ExecuteAsync(context);
            return;
        }

        OciPath asked = OciPath.Parse(path);
        Tell(asked.Pattern);
        await (asked.What switch
        {
            OciPath.Manifests => OciManifests.SendAsync(context, store, asked),
            OciPath.Blobs => OciBlobs.SendAsync(context, store, tags, asked, logger),
            OciPath.Tags => tags.SendAsync(context, asked),
            _ => OciReferrers.SendAsync(context, store, asked),
        });
    }

    private static void Tell(string route)
    {
        if (RequestRecord.Current is { } record)
            record.Route = route;
    }

    private async Task FailAsync(HttpContext context, Exception problem)
    {
        LogFailed(problem, context.TraceIdentifier);
        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }

        bool passes = problem is StoreUnreachableException;
        context.Response.Clear();
        if (passes)
            context.Response.Headers.RetryAfter = "5";

        OciException told = passes
            ? new(StatusCodes.Status503ServiceUnavailable, OciException.Unavailable, "The artifact store cannot be reached.")
            : new(StatusCodes.Status500InternalServerError, "UNKNOWN", Problems.Unexplained);
        await told.SendAsync(context);
    }

    [LoggerMessage(LogLevel.Error, "Request {RequestId} of the OCI port failed")]
    private partial void LogFailed(Exception exception, string requestId);
}
