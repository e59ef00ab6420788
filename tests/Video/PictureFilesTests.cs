namespace Unreel.Video.Tests;

public sealed class PictureFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Reads_back_what_was_written()
    {
        byte[] pixels = [.. Enumerable.Range(0, 5 * 3 * 3).Select(i => (byte)(i * 5))];
        Png.Write(_folder.File("a.png"), pixels, new FrameSize(5, 3));
        Clip read = PictureFiles.Read(_folder.File("a.png"), null, default);
        Assert.Equal((1, new FrameSize(5, 3)), (read.Frames, read.Size));
        Assert.Equal(pixels, read.Pixels);
        Assert.Equal(new FrameSize(16, 16), PictureFiles.Read(_folder.File("a.png"), new FrameSize(16, 16), default).Size);
    }

    [SharedDataFact]
    public void Reads_photographs() =>
        Assert.Equal(new FrameSize(768, 512), PictureFiles.Read(SharedData.File("images", "01.png"), null, default).Size);

    [Theory]
    [InlineData("text.png", "no picture at all", "is not")]
    [InlineData("empty.png", "", "is empty")]
    public void Refuses_what_is_no_picture(string name, string content, string message)
    {
        File.WriteAllText(_folder.File(name), content);
        VideoException error = Assert.Throws<VideoException>(() => PictureFiles.Read(_folder.File(name), null, default));
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_a_picture_cut_short()
    {
        Png.Write(_folder.File("a.png"), new byte[64 * 64 * 3], new FrameSize(64, 64));
        File.WriteAllBytes(_folder.File("b.png"), File.ReadAllBytes(_folder.File("a.png"))[..60]);
        Assert.Contains("b.png", Assert.Throws<VideoException>(() => PictureFiles.Read(_folder.File("b.png"), null, default)).Message, StringComparison.Ordinal);
    }

    [ProgramTheory("ffmpeg", "-version")]
    [InlineData("jpg")]
    [InlineData("webp")]
    [InlineData("bmp")]
    [InlineData("tif")]
    public void Reads_other_formats_and_refuses_halves_of_them(string extension)
    {
        byte[] pixels = new byte[96 * 64 * 3];
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)(((i / 3 % 96) * 2) + (i * 31 % 17));
        Png.Write(_folder.File("a.png"), pixels, new FrameSize(96, 64));
        string path = _folder.File($"a.{extension}"), half = _folder.File($"half.{extension}");
        Judges.Run("ffmpeg", "-v", "error", "-i", _folder.File("a.png"), path);
        byte[] read = PictureFiles.Read(path, null, default).Pixels;
        Assert.InRange(read.Zip(pixels, (a, b) => Math.Abs(a - b)).Average(), 0, 12);
        File.WriteAllBytes(half, File.ReadAllBytes(path)[..((int)new FileInfo(path).Length / 2)]);
        Assert.Contains("half.", Assert.Throws<VideoException>(() => PictureFiles.Read(half, null, default)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_picture_is_no_video()
    {
        Png.Write(_folder.File("a.png"), new byte[3], new FrameSize(1, 1));
        Assert.Throws<VideoException>(() => VideoReader.Open(_folder.File("a.png")));
        Assert.False(VideoFiles.IsVideo("a.png"));
    }

    [Fact]
    public void Finds_pictures_in_order_and_says_when_there_are_none()
    {
        Directory.CreateDirectory(_folder.File("sub"));
        foreach (string name in new[] { "b.JPG", "a.png", "sub/c.webp", "d.txt" })
            File.WriteAllText(_folder.File(name), string.Empty);

        Assert.Equal(["a.png", "b.JPG", "c.webp"], PictureFiles.Find(_folder.Path).Select(Path.GetFileName));
        Directory.CreateDirectory(_folder.File("none"));
        Assert.Contains("holds no pictures", Assert.Throws<VideoException>(() => PictureFiles.Find(_folder.File("none"))).Message, StringComparison.Ordinal);
        Assert.Throws<VideoException>(() => PictureFiles.Find(_folder.File("nowhere")));
    }
}
