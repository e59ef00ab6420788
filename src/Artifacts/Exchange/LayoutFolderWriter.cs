using Unreel.Artifacts.Blobs;

namespace Unreel.Artifacts;

/// <summary>Writes a layout as a folder: under another name first, so that whoever finds it finds it whole.</summary>
internal sealed class LayoutFolderWriter : ILayoutTarget
{
    private readonly string _target;
    private readonly string _partial;

    public LayoutFolderWriter(string target)
    {
        string parent = Path.GetDirectoryName(target) ?? throw new StoreException($"{target} cannot hold a layout.");
        _target = target;
        _partial = Path.Combine(parent, $".{Path.GetFileName(target)}.{Guid.NewGuid():n}.partial");
        Directory.CreateDirectory(Path.Combine(_partial, LayoutPaths.Digests));
    }

    public async Task WriteAsync(string path, Stream content, long size, CancellationToken ct)
    {
        await using FileStream output = new(Path.Combine(_partial, path), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, useAsync: true);
        await content.CopyToAsync(output, BlobSource.ChunkBytes, ct);
    }

    public Task FinishAsync(CancellationToken ct)
    {
        if (Directory.Exists(_target))
            Directory.Delete(_target, recursive: false);

        Directory.Move(_partial, _target);
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        if (Directory.Exists(_partial))
            Directory.Delete(_partial, recursive: true);

        return ValueTask.CompletedTask;
    }
}
