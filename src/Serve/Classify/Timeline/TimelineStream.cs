using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;
using Unreel.Serve.Hosting;
using Unreel.Serve.Http;
using Unreel.Serve.Observability;
using Unreel.Video;

namespace Unreel.Serve.Classify;

/// <summary>
/// A timeline as server-sent events, told while the video is worked on. Each file begins with <c>video</c>, goes on with its
/// <c>window</c>s, and ends with <c>done</c>, or with <c>error</c> wherever it fails.
/// </summary>
internal sealed partial class TimelineStream(TimelineRunner runner, ServeOptions options, ServeDrain drain, TimeProvider clock, ILogger<TimelineStream> logger)
{
    /// <summary>What a caller accepts that wants events.</summary>
    public const string MediaType = "text/event-stream";

    /// <summary>How long the stream is silent at most.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(10);

    /// <summary>Whether a caller asks for events.</summary>
    public static bool IsWanted(HttpRequest request) =>
        MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out IList<MediaTypeHeaderValue>? accepted)
        && accepted.Any(type => type.MediaType.Equals(MediaType, StringComparison.OrdinalIgnoreCase) && type.Quality is not 0);

    /// <summary>Writes the answer. What fails before the first event is thrown and answered with its own status; later it is an event.</summary>
    public async Task<IResult> WriteAsync(VideoRequest videos, VideoQuery query)
    {
        ModelRequest request = videos.Request;
        request.Time.Extend(options.StreamDeadline);
        using CancellationTokenRegistration stopping = drain.StreamsEnd.Register(request.Time.End);
        EventWriter events = new(request.Context.Response);
        foreach (Upload upload in videos.Uploads)
        {
            try
            {
                await WriteAsync(upload, request, query, events);
            }
            catch (Exception problem) when (request.Context.Response.HasStarted || (problem is VideoException && videos.Uploads.Count > 1))
            {
                // To those who have gone nothing can be told; what is over is over for the files that follow too.
                if (request.Context.RequestAborted.IsCancellationRequested)
                    break;

                ProblemDetails details = Explain(problem, upload, request);
                // Among several files, one that cannot be read costs its own part and not the request.
                if (RequestRecord.Current is { } record && (problem is not VideoException || videos.Uploads.Count == 1))
                    (record.LateStatus, record.Reason) = (details.Status, problem is VideoException video ? RequestEnd.Of(video) : record.Reason);
                await events.SendAsync("error", details, request.Context.RequestAborted);
                if (problem is not VideoException)
                    break;
            }
        }

        return Results.Empty;
    }

    private async Task WriteAsync(Upload upload, ModelRequest request, VideoQuery query, EventWriter events)
    {
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(request.Time.Token, drain.StreamsEnd);
        CancellationToken ct = either.Token;
        TimelineSum sum = new(request.Model, query.TopK);
        await using IAsyncEnumerator<TimedWindow> windows = runner.RunAsync(upload, request, query, ct).GetAsyncEnumerator(ct);
        while (await NextAsync(windows, events))
        {
            bool first = sum.Video is null;
            WindowResult window = sum.Add(windows.Current);
            if (first)
                await events.SendAsync("video", VideoEvent.Of(upload.FileName, sum.Video!, windows.Current.Window.Count), ct);
            await events.SendAsync("window", window, ct);
        }

        FileResult whole = sum.Result(upload.FileName);
        await events.SendAsync("done", new DoneEvent(whole.File, request.Summary, whole.Label!, whole.Probability!.Value, whole.Predictions, whole.Timings!), ct);
    }

    // A window that is on its way must have come, or failed, before the windows are left.
    private async Task<bool> NextAsync(IAsyncEnumerator<TimedWindow> windows, EventWriter events)
    {
        Task<bool> next = windows.MoveNextAsync().AsTask();
        while (true)
        {
            try
            {
                return await next.WaitAsync(Silence, clock);
            }
            catch (TimeoutException) when (!next.IsCompleted)
            {
                await BeatAsync(events, next);
            }
        }
    }

    private static async Task BeatAsync(EventWriter events, Task next)
    {
        try
        {
            await events.BeatAsync();
        }
        catch
        {
            await next;
            throw;
        }
    }

    private ProblemDetails Explain(Exception problem, Upload upload, ModelRequest request)
    {
        (int status, string detail) = problem switch
        {
            OperationCanceledException when drain.StreamsEnd.IsCancellationRequested => (StatusCodes.Status503ServiceUnavailable, "The server is stopping; the windows so far are all there are."),
            OperationCanceledException when request.Time.IsOver => request.Time.Explain(uploading: false),
            VideoException video => (StatusCodes.Status422UnprocessableEntity, video.Message),
            RequestException refusal => (refusal.Status, refusal.Message),
            _ => (StatusCodes.Status500InternalServerError, Problems.Unexplained),
        };
        if (status == StatusCodes.Status500InternalServerError)
            LogBroken(problem, request.Context.TraceIdentifier);

        ProblemDetails details = Problems.Details(request.Context, status, detail);
        details.Extensions["file"] = upload.FileName;
        return details;
    }

    [LoggerMessage(LogLevel.Error, "The timeline of request {RequestId} broke off")]
    private partial void LogBroken(Exception exception, string requestId);
}
