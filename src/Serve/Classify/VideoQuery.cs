using System.Globalization;
using Unreel.Serve.Models;
using Unreel.Video;

namespace Unreel.Serve.Classify;

/// <summary>What a request wants to know of its videos.</summary>
/// <param name="TopK">How many classes to answer.</param>
/// <param name="Preparation">How the videos become clips: the model's way, with as many views as the caller wants.</param>
/// <param name="Timeline">Whether to answer window by window.</param>
/// <param name="Hop">Time from one window to the next; null for windows without overlap.</param>
internal sealed record VideoQuery(int TopK, ClipPreparation Preparation, bool Timeline, TimeSpan? Hop)
{
    /// <summary>How many classes are answered where <c>top_k</c> is not given.</summary>
    public const int DefaultTopK = 5;

    /// <summary>The most views of one video that a caller may ask for.</summary>
    public const int MostViews = 64;

    private const int MostClips = 64, MostCrops = 16;

    private const double LongestHop = 86_400;

    /// <summary>Reads <c>top_k</c>, <c>views</c>, <c>timeline</c> and <c>hop</c>.</summary>
    /// <exception cref="Http.RequestException">One is unknown or out of its range (400).</exception>
    public static VideoQuery Read(IQueryCollection query, IClipClassifier model)
    {
        QueryReader reader = new(query, "top_k", "views", "timeline", "hop");
        int classes = model.Labels.Count;
        int topK = reader.Whole("top_k", 1, classes, ", the number of the model's labels") ?? Math.Min(DefaultTopK, classes);
        bool timeline = reader.Flag("timeline");
        double? hop = reader.Seconds("hop", LongestHop);
        if (hop is not null && !timeline)
            throw QueryReader.Refused("hop is the distance of a timeline's windows; expected timeline=1 with it.");

        ClipPreparation preparation = Views(reader, model.Preparation);
        if (timeline && reader.Text("views") is { } views && preparation.Clips > 1)
            throw QueryReader.Refused($"views is '{views}'; a window of a timeline is one clip, expected 1 or 1xCROPS.");

        return new VideoQuery(topK, timeline ? preparation with { Clips = 1 } : preparation, timeline, hop is { } seconds ? TimeSpan.FromSeconds(seconds) : null);
    }

    /// <summary>Reads <c>views</c>: <c>5</c> for five clips in time with the model's own crops, <c>5x3</c> for five clips of three crops each.</summary>
    public static ClipPreparation Views(QueryReader reader, ClipPreparation preparation)
    {
        if (reader.Text("views") is not { } text)
            return preparation;

        int by = text.IndexOf('x', StringComparison.Ordinal);
        int clips = Count(by < 0 ? text : text[..by], MostClips), crops = by < 0 ? preparation.Crops : Count(text[(by + 1)..], MostCrops);
        // What the model's own contract asks for is allowed however much it is.
        return clips > 0 && crops > 0 && clips * crops <= Math.Max(MostViews, preparation.Views)
            ? preparation with { Clips = clips, Crops = crops }
            : throw QueryReader.Refused($"views is '{text}'; expected CLIPS or CLIPSxCROPS, such as 5 or 5x3: 1 to {MostClips} clips in time, 1 to {MostCrops} crops in space, {MostViews} in all.");
    }

    // 0 where it is out of its range.
    private static int Count(string text, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value <= most ? value : 0;
}
