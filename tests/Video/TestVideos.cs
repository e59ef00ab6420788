namespace Unreel.Video.Tests;

/// <summary>Videos whose every frame says which one it is.</summary>
internal static class TestVideos
{
    private const int Bits = 8;
    private const int Block = 16;

    /// <summary>Size of a frame: a row of blocks, one for each bit of the number, over a gradient that moves.</summary>
    public static FrameSize Size { get; } = new(Bits * Block, 64);

    /// <summary>Draws frame <paramref name="number"/>.</summary>
    public static byte[] Frame(int number)
    {
        byte[] rgb = new byte[Size.Width * Size.Height * 3];
        for (int row = 0; row < Size.Height; row++)
        {
            for (int column = 0; column < Size.Width; column++)
            {
                Span<byte> pixel = rgb.AsSpan(((row * Size.Width) + column) * 3, 3);
                if (row < Block)
                    pixel.Fill((number >> (column / Block) & 1) != 0 ? (byte)230 : (byte)20);
                else
                    (pixel[0], pixel[1], pixel[2]) = ((byte)(40 + column), (byte)(60 + (row * 2)), (byte)(100 + (number * 3 % 100)));
            }
        }

        return rgb;
    }

    /// <summary>Reads the number off a frame.</summary>
    public static int Number(ReadOnlySpan<byte> rgb)
    {
        int number = 0;
        for (int bit = 0; bit < Bits; bit++)
            if (rgb[((Block / 2 * Size.Width) + (bit * Block) + (Block / 2)) * 3] > 128)
                number |= 1 << bit;
        return number;
    }

    /// <summary>Writes a video of numbered frames.</summary>
    public static string Write(string path, int frames, int first = 0, VideoWriterOptions? options = null)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var writer = new VideoWriter(path, Size, 25, options);
        for (int frame = 0; frame < frames; frame++)
            writer.Write(Frame(first + frame));
        writer.Finish();
        return path;
    }

    /// <summary>The numbers on all frames of a clip.</summary>
    public static int[] Numbers(Clip clip) => [.. Enumerable.Range(0, clip.Frames).Select(frame => Number(clip.Frame(frame)))];
}
