using Unreel.Serve.Http;

namespace Unreel.Serve.Classify;

/// <summary>A timeline in one piece, for callers that want JSON: as long as that stays small.</summary>
internal sealed class TimelineAnswer(TimelineRunner runner)
{
    /// <summary>The most windows that are answered in one piece.</summary>
    public const int MostWindows = 1000;

    /// <summary>Answers for one video.</summary>
    /// <exception cref="RequestException">It has more than <see cref="MostWindows"/> windows (400).</exception>
    public async Task<FileResult> RunAsync(Upload upload, ModelRequest request, VideoQuery query)
    {
        TimelineSum sum = new(request.Model, query.TopK);
        List<WindowResult> windows = [];
        await foreach (TimedWindow window in runner.RunAsync(upload, request, query, request.Time.Token))
        {
            if (window.Window.Count > MostWindows)
                throw new RequestException(StatusCodes.Status400BadRequest, $"The timeline of {upload.Name} has {window.Window.Count} windows; expected at most {MostWindows} in one answer: choose a larger hop, or ask for events (Accept: {TimelineStream.MediaType}).");

            windows.Add(sum.Add(window));
        }

        return sum.Result(upload.FileName) with { Windows = windows };
    }
}
