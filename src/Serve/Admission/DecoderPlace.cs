namespace Unreel.Serve.Admission;

/// <summary>A decoder that a request has; dispose to give it back.</summary>
public sealed class DecoderPlace : IDisposable
{
    private Action<bool>? _leave;
    private bool _isDecoded;

    internal DecoderPlace(Action<bool> leave) => _leave = leave;

    /// <summary>Notes that the video was decoded: only then the time it took says what others take.</summary>
    public void Decoded() => _isDecoded = true;

    /// <inheritdoc/>
    public void Dispose() => Interlocked.Exchange(ref _leave, null)?.Invoke(_isDecoded);
}
