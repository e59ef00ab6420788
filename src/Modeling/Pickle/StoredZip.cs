using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Unreel.Modeling;

/// <summary>An entry of a <see cref="StoredZip"/>.</summary>
/// <param name="Name">Its path in the archive.</param>
/// <param name="Start">Where its bytes begin in the file.</param>
/// <param name="Length">How many there are.</param>
/// <param name="Crc">Their checksum.</param>
internal sealed record StoredZipEntry(string Name, long Start, long Length, uint Crc);

/// <summary>
/// A zip archive of uncompressed entries, as PyTorch writes them, read by position (PKWARE's APPNOTE 6.3.10, sections 4.3 and 4.5).
/// Compressed, encrypted, overlapping and repeated entries are refused, so that no archive can hold more bytes than its file.
/// </summary>
internal sealed class StoredZip : IDisposable
{
    private const int LocalHeaderBytes = 30;
    private readonly SafeFileHandle _handle;
    private readonly Dictionary<string, StoredZipEntry> _entries = new(StringComparer.Ordinal);

    private StoredZip(string path, SafeFileHandle handle)
    {
        (Path, _handle, FileBytes) = (path, handle, RandomAccess.GetLength(handle));
        ZipDirectory directory = ZipDirectory.Read(this);
        long covered = 0;
        foreach (ZipRecord record in directory.Records.OrderBy(record => record.Offset))
            covered = Add(record, covered, directory.Start);
    }

    /// <summary>The file's path as it was given.</summary>
    public string Path { get; }

    /// <summary>The file's length.</summary>
    public long FileBytes { get; }

    /// <summary>The entries by name.</summary>
    public IReadOnlyDictionary<string, StoredZipEntry> Entries => _entries;

    /// <summary>Opens an archive and checks where everything lies.</summary>
    /// <exception cref="CheckpointException">The file is no such archive.</exception>
    public static StoredZip Open(string path)
    {
        SafeFileHandle handle = File.OpenHandle(path);
        try
        {
            return new StoredZip(path, handle);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Reads a whole entry and checks its checksum.</summary>
    /// <exception cref="CheckpointException">It is longer than <paramref name="most"/> bytes, or damaged.</exception>
    public byte[] Read(StoredZipEntry entry, int most)
    {
        if (entry.Length > most)
            throw Broken($"'{entry.Name}' has {entry.Length} bytes; at most {most} are read.");

        byte[] bytes = new byte[entry.Length];
        Fill(bytes, entry.Start);
        Check(entry, bytes);
        return bytes;
    }

    /// <summary>Reads a part of an entry; where the part is the whole, its checksum is checked.</summary>
    /// <exception cref="CheckpointException">The entry is damaged.</exception>
    public void Read(StoredZipEntry entry, long offset, Span<byte> target)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(target.Length, entry.Length - offset, nameof(target));
        Fill(target, entry.Start + offset);
        if (target.Length == entry.Length)
            Check(entry, target);
    }

    /// <summary>Reads bytes of the file.</summary>
    /// <exception cref="CheckpointException">The file ends before.</exception>
    public void Fill(Span<byte> target, long offset)
    {
        if (offset < 0 || offset > FileBytes - target.Length)
            throw Broken($"{target.Length} bytes were expected at {offset}; the file has {FileBytes}. It is cut short or damaged.");

        while (!target.IsEmpty)
        {
            int read = RandomAccess.Read(_handle, target, offset);
            if (read == 0)
                throw Broken("the file became shorter while it was read.");
            target = target[read..];
            offset += read;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    /// <summary>An error that names the file.</summary>
    public CheckpointException Broken(string found) => new(Path, found);

    private void Check(StoredZipEntry entry, ReadOnlySpan<byte> bytes)
    {
        uint found = Crc32.Of(bytes);
        if (found != entry.Crc)
            throw Broken($"'{entry.Name}' is damaged: its checksum is {found:x8}, expected {entry.Crc:x8}.");
    }

    // The entries come in the file's order; what lies between them (padding, descriptors) belongs to none.
    private long Add(ZipRecord record, long covered, long directoryStart)
    {
        if (record.Offset < covered)
            throw Broken($"'{record.Name}' begins at byte {record.Offset}, inside the entry before it, which ends at {covered}.");

        Span<byte> header = stackalloc byte[LocalHeaderBytes];
        Fill(header, record.Offset);
        int nameBytes = BinaryPrimitives.ReadUInt16LittleEndian(header[26..]);
        byte[] name = new byte[nameBytes];
        if (BinaryPrimitives.ReadUInt32LittleEndian(header) != 0x04034B50)
            throw Broken($"'{record.Name}' has no header at byte {record.Offset}.");
        Fill(name, record.Offset + LocalHeaderBytes);
        if (Encoding.UTF8.GetString(name) != record.Name)
            throw Broken($"'{record.Name}' is called '{Encoding.UTF8.GetString(name)}' where it lies.");

        long start = record.Offset + LocalHeaderBytes + nameBytes + BinaryPrimitives.ReadUInt16LittleEndian(header[28..]);
        if (record.Length > directoryStart - start)
            throw Broken($"'{record.Name}' has {record.Length} bytes from {start}, but the directory begins at {directoryStart}.");
        if (!_entries.TryAdd(record.Name, new StoredZipEntry(record.Name, start, record.Length, record.Crc)))
            throw Broken($"'{record.Name}' is there twice.");
        return start + record.Length;
    }
}
