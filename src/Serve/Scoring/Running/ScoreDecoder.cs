using Microsoft.Extensions.Logging.Abstractions;
using Unreel.Serve.Decoding;
using Unreel.Video.Boxes;

namespace Unreel.Serve.Scoring;

/// <summary>What scoring decodes with: processes of their own, as many as videos are decoded at a time.</summary>
internal sealed class ScoreDecoder : IDisposable
{
    private readonly DecodePool _pool;

    // Even one's own files crash a decoder now and then, which must not cost the night's other rows.
    private ScoreDecoder(DecodePool pool) => (_pool, Decoder) = (pool, new BoxedClipDecoder(pool, NullLogger<BoxedClipDecoder>.Instance));

    /// <summary>The decoder.</summary>
    public IClipDecoder Decoder { get; }

    /// <summary>Starts it.</summary>
    /// <param name="workers">Videos decoded at a time, at least 1.</param>
    /// <exception cref="IOException">The program that decodes is not there, or does not start.</exception>
    public static ScoreDecoder Start(int workers) => new(DecodePool.Start(new DecodeOptions { Workers = workers }));

    /// <inheritdoc/>
    public void Dispose() => _pool.Dispose();
}
