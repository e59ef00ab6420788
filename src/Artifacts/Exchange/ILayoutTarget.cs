namespace Unreel.Artifacts;

/// <summary>A layout that is written. Disposed of before it is finished, it leaves nothing.</summary>
internal interface ILayoutTarget : IAsyncDisposable
{
    /// <summary>Adds a file.</summary>
    Task WriteAsync(string path, Stream content, long size, CancellationToken ct);

    /// <summary>Gives the layout its name.</summary>
    Task FinishAsync(CancellationToken ct);
}
