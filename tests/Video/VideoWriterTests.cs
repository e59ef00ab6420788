namespace Unreel.Video.Tests;

public sealed class VideoWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_written_is_read()
    {
        string path = TestVideos.Write(_folder.File("a.mp4"), 40);
        using var reader = VideoReader.Open(path);

        Assert.Equal((TestVideos.Size, 40, "h264", "yuv420p", 0), (reader.Info.Size, reader.Info.FrameCount, reader.Info.Codec, reader.Info.PixelFormat, reader.Info.Rotation));
        Assert.Equal(25, reader.Info.FrameRate, 1e-6);
        Assert.Equal(1.6, reader.Info.Duration.TotalSeconds, 1e-3);
        Clip clip = reader.Read([.. Enumerable.Range(0, 40)], null, default);
        for (int frame = 0; frame < 40; frame++)
            Assert.True(Psnr(TestVideos.Frame(frame), clip.Frame(frame)) > 32, $"frame {frame}: {Psnr(TestVideos.Frame(frame), clip.Frame(frame)):F1} dB");
    }

    [Fact]
    public void Equal_frames_give_equal_bytes()
    {
        string a = TestVideos.Write(_folder.File("a.mp4"), 30);
        string b = TestVideos.Write(_folder.File("b.mp4"), 30);
        Assert.Equal(File.ReadAllBytes(a), File.ReadAllBytes(b));
    }

    [Fact]
    public void The_index_lies_before_the_frames()
    {
        byte[] bytes = File.ReadAllBytes(TestVideos.Write(_folder.File("a.mp4"), 5));
        Assert.InRange(bytes.AsSpan().IndexOf("moov"u8), 1, bytes.AsSpan().IndexOf("mdat"u8));
    }

    [Fact]
    public void Nothing_is_left_of_a_video_that_is_not_finished()
    {
        using (var writer = new VideoWriter(_folder.File("a.mp4"), TestVideos.Size, 25))
            writer.Write(TestVideos.Frame(0));
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Theory]
    [InlineData(33, 32)]
    [InlineData(32, 33)]
    [InlineData(8, 32)]
    [InlineData(0, 0)]
    [InlineData(32768, 32)]
    public void Sizes_that_cannot_be_encoded_are_refused_by_name(int width, int height)
    {
        var error = Assert.Throws<VideoException>(() => new VideoWriter(_folder.File("a.mp4"), new FrameSize(width, height), 25));
        Assert.Contains($"{width}x{height}", error.Message, StringComparison.Ordinal);
        Assert.Contains("even", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(1e9)]
    public void Rates_that_cannot_be_written_are_refused(double rate) =>
        Assert.Throws<VideoException>(() => new VideoWriter(_folder.File("a.mp4"), TestVideos.Size, rate));

    [Fact]
    public void A_folder_that_is_not_there_is_named()
    {
        var error = Assert.Throws<VideoException>(() => new VideoWriter(_folder.File("none", "a.mp4"), TestVideos.Size, 25));
        Assert.Contains("No such file", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_preset_that_is_not_known_is_an_error() =>
        Assert.Throws<VideoException>(() => new VideoWriter(_folder.File("a.mp4"), TestVideos.Size, 25, new VideoWriterOptions { Preset = "quick" }));

    [Fact]
    public void A_frame_of_another_size_is_refused()
    {
        using var writer = new VideoWriter(_folder.File("a.mp4"), TestVideos.Size, 25);
        Assert.Throws<ArgumentException>(() => writer.Write(new byte[3]));
    }

    private static double Psnr(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        return 10 * Math.Log10(255 * 255 / (sum / a.Length));
    }
}
