using Unreel.Serve.Http;

namespace Unreel.Serve.Classify;

/// <summary>Bounds the timelines that are answered in one piece: each of them, and those of one request together.</summary>
/// <param name="topK">Classes told of each window.</param>
internal sealed class TimelineRoom(int topK)
{
    /// <summary>The most windows of a video that are answered in one piece.</summary>
    public const int MostWindows = 1000;

    /// <summary>The most predictions that are answered in one piece, all windows of all videos together: a few megabytes of JSON.</summary>
    public const int MostPredictions = 50_000;

    private int _predictions;

    /// <summary>Takes room for a video's windows.</summary>
    /// <exception cref="RequestException">They are too many (400).</exception>
    public void Take(Upload upload, int windows)
    {
        if (windows > MostWindows)
            throw Refused($"The timeline of {upload.Name} has {windows} windows; expected at most {MostWindows} in one answer");

        long all = _predictions + ((long)windows * topK);
        if (all > MostPredictions)
            throw Refused($"With the timeline of {upload.Name} the answer has {all} predictions; expected at most {MostPredictions} in one answer, windows by top_k");

        _predictions = (int)all;
    }

    private static RequestException Refused(string what) =>
        new(StatusCodes.Status400BadRequest, $"{what}: choose a larger hop, or ask for events (Accept: {TimelineStream.MediaType}).");
}
