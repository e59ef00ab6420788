using Unreel.Video.Native;

namespace Unreel.Video.Tests;

/// <summary>Real clips, cut short and with bytes changed: whatever comes, the process lives and the answer is frames or a reason.</summary>
public class HostileFilesTests
{
    internal const int Mutations = 40;
    internal static readonly VideoLimits Limits = new() { Timeout = TimeSpan.FromSeconds(20), Frames = 100_000, PixelsPerFrame = 2000 * 2000 };

    [SharedDataTheory]
    [InlineData("clips", "v_BaseballPitch_g01_c01.avi")]
    [InlineData("odd", "sample.mp4")]
    [InlineData("odd", "sample_fragmented.mp4")]
    [InlineData("odd", "sample.flv")]
    [InlineData("odd", "bear-vp9-odd-dimensions.webm")]
    [InlineData("odd", "h265_10bits.mp4")]
    [InlineData("odd", "animated.gif")]
    [InlineData("odd", "av1_video.mkv")]
    [InlineData("odd", "sine_stereo_mp2.mpg")]
    [InlineData("odd", "discard_first_keyframe.mp4")]
    public void A_mutated_clip_gives_frames_or_a_reason(string folder, string file)
    {
        byte[] original = File.ReadAllBytes(SharedData.File(folder, file));
        int read = 0;
        long before = NativeObjects.LeftOver();
        for (int mutation = 0; mutation < Mutations; mutation++)
        {
            using var stream = new MemoryStream(Mutate(original, mutation));
            try
            {
                using var reader = VideoReader.Open(stream, $"{file} #{mutation}", Limits);
                int last = Math.Min(reader.Info.FrameCount - 1, 11);
                read += reader.Read([0, last / 2, last], new FrameSize(16, 16), default).Frames;
            }
            catch (VideoException refused)
            {
                Assert.StartsWith($"{file} #{mutation}", refused.Message, StringComparison.Ordinal);
            }
        }

        Assert.True(read > 0, "not one mutation could be read: they break too much to test anything");
        Assert.Equal(before, LibAv.Live());
    }

    /// <summary>Every fourth is cut short, the others have 1 to 64 bytes changed, half of them near the start where the headers are.</summary>
    internal static byte[] Mutate(byte[] original, int mutation)
    {
        var random = new RandomStream(11, "mutation", (ulong)mutation);
        if (mutation % 4 == 0)
            return original[..(int)(original.Length * random.NextDouble(.05, 1))];

        byte[] bytes = [.. original];
        int changes = 1 << random.NextInt(7);
        int reach = mutation % 2 == 0 ? bytes.Length : Math.Min(bytes.Length, 4096);
        for (int i = 0; i < changes; i++)
            bytes[random.NextInt(reach)] = (byte)random.NextInt(256);
        return bytes;
    }
}
