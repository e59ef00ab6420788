using Unreel.Video.Native;

namespace Unreel.Video.Tests;

/// <summary>Odd and broken files that other projects test themselves with.</summary>
public class OddFilesTests
{
    /// <summary>A file is done in well under 2 s on an idle machine; the guard only tells a hang from a busy machine.</summary>
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(20);

    /// <summary>Files that cannot be read, and what the message must say of them.</summary>
    private static readonly Dictionary<string, string> Refused = new()
    {
        ["bipbop_nonfragment_header.mp4"] = "without any frame",
        ["chunk_out_of_range.mp4"] = "not a video, or a damaged one",
        ["invalid-bitstream.webm"] = "no frame that can be decoded",
        ["invalid_userdata.mp4"] = "without any frame",
        ["lfs_pointer_MADE_HERE.mp4"] = "Git LFS pointer",
        ["long_edit_list_audioonly.mp4"] = "no video stream",
        ["nasa_13013.mp4.audio.mp3"] = "not in one of the containers",
        ["no_timescale.mp4"] = "damaged from its first frame on",
        ["sample_ac3.mp4"] = "no video stream",
        ["sample_malformed_free_box.mp4"] = "moov atom not found",
        ["sample_vvc.mp4"] = "vvc1",
        ["short-cenc.mp4"] = "encrypted",
        ["test_case_1185230.mp4"] = "no frame that can be decoded",
        ["zero_empty_stsc.mp4"] = "no frame that can be decoded",
        ["zero_length_MADE_HERE.mp4"] = "is empty",
    };

    public static TheoryData<string> Files()
    {
        var files = new TheoryData<string>();
        foreach (string file in SharedData.Root is null ? ["absent"] : Directory.GetFiles(SharedData.File("odd")))
            files.Add(Path.GetFileName(file));
        return files;
    }

    [SharedDataTheory]
    [MemberData(nameof(Files))]
    public async Task Either_gives_frames_or_says_why_not(string file)
    {
        long before = NativeObjects.LeftOver();
        Task<string> task = Task.Run(() => Look(SharedData.File("odd", file)));
        Assert.True(await Task.WhenAny(task, Task.Delay(Guard)) == task, $"{file} is not done after {Guard.TotalSeconds} s");
        string found = await task;
        if (Refused.TryGetValue(file, out string? reason))
            Assert.Contains(reason, found, StringComparison.Ordinal);
        else
            Assert.StartsWith("frames", found, StringComparison.Ordinal);
        Assert.Equal(before, LibAv.Live());
    }

    [SharedDataTheory]
    [InlineData("video_0.mov", 568, 320, 0)]
    [InlineData("video_90.mov", 320, 568, 90)]
    [InlineData("video_180.mov", 568, 320, 180)]
    [InlineData("video_270.mov", 320, 568, 270)]
    [InlineData("nasa_13013_rotated.mp4", 270, 480, 270)]
    [InlineData("h264_white_frame_sar_16_9.mp4", 1138, 480, 0)]
    [InlineData("testsrc2_odd_height_and_width_444.mp4", 321, 241, 0)]
    public void Turns_frames_upright_and_makes_pixels_square(string file, int width, int height, int rotation)
    {
        using var reader = VideoReader.Open(SharedData.File("odd", file));
        Assert.Equal((new FrameSize(width, height), rotation), (reader.Info.Size, reader.Info.Rotation));
    }

    [SharedDataTheory]
    [InlineData("discard_first_keyframe.mp4", 25)]
    [InlineData("sample_edit_list.mp4", 77)]
    [InlineData("sample.avi", 96)]
    [InlineData("sample_fragmented.mp4", 30)]
    [InlineData("sample_android_slow_motion.mp4", 7)]
    [InlineData("animated.gif", 4)]
    [InlineData("sine_stereo_mp2.mpg", 100)]
    public void Counts_the_frames_that_are_shown(string file, int frames)
    {
        using var reader = VideoReader.Open(SharedData.File("odd", file));
        Assert.Equal(frames, reader.Info.FrameCount);
    }

    [SharedDataFact]
    public void A_frame_that_is_damaged_is_named()
    {
        using var reader = VideoReader.Open(SharedData.File("odd", "corrupted.mp4"));
        var error = Assert.Throws<VideoException>(() => reader.Read([30], null, default));
        Assert.Contains("corrupted.mp4, frame 30: is damaged", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, reader.Read([29], null, default).Frames);
    }

    private static string Look(string path)
    {
        try
        {
            using var reader = VideoReader.Open(path);
            int last = Math.Min(reader.Info.FrameCount - 1, 24);
            Clip clip = reader.Read([0, last / 2, last], new FrameSize(64, 64), default);
            return $"frames {clip.Frames} of {reader.Info}";
        }
        catch (VideoException refused)
        {
            Assert.StartsWith(path, refused.Message, StringComparison.Ordinal);
            return refused.Message;
        }
    }
}
