using System.Buffers.Binary;
using System.IO.Compression;

namespace Unreel.Video;

/// <summary>Writes RGB pictures as PNG (8 bits a channel, no ancillary chunks; W3C PNG third edition).</summary>
public static class Png
{
    private const byte TrueColour = 2;
    private const byte FilterUp = 2;
    private static readonly uint[] CrcTable = MakeCrcTable();

    /// <summary>Writes a file; one that is there is replaced.</summary>
    /// <param name="path">The file.</param>
    /// <param name="rgb">Pixels, [row, column, channel].</param>
    /// <param name="size">Width and height.</param>
    /// <exception cref="ArgumentException">The number of bytes is not width x height x 3.</exception>
    public static void Write(string path, ReadOnlySpan<byte> rgb, FrameSize size)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write);
        Write(file, rgb, size);
    }

    /// <summary>Writes to a stream.</summary>
    /// <inheritdoc cref="Write(string, ReadOnlySpan{byte}, FrameSize)"/>
    public static void Write(Stream stream, ReadOnlySpan<byte> rgb, FrameSize size)
    {
        if (size.Width < 1 || size.Height < 1 || rgb.Length != (long)size.Width * size.Height * 3)
            throw new ArgumentException($"A picture of {size} has {(long)size.Width * size.Height * 3} bytes, not {rgb.Length}.", nameof(rgb));

        stream.Write([0x89, (byte)'P', (byte)'N', (byte)'G', (byte)'\r', (byte)'\n', 0x1A, (byte)'\n']);
        Span<byte> header = stackalloc byte[13];
        header.Clear();
        BinaryPrimitives.WriteInt32BigEndian(header, size.Width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], size.Height);
        (header[8], header[9]) = (8, TrueColour);
        Chunk(stream, "IHDR"u8, header);
        Chunk(stream, "IDAT"u8, Compress(rgb, size));
        Chunk(stream, "IEND"u8, []);
    }

    private static byte[] Compress(ReadOnlySpan<byte> rgb, FrameSize size)
    {
        using var memory = new MemoryStream();
        using (var zlib = new ZLibStream(memory, CompressionLevel.Optimal, leaveOpen: true))
        {
            int stride = size.Width * 3;
            byte[] filtered = new byte[stride + 1];
            filtered[0] = FilterUp;
            for (int row = 0; row < size.Height; row++)
            {
                for (int i = 0; i < stride; i++)
                    filtered[i + 1] = (byte)(rgb[(row * stride) + i] - (row > 0 ? rgb[((row - 1) * stride) + i] : 0));
                zlib.Write(filtered);
            }
        }

        return memory.ToArray();
    }

    private static void Chunk(Stream stream, ReadOnlySpan<byte> type, ReadOnlySpan<byte> content)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
        stream.Write(number);
        stream.Write(type);
        stream.Write(content);
        BinaryPrimitives.WriteUInt32BigEndian(number, ~Crc(Crc(uint.MaxValue, type), content));
        stream.Write(number);
    }

    private static uint Crc(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
            crc = CrcTable[(byte)(crc ^ value)] ^ (crc >> 8);
        return crc;
    }

    private static uint[] MakeCrcTable()
    {
        uint[] table = new uint[256];
        for (uint n = 0; n < table.Length; n++)
        {
            uint crc = n;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? 0xEDB88320 ^ (crc >> 1) : crc >> 1;
            table[n] = crc;
        }

        return table;
    }
}
