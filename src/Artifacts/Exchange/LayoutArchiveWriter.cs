using System.Formats.Tar;

namespace Unreel.Artifacts;

/// <summary>Writes a layout as a tar archive. Times, owners and modes are always the same, so that equal artifacts give equal archives.</summary>
internal sealed class LayoutArchiveWriter : ILayoutTarget
{
    private readonly string _target;
    private readonly string _partial;
    private readonly FileStream _output;
    private readonly TarWriter _writer;

    public LayoutArchiveWriter(string target)
    {
        string parent = Path.GetDirectoryName(target) ?? throw new StoreException($"{target} cannot be a file.");
        Directory.CreateDirectory(parent);
        _target = target;
        _partial = Path.Combine(parent, $".{Path.GetFileName(target)}.{Guid.NewGuid():n}.partial");
        _output = new FileStream(_partial, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16, useAsync: true);
        _writer = new TarWriter(_output, TarEntryFormat.Pax, leaveOpen: true);
    }

    public async Task WriteAsync(string path, Stream content, long size, CancellationToken ct)
    {
        PaxTarEntry entry = new(TarEntryType.RegularFile, path)
        {
            ModificationTime = DateTimeOffset.UnixEpoch,
            Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead,
            DataStream = content,
        };
        await _writer.WriteEntryAsync(entry, ct);
    }

    public async Task FinishAsync(CancellationToken ct)
    {
        await _writer.DisposeAsync();
        await _output.FlushAsync(ct);
        await _output.DisposeAsync();
        File.Move(_partial, _target, overwrite: false);
    }

    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        await _output.DisposeAsync();
        File.Delete(_partial);
    }
}
