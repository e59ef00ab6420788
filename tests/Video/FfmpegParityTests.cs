namespace Unreel.Video.Tests;

/// <summary>The frames of the ffmpeg program are the judge of ours.</summary>
public sealed class FfmpegParityTests : IDisposable
{
    private const string Flags = "bilinear+accurate_rnd+full_chroma_int+full_chroma_inp+bitexact";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // Turned frames differ a little: the program turns them before it spreads their colour, we after.
    [FfmpegTheory]
    [InlineData("clips/v_ApplyEyeMakeup_g01_c01.avi", 0)]
    [InlineData("clips/flipping_a_pancake.mkv", 0)]
    [InlineData("clips/intel_asl_yes.mkv", 0)]
    [InlineData("clips/person01_walking_d1_uncomp.avi", 0)]
    [InlineData("clips/demo_spatiotemporal_det.mp4", 0)]
    [InlineData("weizmann/bend/daria_bend.avi", 0)]
    [InlineData("odd/discard_first_keyframe.mp4", 0)]
    [InlineData("odd/bt2020_10bit.mp4", 0)]
    [InlineData("odd/h264_10bits.mp4", 0)]
    [InlineData("odd/testsrc2_444_12bit_hevc.mp4", 0)]
    [InlineData("odd/testsrc2_odd_height_and_width_mpeg2.mp4", 0)]
    [InlineData("odd/testsrc2_vp8.webm", 0)]
    [InlineData("odd/sample_android_slow_motion.mp4", 0)]
    [InlineData("odd/video_colr_nclx_rgb.mp4", 0)]
    [InlineData("odd/unordered.mov", 0)]
    [InlineData("odd/sample.avi", 0)]
    [InlineData("odd/sine_stereo_mp2.mpg", 0)]
    [InlineData("odd/animated.gif", 0)]
    [InlineData("odd/video_90.mov", .25)]
    [InlineData("odd/video_180.mov", .25)]
    [InlineData("odd/video_270.mov", .25)]
    [InlineData("odd/nasa_13013_rotated.mp4", .35)]
    public void Every_frame_is_the_same(string file, double meanDifference)
    {
        using var reader = VideoReader.Open(SharedData.File(file.Split('/')));
        string raw = _folder.File("frames.rgb");
        (int code, string output) = Judges.Run(
            "ffmpeg", "-v", "fatal", "-i", SharedData.File(file.Split('/')), "-vsync", "passthrough", "-an", "-sws_flags", Flags, "-pix_fmt", "rgb24", "-f", "rawvideo", raw);
        Assert.True(code == 0, output);

        using FileStream theirs = File.OpenRead(raw);
        int bytes = reader.Info.Size.Width * reader.Info.Size.Height * 3;
        Assert.Equal((long)reader.Info.FrameCount * bytes, theirs.Length);
        byte[] frame = new byte[bytes];
        reader.Visit([.. Enumerable.Range(0, reader.Info.FrameCount)], (position, rgb) =>
        {
            theirs.ReadExactly(frame);
            long sum = 0;
            for (int i = 0; i < bytes; i++)
                sum += Math.Abs(rgb[i] - frame[i]);
            Assert.True(sum <= meanDifference * bytes, $"frame {position}: mean difference {(double)sum / bytes:F3}");
        }, default);
    }
}

/// <summary>A theory that needs the shared data and the ffmpeg program, and is skipped, saying so, without either.</summary>
public sealed class FfmpegTheoryAttribute : TheoryAttribute
{
    public FfmpegTheoryAttribute() => Skip = SharedData.Missing ?? Judges.WhyNot("ffmpeg", "-version");
}
