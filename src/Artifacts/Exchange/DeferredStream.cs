using Unreel.Artifacts.Blobs;

namespace Unreel.Artifacts;

/// <summary>Opens what it reads at the first read, so that a source that is opened by waiting can stand where one is opened at once.</summary>
internal sealed class DeferredStream(Func<CancellationToken, Task<Stream>> open) : ReadOnlyStream
{
    private Stream? _inner;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _inner ??= await open(cancellationToken);
        return await _inner.ReadAsync(buffer, cancellationToken);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _inner?.Dispose();

        base.Dispose(disposing);
    }
}
