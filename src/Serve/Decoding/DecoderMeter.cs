using Unreel.Serve.Observability;
using Unreel.Video.Boxes;

namespace Unreel.Serve.Decoding;

/// <summary>Counts the processes that decode.</summary>
internal sealed class DecoderMeter(ServeMeter meter) : IDecodeObserver
{
    /// <inheritdoc/>
    public void Started() => meter.DecoderStarted();

    /// <inheritdoc/>
    public void Busy() => meter.DecoderBusy();

    /// <inheritdoc/>
    public void Idle() => meter.DecoderIdle();

    /// <inheritdoc/>
    public void Ended(DecodeEnd reason) => meter.DecoderEnded(reason switch
    {
        DecodeEnd.Closed => DecoderEnd.Stopped,
        DecodeEnd.Retired => DecoderEnd.Retired,
        DecodeEnd.Cancelled => DecoderEnd.Cancelled,
        DecodeEnd.Time => DecoderEnd.Time,
        _ => DecoderEnd.Crashed,
    });
}
