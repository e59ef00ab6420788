using System.Buffers.Binary;
using System.IO.Compression;

namespace Unreel.Synthesize.Tests.Textures;

/// <summary>Reads the pictures that lie beside the checkout: PNG of 8-bit RGB, not interlaced (W3C PNG third edition).</summary>
internal static class PngPicture
{
    /// <summary>Width, height and the pixels as [row, column, channel].</summary>
    public static (int Width, int Height, byte[] Pixels) Read(string path)
    {
        byte[] file = File.ReadAllBytes(path);
        using var packed = new MemoryStream();
        (int width, int height) = (0, 0);
        for (int place = 8; place < file.Length;)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(place));
            ReadOnlySpan<byte> type = file.AsSpan(place + 4, 4), content = file.AsSpan(place + 8, length);
            if (type.SequenceEqual("IHDR"u8))
            {
                (width, height) = (BinaryPrimitives.ReadInt32BigEndian(content), BinaryPrimitives.ReadInt32BigEndian(content[4..]));
                Assert.Equal([8, 2, 0, 0, 0], content[8..].ToArray());
            }
            else if (type.SequenceEqual("IDAT"u8))
            {
                packed.Write(content);
            }

            place += length + 12;
        }

        packed.Position = 0;
        using var lines = new ZLibStream(packed, CompressionMode.Decompress);
        return (width, height, Unfilter(lines, width * 3, height));
    }

    private static byte[] Unfilter(Stream lines, int stride, int height)
    {
        byte[] pixels = new byte[stride * height], above = new byte[stride + 3], line = new byte[stride + 3];
        for (int row = 0; row < height; row++)
        {
            int filter = lines.ReadByte();
            lines.ReadExactly(line.AsSpan(3));
            for (int i = 3; i < line.Length; i++)
            {
                line[i] += (byte)(filter switch
                {
                    1 => line[i - 3],
                    2 => above[i],
                    3 => (line[i - 3] + above[i]) / 2,
                    4 => Paeth(line[i - 3], above[i], above[i - 3]),
                    _ => 0,
                });
            }

            line.AsSpan(3).CopyTo(pixels.AsSpan(row * stride));
            (above, line) = (line, above);
            line.AsSpan(0, 3).Clear();
        }

        return pixels;
    }

    private static int Paeth(int left, int above, int corner)
    {
        int guess = left + above - corner;
        (int a, int b, int c) = (Math.Abs(guess - left), Math.Abs(guess - above), Math.Abs(guess - corner));
        return a <= b && a <= c ? left : b <= c ? above : corner;
    }
}
