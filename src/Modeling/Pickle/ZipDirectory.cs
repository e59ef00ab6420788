using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace Unreel.Modeling;

/// <summary>An entry as the directory at the end of an archive lists it.</summary>
internal readonly record struct ZipRecord(string Name, long Offset, long Length, uint Crc);

/// <summary>The directory at the end of a zip archive, with the 64-bit forms of the fields that need them.</summary>
internal sealed class ZipDirectory
{
    private const int EndBytes = 22;
    private const int LocatorBytes = 20;
    private const int LongEndBytes = 56;
    private const int RecordBytes = 46;
    private const int LargestDirectory = 64 << 20;
    private readonly StoredZip _zip;
    private readonly List<ZipRecord> _records = [];

    private ZipDirectory(StoredZip zip) => _zip = zip;

    /// <summary>The entries in the directory's order.</summary>
    public IReadOnlyList<ZipRecord> Records => _records;

    /// <summary>Where the directory begins; entries lie before it.</summary>
    public long Start { get; private set; }

    /// <summary>Finds and reads the directory.</summary>
    /// <exception cref="CheckpointException">There is none, or it asks for what is not supported.</exception>
    public static ZipDirectory Read(StoredZip zip)
    {
        var directory = new ZipDirectory(zip);
        (long entries, long bytes) = directory.FindEnd();
        if (bytes > LargestDirectory || bytes > zip.FileBytes - directory.Start)
            throw zip.Broken($"the archive's directory claims {bytes} bytes from {directory.Start}; the file has {zip.FileBytes}, and at most {LargestDirectory} are read.");

        byte[] all = new byte[bytes];
        zip.Fill(all, directory.Start);
        int at = 0;
        for (long entry = 0; entry < entries; entry++)
            at += directory.ReadRecord(all.AsSpan(at), entry);
        return at == bytes ? directory : throw zip.Broken($"the archive's directory has {bytes - at} bytes that belong to no entry.");
    }

    private (long Entries, long Bytes) FindEnd()
    {
        byte[] tail = new byte[Math.Min(_zip.FileBytes, EndBytes + ushort.MaxValue)];
        _zip.Fill(tail, _zip.FileBytes - tail.Length);
        for (int at = tail.Length - EndBytes; at >= 0; at--)
        {
            ReadOnlySpan<byte> end = tail.AsSpan(at);
            if (UInt32(end, 0) == 0x06054B50 && UInt16(end, 20) == end.Length - EndBytes)
                return ReadEnd(end, _zip.FileBytes - tail.Length + at);
        }

        throw _zip.Broken("the archive has no directory at its end; the file is cut short or damaged.");
    }

    private (long Entries, long Bytes) ReadEnd(ReadOnlySpan<byte> end, long at)
    {
        Span<byte> locator = stackalloc byte[LocatorBytes];
        if (at >= LocatorBytes)
            _zip.Fill(locator, at - LocatorBytes);
        if (UInt32(locator, 0) == 0x07064B50)
            return ReadLongEnd((long)UInt64(locator, 8));
        if (UInt16(end, 4) != 0 || UInt16(end, 6) != 0 || UInt16(end, 8) != UInt16(end, 10))
            throw _zip.Broken("the archive is one of several parts.");

        Start = UInt32(end, 16);
        return (UInt16(end, 10), UInt32(end, 12));
    }

    private (long Entries, long Bytes) ReadLongEnd(long at)
    {
        Span<byte> end = stackalloc byte[LongEndBytes];
        _zip.Fill(end, at);
        (ulong entries, ulong bytes, ulong start) = (UInt64(end, 32), UInt64(end, 40), UInt64(end, 48));
        if (UInt32(end, 0) != 0x06064B50 || start > (ulong)_zip.FileBytes || bytes > (ulong)_zip.FileBytes || entries > bytes)
            throw _zip.Broken("the archive's 64-bit directory is damaged.");

        Start = (long)start;
        return ((long)entries, (long)bytes);
    }

    private int ReadRecord(ReadOnlySpan<byte> rest, long number)
    {
        if (rest.Length < RecordBytes || UInt32(rest, 0) != 0x02014B50)
            throw _zip.Broken($"entry {number} of the archive's directory is damaged.");
        (int name, int extra, int comment) = (UInt16(rest, 28), UInt16(rest, 30), UInt16(rest, 32));
        int bytes = RecordBytes + name + extra + comment;
        if (rest.Length < bytes || !Utf8.IsValid(rest.Slice(RecordBytes, name)))
            throw _zip.Broken($"entry {number} of the archive's directory is damaged.");

        string title = Encoding.UTF8.GetString(rest.Slice(RecordBytes, name));
        if ((UInt16(rest, 8) & 1) != 0)
            throw _zip.Broken($"'{title}' is encrypted.");
        if (UInt16(rest, 10) != 0)
            throw _zip.Broken($"'{title}' is compressed (method {UInt16(rest, 10)}); PyTorch stores entries as they are, and only such are read.");

        _records.Add(Sizes(rest, rest.Slice(RecordBytes + name, extra), title));
        return bytes;
    }

    // Fields too large for 32 bits are all ones and follow, in this order, in the extra field 0001.
    private ZipRecord Sizes(ReadOnlySpan<byte> record, ReadOnlySpan<byte> extra, string title)
    {
        ReadOnlySpan<byte> wide = LongFields(extra);
        long length = Field(UInt32(record, 24), ref wide, title);
        long stored = Field(UInt32(record, 20), ref wide, title);
        long offset = Field(UInt32(record, 42), ref wide, title);
        return stored == length
            ? new ZipRecord(title, offset, length, UInt32(record, 16))
            : throw _zip.Broken($"'{title}' has {length} bytes but {stored} are stored.");
    }

    private long Field(uint value, ref ReadOnlySpan<byte> wide, string title)
    {
        if (value != uint.MaxValue)
            return value;
        if (wide.Length < 8 || UInt64(wide, 0) > long.MaxValue / 2)
            throw _zip.Broken($"'{title}' lacks its 64-bit sizes.");

        long full = (long)UInt64(wide, 0);
        wide = wide[8..];
        return full;
    }

    private static ReadOnlySpan<byte> LongFields(ReadOnlySpan<byte> extra)
    {
        while (extra.Length >= 4)
        {
            int size = UInt16(extra, 2);
            if (size > extra.Length - 4)
                break;
            if (UInt16(extra, 0) == 1)
                return extra.Slice(4, size);
            extra = extra[(4 + size)..];
        }

        return [];
    }

    private static ushort UInt16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static uint UInt32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private static ulong UInt64(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]);
}
