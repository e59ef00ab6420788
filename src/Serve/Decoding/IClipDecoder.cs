using Unreel.Video;

namespace Unreel.Serve.Decoding;

/// <summary>Turns a video from outside into a model's input. Who does it need not trust the video: see <see cref="BoxedClipDecoder"/>.</summary>
public interface IClipDecoder
{
    /// <summary>Decodes the views that <paramref name="preparation"/> asks for.</summary>
    /// <param name="video">The file's bytes, seekable, at the beginning.</param>
    /// <param name="name">What to call it in messages.</param>
    /// <param name="preparation">How the model wants it.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="VideoException">It is no video that can be read.</exception>
    Task<DecodedClip> DecodeAsync(Stream video, string name, ClipPreparation preparation, CancellationToken ct);

    /// <summary>Decodes a video of any length window after window, holding no more than a few.</summary>
    /// <param name="video">The file's bytes, seekable, at the beginning; to stay open until the last window.</param>
    /// <param name="name">What to call it in messages.</param>
    /// <param name="preparation">How the model wants a window: as many frames, as far apart; of its crops all, of its clips one.</param>
    /// <param name="hop">Time from one window's start to the next one's, one frame at least; null for windows that follow each other without overlap.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="VideoException">It is no video that can be read, or it is damaged further on: after the windows before.</exception>
    IAsyncEnumerable<ClipWindow> DecodeWindowsAsync(Stream video, string name, ClipPreparation preparation, TimeSpan? hop, CancellationToken ct);
}

/// <summary>A part of a video, made ready for a model.</summary>
/// <param name="Info">What the file said of itself.</param>
/// <param name="Index">Number of the window, from 0.</param>
/// <param name="Count">How many windows the video has.</param>
/// <param name="FirstFrame">Its first frame.</param>
/// <param name="LastFrame">Its last frame.</param>
/// <param name="Views">Its views.</param>
public sealed record ClipWindow(VideoInfo Info, int Index, int Count, int FirstFrame, int LastFrame, ViewSet Views)
{
    /// <summary>A distance of windows in frames of a video.</summary>
    public static double? Frames(TimeSpan? hop, VideoInfo info) =>
        hop is { TotalSeconds: var seconds } ? Math.Clamp(seconds * info.FrameRate, 1, Math.Max(1, info.FrameCount)) : null;

    /// <summary>When its first frame is shown.</summary>
    public TimeSpan Start => TimeSpan.FromSeconds(FirstFrame / Info.FrameRate);

    /// <summary>When its last frame is no longer shown.</summary>
    public TimeSpan End => TimeSpan.FromSeconds((LastFrame + 1) / Info.FrameRate);
}

/// <summary>A video made ready for a model.</summary>
/// <param name="Info">What the file said of itself.</param>
/// <param name="Views">Its views.</param>
public sealed record DecodedClip(VideoInfo Info, ViewSet Views);
