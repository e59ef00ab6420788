using Unreel.Serve.Decoding;
using Unreel.Video;

namespace Unreel.Serve.Scoring;

/// <summary>What scoring decodes with: one decoder for as many videos at a time as are asked for.</summary>
internal sealed class ScoreDecoder : IDisposable
{
    private ScoreDecoder(IClipDecoder decoder) => Decoder = decoder;

    /// <summary>The decoder.</summary>
    public IClipDecoder Decoder { get; }

    /// <summary>Starts it.</summary>
    /// <param name="workers">Videos decoded at a time, at least 1.</param>
    public static ScoreDecoder Start(int workers) => new(new InProcessClipDecoder(VideoLimits.Default));

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
