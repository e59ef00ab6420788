using System.Text.Json;

namespace Unreel.Video.Tests;

public sealed class ClipPreparationTests : IDisposable
{
    private static readonly ClipPreparation Preparation = new() { Frames = 4, Stride = 3, Size = 32, ShortSide = 40, Clips = 2, Crops = 3 };
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Defaults()
    {
        var defaults = new ClipPreparation { Frames = 16, Stride = 4, Size = 224 };
        Assert.Equal(("stride", 1, 1, 0, "bilinear", "rgb-bt601-or-709-as-tagged", 1), (defaults.Sampling, defaults.Clips, defaults.Crops, defaults.ShortSide, defaults.Interpolation, defaults.Color, defaults.Views));
    }

    [Fact]
    public void Path_stream_and_source_give_the_same_views()
    {
        string path = TestVideos.Write(_folder.File("a.mp4"), 60);
        using var file = VideoReader.Open(path);
        using var stream = VideoReader.Open(new MemoryStream(File.ReadAllBytes(path)), "upload");
        using IClipSource source = ClipDataset.Open(_folder.Path, []);
        using var held = new HeldSource(file);

        ViewSet expected = Preparation.Read(file, default);
        Assert.Equal(expected.Pixels, Preparation.Read(stream, default).Pixels);
        Assert.Equal(expected.Pixels, Preparation.Read(source, 0, default).Pixels);
        Assert.Equal(expected.Pixels, Preparation.Read(source, 0, default).Pixels);
        Assert.Equal(expected.Pixels, Preparation.Read(held, 0, default).Pixels);
    }

    [SharedDataFact]
    public void A_video_whose_pixels_are_not_square_gives_the_same_views_by_every_way()
    {
        string path = SharedData.File("clips", "demo_arm_wrestling_k400.mp4");
        using var file = VideoReader.Open(path);
        using var stream = VideoReader.Open(File.OpenRead(path), "upload");
        using var held = new HeldSource(file);
        ViewSet expected = Preparation.Read(file, default);
        Assert.Equal(expected.Pixels, Preparation.Read(stream, default).Pixels);
        Assert.Equal(expected.Pixels, Preparation.Read(held, 0, default).Pixels);
    }

    [Fact]
    public void Views_are_clips_by_crops_of_the_resized_frames()
    {
        using var reader = VideoReader.Open(TestVideos.Write(_folder.File("a.mp4"), 60));
        ViewSet views = Preparation.Read(reader, default);
        Assert.Equal((6, 4, 32, 6 * 4 * 32 * 32 * 3), (views.Views, views.Frames, views.Size, views.Pixels.Length));

        // Frames of 128x64 become 80x40; the squares start at columns 0, 24 and 48, at row 4.
        Clip whole = Resizer.Resize(reader.Read(FrameIndices.Test(60, 4, 3, 1, 2), null, default), CropBox.Whole(TestVideos.Size), new FrameSize(80, 40));
        for (int crop = 0; crop < 3; crop++)
            for (int frame = 0; frame < 4; frame++)
                for (int row = 0; row < 32; row++)
                    Assert.Equal(
                        whole.Frame(frame).Slice((((row + 4) * 80) + (crop * 24)) * 3, 96).ToArray(),
                        views.Pixels.AsSpan((((((3 + crop) * 4) + frame) * 32) + row) * 96, 96).ToArray());
    }

    [Theory]
    [InlineData(ClipPreparation.StrideSampling)]
    [InlineData(ClipPreparation.SegmentSampling)]
    public void Short_videos_fill_every_view(string sampling)
    {
        using var reader = VideoReader.Open(TestVideos.Write(_folder.File("a.mp4"), 2));
        ViewSet views = (Preparation with { Sampling = sampling }).Read(reader, default);
        for (int frame = 0; frame < 24; frame++)
            Assert.Contains(views.Pixels.AsSpan(frame * 3072, 3072).ToArray(), static value => value != 0);
    }

    [Fact]
    public void Json_comes_back()
    {
        string json = Preparation.ToJson().ToJsonString();
        Assert.Equal(Preparation, ClipPreparation.FromJson(JsonDocument.Parse(json).RootElement));
        Assert.Equal("""{"frames":4,"stride":3,"size":32,"sampling":"stride","clips":2,"crops":3,"short_side":40,"interpolation":"bilinear","color":"rgb-bt601-or-709-as-tagged"}""", json);
    }

    [Theory]
    [InlineData("""{"frames":4,"stride":3}""", "size")]
    [InlineData("""{"frames":4,"stride":3,"size":32,"zoom":1}""", "zoom")]
    [InlineData("""{"frames":4,"stride":3,"size":32,"size":32}""", "size")]
    [InlineData("""{"frames":"4","stride":3,"size":32}""", "frames")]
    [InlineData("""{"frames":4,"stride":0,"size":32}""", "stride is 0, not 1 to 1024")]
    [InlineData("""{"frames":4,"stride":3,"size":32,"short_side":31}""", "short_side is 31, not 32 to")]
    [InlineData("""{"frames":4,"stride":3,"size":32,"interpolation":"bicubic"}""", "interpolation is \"bicubic\", not \"bilinear\"")]
    [InlineData("""{"frames":4,"stride":3,"size":32,"sampling":null}""", "sampling")]
    [InlineData("""{"frames":1024,"stride":3,"size":4096}""", "1 views of 1024 frames of 4096x4096 are more than")]
    [InlineData("[]", "not valid")]
    [InlineData("null", "null")]
    public void Json_that_is_wrong_names_what_is(string json, string reason) =>
        Assert.Contains(reason, Assert.Throws<VideoException>(() => ClipPreparation.FromJson(JsonDocument.Parse(json).RootElement)).Message, StringComparison.Ordinal);

    /// <summary>A source that knows nothing of files, as one that renders.</summary>
    private sealed class HeldSource(VideoReader reader) : IClipSource
    {
        public IReadOnlyList<ClipItem> Items => [new ClipItem("held", -1)];

        public IReadOnlyList<string> Labels => [];

        public int FrameCount(int index) => reader.Info.FrameCount;

        public Clip Read(int index, ReadOnlySpan<int> frames, FrameSize? size, CancellationToken ct) => reader.Read(frames, size, ct);

        public void Dispose()
        {
        }
    }
}
