using System.Numerics;
using Unreel.Video.Native;

namespace Unreel.Video.Tests;

/// <summary>Motion vectors of videos whose motion is known, read out of what encoders made of it.</summary>
public sealed class MotionVectorTests : IDisposable
{
    private const int Width = 208, Height = 160, Frames = 40;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<float, float, int> Pans => new() { { 3, 0, 12 }, { 0, -2, 12 }, { -1.5f, 2.5f, 12 }, { 4, 4, 250 } };

    [Theory]
    [MemberData(nameof(Pans))]
    public void Our_own_videos_tell_how_they_pan(float across, float down, int gop)
    {
        var way = new Vector2(across, down);
        Write("a.mp4", way, gop);

        AssertPans(way);
    }

    // One encoder of each family that has vectors, with and without frames that refer to later ones.
    [ProgramTheory("ffmpeg", "-version")]
    [InlineData("libx264 -bf 3 -b_strategy 0", "mp4")]
    [InlineData("libx264 -bf 3 -b_strategy 0 -x264-params b-pyramid=none", "mkv")]
    [InlineData("libx264 -bf 0 -refs 1", "mp4")]
    [InlineData("mpeg4 -bf 0", "avi")]
    [InlineData("mpeg4 -bf 2", "mp4")]
    [InlineData("mpeg4 -flags +qpel", "mp4")]
    [InlineData("mpeg2video -bf 2", "mpg")]
    [InlineData("mpeg1video", "mpg")]
    [InlineData("h263p", "avi")]
    [InlineData("flv1", "flv")]
    [InlineData("wmv2", "avi")]
    public void Encoders_agree_on_a_pan(string encoder, string container)
    {
        var way = new Vector2(3, -2);
        Encode(way, encoder, $"a.{container}");

        AssertPans(way);
    }

    // The field lies over what the clip shows: lengths follow the resize, and a mirror turns left into right.
    [Theory]
    [InlineData(TrainingCrop.Centre, 112, 0)]
    [InlineData(TrainingCrop.Centre, 112, 1)]
    [InlineData(TrainingCrop.MultiScale, 96, 1)]
    [InlineData(TrainingCrop.RandomResized, 96, 0)]
    public void A_field_follows_crop_and_mirror(TrainingCrop crop, int size, double flip)
    {
        var way = new Vector2(3, -2);
        Write("a.mp4", way, 12);
        using IClipSource source = ClipDataset.Open(_folder.Path, []);
        var options = new AugmentationOptions { Frames = 4, Stride = 2, Size = size, Crop = crop, Flip = flip, MinArea = .5 };
        for (ulong sample = 0; sample < 8; sample++)
        {
            RandomStream random = new(1, "test", sample), again = random;
            AugmentedClip clip = ClipAugmentation.Read(source, 0, options, new MotionRequest(MotionKind.Vectors, size / 8), ref random, default);
            Vector2 vectors = Median(clip.Motion!, 3);

            // What the pixels of the clip tell, over the two frames of the stride.
            Vector2 seen = Median(OpticalFlow.Estimate(clip.Pixels, 4, size, size / 8), 3) / -options.Stride;

            Assert.True(Vector2.Distance(seen, vectors) < .3, $"sample {sample}: {vectors} where {seen} is seen");
            Assert.Equal(flip == 1, vectors.X < 0);
            Assert.Equal(clip.Pixels, ClipAugmentation.Read(source, 0, options, ref again, default));
            Assert.Equal(random.NextUInt64(), again.NextUInt64());
        }
    }

    // Frames are stored lying down, or with pixels that are not square; vectors are told of frames as they are shown.
    [ProgramTheory("ffmpeg", "-version")]
    [InlineData("-c copy -metadata:s:v rotate=90", "mp4")]
    [InlineData("-c copy -metadata:s:v rotate=180", "mp4")]
    [InlineData("-c copy -metadata:s:v rotate=270", "mov")]
    [InlineData("-c copy -aspect 3:1", "mkv")]
    [InlineData("-vf crop=200:152:3:5 -c:v libx264 -crf 18", "mp4")]
    public void Vectors_are_turned_and_stretched_as_frames_are(string change, string container)
    {
        Directory.CreateDirectory(_folder.File("made"));
        Encode(new Vector2(3, -1), "libx264", "plain.mp4");
        (int code, string output) = Judges.Run("ffmpeg", ["-v", "error", "-i", _folder.File("plain.mp4"), .. change.Split(' '), _folder.File("made", $"a.{container}")]);
        Assert.True(code == 0, output);
        using IClipSource source = ClipDataset.Open(_folder.File("made"), []);
        var random = new RandomStream(1, "test", 0);

        AugmentedClip clip = ClipAugmentation.Read(source, 0, new AugmentationOptions { Frames = 4, Stride = 2, Size = 144, Crop = TrainingCrop.Centre }, new MotionRequest(MotionKind.Vectors, 18), ref random, default);
        Vector2 vectors = Median(clip.Motion!, 3), seen = Median(OpticalFlow.Estimate(clip.Pixels, 4, 144, 18), 3) / -2;

        Assert.True(seen.Length() > 2, $"{seen}");
        Assert.True(Vector2.Distance(seen, vectors) < .3, $"{vectors} where {seen} is seen");
    }

    // The damage may hit the vectors themselves, or make the decoder conceal what it lost.
    [SharedDataTheory]
    [InlineData("clips", "v_BaseballPitch_g01_c01.avi")]
    [InlineData("odd", "sample.mp4")]
    [InlineData("odd", "sample.flv")]
    [InlineData("odd", "sine_stereo_mp2.mpg")]
    [InlineData("odd", "discard_first_keyframe.mp4")]
    [InlineData("odd", "video_90.mov")]
    [InlineData("odd", "testsrc2_mpeg4.avi")]
    public void A_mutated_clip_gives_vectors_or_a_reason(string folder, string file)
    {
        byte[] original = File.ReadAllBytes(SharedData.File(folder, file));
        var geometry = new LookGeometry(new CropBox(0, 0, 64, 64), 64, Mirrored: false);
        int read = 0;
        long before = NativeObjects.LeftOver();
        for (int mutation = 0; mutation < HostileFilesTests.Mutations; mutation++)
        {
            using var stream = new MemoryStream(HostileFilesTests.Mutate(original, mutation));
            try
            {
                using var reader = VideoReader.Open(stream, $"{file} #{mutation}", NativeLimits.From(HostileFilesTests.Limits, motion: true));
                int last = Math.Min(reader.Info.FrameCount - 1, 11);
                var ways = new Vector2[64];
                reader.Visit([0, last / 2, last], (_, _, _, vectors) =>
                {
                    vectors?.Lay(geometry, ways, 8);
                    Assert.All(ways, way => Assert.True(float.IsFinite(way.X) && float.IsFinite(way.Y)));
                    read++;
                }, default);
            }
            catch (VideoException refused)
            {
                Assert.StartsWith($"{file} #{mutation}", refused.Message, StringComparison.Ordinal);
            }
        }

        Assert.True(read > 0, "not one mutation could be read: they break too much to test anything");
        Assert.Equal(before, LibAv.Live());
    }

    [ProgramTheory("ffmpeg", "-version")]
    [InlineData("mjpeg", "avi", "mjpeg")]
    [InlineData("libvpx-vp9 -deadline realtime -cpu-used 8", "webm", "vp9")]
    [InlineData("libx264 -g 1", "mp4", "h264")]
    public void A_codec_without_vectors_is_refused_by_name(string encoder, string container, string codec)
    {
        Encode(Vector2.One, encoder, $"bad.{container}");
        using IClipSource source = ClipDataset.Open(_folder.Path, []);
        var options = new AugmentationOptions { Frames = 4, Stride = 2, Size = 64 };
        var random = new RandomStream(1, "a", 0);

        string told = Assert.Throws<VideoException>(() => ClipMotions.Require(source, new MotionRequest(MotionKind.Vectors, 8), null, default)).Message;
        string found = Assert.Throws<VideoException>(() => ClipAugmentation.Read(source, 0, options, new MotionRequest(MotionKind.Vectors, 8), ref random, default)).Message;

        Assert.Contains($"'bad.{container}' has no motion vectors: its codec {codec}", told, StringComparison.Ordinal);
        Assert.Contains("'motion-flow'", told, StringComparison.Ordinal);
        Assert.Contains($"'bad.{container}' has no motion vectors", found, StringComparison.Ordinal);
    }

    // The middle of the picture, where nothing comes in; every third frame, then neighbours.
    private void AssertPans(Vector2 way)
    {
        long before = NativeObjects.LeftOver();
        using (IClipSource source = ClipDataset.Open(_folder.Path, []))
        {
            foreach (int stride in (int[])[3, 1])
            {
                MotionField field = Read(source, new AugmentationOptions { Frames = 12, Stride = stride, Size = Height, Crop = TrainingCrop.Centre });
                for (int frame = 0; frame < field.Frames; frame++)
                {
                    Vector2 median = Median(field, frame);
                    Assert.True(Vector2.Distance(way, median) < .3, $"{median} in frame {frame} at stride {stride}");
                }
            }
        }

        Assert.Equal(before, LibAv.Live());
    }

    private static MotionField Read(IClipSource source, AugmentationOptions options)
    {
        var random = new RandomStream(1, "test", 0);
        return ClipAugmentation.Read(source, 0, options, new MotionRequest(MotionKind.Vectors, options.Size / 8), ref random, default).Motion!;
    }

    private static Vector2 Median(MotionField field, int frame)
    {
        int margin = field.Side / 5;
        Vector2[] ways = [.. field.Frame(frame).ToArray().Where((_, cell) => Math.Min(cell / field.Side, cell % field.Side) >= margin && Math.Max(cell / field.Side, cell % field.Side) < field.Side - margin)];
        return new Vector2(ways.Select(way => way.X).Order().ElementAt(ways.Length / 2), ways.Select(way => way.Y).Order().ElementAt(ways.Length / 2));
    }

    private void Write(string file, Vector2 way, int gop)
    {
        var size = new FrameSize(Width, Height);
        byte[] pixels = MovingPictures.Pan(Frames, Width, Height, way);
        using var writer = new VideoWriter(_folder.File(file), size, 25, new VideoWriterOptions { Gop = gop });
        for (int frame = 0; frame < Frames; frame++)
            writer.Write(pixels.AsSpan(frame * Width * Height * 3, Width * Height * 3));
        writer.Finish();
    }

    private void Encode(Vector2 way, string encoder, string file)
    {
        string raw = _folder.File("frames.rgb");
        File.WriteAllBytes(raw, MovingPictures.Pan(Frames, Width, Height, way));
        string[] arguments = ["-v", "error", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", $"{Width}x{Height}", "-r", "25", "-i", raw, "-pix_fmt", encoder.StartsWith("mjpeg", StringComparison.Ordinal) ? "yuvj420p" : "yuv420p", "-b:v", "3M", "-c:v", .. encoder.Split(' '), _folder.File(file)];
        (int code, string output) = Judges.Run("ffmpeg", arguments);
        File.Delete(raw);
        Assert.True(code == 0, output);
    }
}
