using Unreel.Serve.Http;

namespace Unreel.Serve.Classify;

/// <summary>A timeline in one piece, for callers that want JSON: as long as that stays small.</summary>
internal sealed class TimelineAnswer(TimelineRunner runner)
{
    /// <summary>Answers for one video.</summary>
    /// <param name="upload">The video.</param>
    /// <param name="request">The request it came with.</param>
    /// <param name="query">How its windows are wanted.</param>
    /// <param name="room">That of the answer, for all videos of the request.</param>
    /// <exception cref="RequestException">It has more windows than there is room for (400).</exception>
    public async Task<FileResult> RunAsync(Upload upload, ModelRequest request, VideoQuery query, TimelineRoom room)
    {
        TimelineSum sum = new(request.Model, query.TopK);
        List<WindowResult> windows = [];
        await foreach (TimedWindow window in runner.RunAsync(upload, request, query, request.Time.Token))
        {
            if (windows.Count == 0)
                room.Take(upload, window.Window.Count);

            windows.Add(sum.Add(window));
        }

        return sum.Result(upload.FileName) with { Windows = windows };
    }
}
