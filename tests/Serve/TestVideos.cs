using Unreel.Video;

namespace Unreel.Testing.Models;

/// <summary>Videos made for a test: real files, a moving square on noise.</summary>
internal static class TestVideos
{
    /// <summary>Writes an H.264 MP4 and returns its path.</summary>
    public static string Write(string path, int frames = 12, int seed = 0, FrameSize? size = null)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        FrameSize frame = size ?? new FrameSize(48, 32);
        using VideoWriter writer = new(path, frame, 12);
        byte[] pixels = new byte[frame.Width * frame.Height * 3];
        for (int index = 0; index < frames; index++)
        {
            RandomStream random = new((ulong)seed, "test-video", (ulong)index);
            for (int at = 0; at < pixels.Length; at++)
                pixels[at] = (byte)(random.NextInt(40) + ((at / 3 % frame.Width / 8) == (index + seed) % 6 ? 180 : 20));
            writer.Write(pixels);
        }

        writer.Finish();
        return path;
    }

    /// <summary>The bytes of a video.</summary>
    public static byte[] Bytes(int frames = 12, int seed = 0)
    {
        using TemporaryFolder folder = new();
        return File.ReadAllBytes(Write(folder.File("clip.mp4"), frames, seed));
    }
}
