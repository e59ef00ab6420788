namespace Unreel.Video.Tests;

public sealed class SparseReadingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SharedDataTheory]
    [InlineData("weizmann/walk/lena_walk.avi")]
    [InlineData("clips/v_ApplyEyeMakeup_g01_c01.avi")]
    [InlineData("clips/v_BaseballPitch_g01_c01.avi")]
    [InlineData("clips/flipping_a_pancake.mkv")]
    [InlineData("clips/demo_arm_wrestling_k400.mp4")]
    [InlineData("clips/test.mp4")]
    [InlineData("odd/sample.avi")]
    [InlineData("odd/h265_10bits.mp4")]
    [InlineData("odd/bear-vp9-odd-dimensions.webm")]
    [InlineData("odd/av1_video.mkv")]
    [InlineData("odd/sine_stereo_mp2.mpg")]
    [InlineData("odd/discard_first_keyframe.mp4")]
    [InlineData("odd/testsrc2_odd_height_and_width_mpeg2.mp4")]
    [InlineData("odd/animated.gif")]
    public void Frames_taken_here_and_there_are_those_of_reading_through(string file)
    {
        Compare(SharedData.File(file.Split('/')));
    }

    /// <summary>In HEVC the first picture after a keyframe is one that says nothing refers to it, and means nothing of its own layer; the second, of a higher one, refers to it.</summary>
    [ProgramTheory("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=64x64:d=0.1", "-c:v", "libx265", "-f", "null", "-")]
    [InlineData("layers.mp4")]
    [InlineData("layers.mkv")]
    [InlineData("layers.ts")]
    public void Pictures_that_higher_layers_refer_to_are_not_skipped(string file)
    {
        string raw = _folder.File("raw.hevc"), path = _folder.File(file);
        (int code, string said) = Judges.Run(
            "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=160x96:r=25:d=1.2", "-c:v", "libx265", "-x265-params", "keyint=3:min-keyint=3:scenecut=0:bframes=0:ref=1:log-level=error:pools=1", raw);
        Assert.True(code == 0, said);
        byte[] bytes = File.ReadAllBytes(raw);
        Assert.Equal((10, 10), PutIntoLayers(bytes));
        File.WriteAllBytes(raw, bytes);
        (code, said) = Judges.Run("ffmpeg", "-v", "error", "-r", "25", "-i", raw, "-c", "copy", path);
        Assert.True(code == 0, said);

        Compare(path);
    }

    // Of the pictures between keyframes, the first of two is marked as not referred to, the second as one of the layer above. Returns how many of each there were.
    private static (int Lower, int Higher) PutIntoLayers(byte[] stream)
    {
        const int key = 16, keyEnd = 21, lastSlice = 31;
        int after = 0, lower = 0, higher = 0;
        for (int i = 0; i + 4 < stream.Length; i++)
        {
            int type = stream[i + 3] >> 1 & 63;
            if (stream[i] != 0 || stream[i + 1] != 0 || stream[i + 2] != 1 || type > lastSlice)
                continue;

            after = type is >= key and <= keyEnd ? 0 : after + 1;
            if (after == 0)
                continue;
            stream[i + 3] = 0;
            stream[i + 4] = (byte)after;
            (lower, higher) = after == 1 ? (lower + 1, higher) : (lower, higher + 1);
        }

        return (lower, higher);
    }

    private static void Compare(string path)
    {
        using var through = VideoReader.Open(path);
        using var sparse = VideoReader.Open(path);
        int count = Math.Min(through.Info.FrameCount, 160);
        var small = new FrameSize(48, 32);
        Clip all = through.Read([.. Enumerable.Range(0, count)], small, default);
        int[][] choices = [.. new[] { 2, 4, 7, 31 }.Select(stride => Enumerable.Range(0, count).Where(frame => frame % stride == stride - 1).ToArray()), [count - 1, 0, count / 2, count / 3]];
        foreach (int[] frames in choices.Where(static frames => frames.Length > 0))
        {
            Clip some = sparse.Read(frames, small, default);
            for (int i = 0; i < frames.Length; i++)
                Assert.True(all.Frame(frames[i]).SequenceEqual(some.Frame(i)), $"frame {frames[i]} of [{string.Join(' ', frames)}] differs");
        }
    }
}
