using System.Buffers.Binary;
using System.IO.Compression;

namespace Unreel.Video.Tests;

public sealed class PngTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(31, 7)]
    public void Pixels_come_back(int width, int height)
    {
        byte[] pixels = [.. Enumerable.Range(0, width * height * 3).Select(static i => (byte)(i * 37))];
        Png.Write(_folder.File("a.png"), pixels, new FrameSize(width, height));
        Assert.Equal(pixels, Decode(File.ReadAllBytes(_folder.File("a.png")), width, height));
    }

    [ProgramFact("ffmpeg", "-version")]
    public void Another_reader_accepts_it()
    {
        byte[] pixels = [.. Enumerable.Range(0, 20 * 10 * 3).Select(static i => (byte)(i * 37))];
        Png.Write(_folder.File("a.png"), pixels, new FrameSize(20, 10));
        (int code, string output) = Judges.Run("ffmpeg", "-v", "error", "-err_detect", "explode", "-i", _folder.File("a.png"), "-pix_fmt", "rgb24", "-f", "rawvideo", _folder.File("a.rgb"));
        Assert.True(code == 0 && output.Length == 0, output);
        Assert.Equal(pixels, File.ReadAllBytes(_folder.File("a.rgb")));
    }

    [Fact]
    public void The_wrong_number_of_bytes_is_refused() =>
        Assert.Throws<ArgumentException>(() => Png.Write(_folder.File("a.png"), new byte[5], new FrameSize(1, 2)));

    [Fact]
    public void A_sheet_has_a_row_for_each_clip()
    {
        var size = new FrameSize(4, 3);
        var light = new Clip(5, size);
        Array.Fill(light.Pixels, (byte)200);
        Clip sheet = ContactSheet.Draw([new Clip(2, size), light], columns: 3, size, gap: 1);
        Assert.Equal(new FrameSize(16, 9), sheet.Size);
        Assert.Equal((96, 0, 200), (sheet.Pixels[0], sheet.Pixels[((1 * 16) + 1) * 3], sheet.Pixels[((5 * 16) + 11) * 3]));
    }

    private static byte[] Decode(byte[] png, int width, int height)
    {
        int place = png.AsSpan().IndexOf("IDAT"u8);
        int length = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(place - 4));
        using var zlib = new ZLibStream(new MemoryStream(png, place + 4, length), CompressionMode.Decompress);
        byte[] pixels = new byte[width * height * 3], line = new byte[(width * 3) + 1];
        for (int row = 0; row < height; row++)
        {
            zlib.ReadExactly(line);
            Assert.Equal(2, line[0]);
            for (int i = 0; i < width * 3; i++)
                pixels[(row * width * 3) + i] = (byte)(line[i + 1] + (row > 0 ? pixels[((row - 1) * width * 3) + i] : 0));
        }

        return pixels;
    }
}
