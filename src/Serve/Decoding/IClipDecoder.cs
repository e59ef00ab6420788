using Unreel.Video;

namespace Unreel.Serve.Decoding;

/// <summary>Turns a video from outside into a model's input. The seam behind which decoding moves into processes of its own.</summary>
public interface IClipDecoder
{
    /// <summary>Decodes the views that <paramref name="preparation"/> asks for.</summary>
    /// <param name="video">The file's bytes, seekable, at the beginning.</param>
    /// <param name="name">What to call it in messages.</param>
    /// <param name="preparation">How the model wants it.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="VideoException">It is no video that can be read.</exception>
    Task<DecodedClip> DecodeAsync(Stream video, string name, ClipPreparation preparation, CancellationToken ct);
}

/// <summary>A video made ready for a model.</summary>
/// <param name="Info">What the file said of itself.</param>
/// <param name="Views">Its views.</param>
public sealed record DecodedClip(VideoInfo Info, ViewSet Views);

/// <summary>Decodes in this process.</summary>
/// <param name="limits">How much a video may ask for.</param>
internal sealed class InProcessClipDecoder(VideoLimits limits) : IClipDecoder
{
    /// <inheritdoc/>
    public Task<DecodedClip> DecodeAsync(Stream video, string name, ClipPreparation preparation, CancellationToken ct) =>
        Task.Run(() => Decode(video, name, preparation, ct), ct);

    private DecodedClip Decode(Stream video, string name, ClipPreparation preparation, CancellationToken ct)
    {
        using VideoReader reader = VideoReader.Open(video, name, limits);
        return new DecodedClip(reader.Info, preparation.Read(reader, ct));
    }
}
