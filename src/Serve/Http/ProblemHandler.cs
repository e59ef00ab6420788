using Microsoft.AspNetCore.Diagnostics;
using Unreel.Artifacts;
using Unreel.Serve.Observability;
using Unreel.Video;

namespace Unreel.Serve.Http;

/// <summary>Turns what handlers throw into problem details: callers' mistakes by name, ours without particulars.</summary>
internal sealed partial class ProblemHandler(ILogger<ProblemHandler> logger) : IExceptionHandler
{
    /// <inheritdoc/>
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        // Whoever asked has gone: nobody is left to answer.
        if (httpContext.RequestAborted.IsCancellationRequested)
        {
            LogGone(httpContext.TraceIdentifier);
            httpContext.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return true;
        }

        IResult answer = Answer(httpContext, exception);
        await answer.ExecuteAsync(httpContext);
        return true;
    }

    private IResult Answer(HttpContext context, Exception exception)
    {
        switch (exception)
        {
            case RequestException refusal:
                if (refusal.Status >= StatusCodes.Status500InternalServerError)
                    LogFailed(refusal, context.TraceIdentifier);

                return Problems.Of(context, refusal.Status, refusal.Message);
            case BadHttpRequestException bad:
                return Problems.Of(context, bad.StatusCode, bad.Message);
            case VideoException video:
                if (RequestRecord.Current is { } record)
                    record.Reason = RequestEnd.Of(video);
                return Problems.Of(context, StatusCodes.Status422UnprocessableEntity, video.Message);
            case ArtifactNotFoundException:
                return Problems.Of(context, StatusCodes.Status404NotFound, "There is no such artifact.");
            case StoreUnreachableException:
                LogFailed(exception, context.TraceIdentifier);
                if (RequestRecord.Current is { } asked)
                    asked.Reason = RequestReason.StoreUnreachable;
                return Problems.Busy(context, StatusCodes.Status503ServiceUnavailable, TimeSpan.FromSeconds(5), "The artifact store cannot be reached.");
            default:
                LogFailed(exception, context.TraceIdentifier);
                return Problems.Of(context, StatusCodes.Status500InternalServerError, Problems.Unexplained);
        }
    }

    [LoggerMessage(LogLevel.Error, "Request {RequestId} failed")]
    private partial void LogFailed(Exception exception, string requestId);

    [LoggerMessage(LogLevel.Debug, "Request {RequestId} was given up by its caller")]
    private partial void LogGone(string requestId);
}
