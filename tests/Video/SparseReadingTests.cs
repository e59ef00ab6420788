namespace Unreel.Video.Tests;

public class SparseReadingTests
{
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
        string path = SharedData.File(file.Split('/'));
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
