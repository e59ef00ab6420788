namespace Unreel.Video.Tests;

public sealed class ClipAugmentationTests : IDisposable
{
    private static readonly AugmentationOptions Options = new() { Frames = 4, Stride = 2, Size = 32, Crop = TrainingCrop.RandomResized, Flip = .5, ColorJitter = .2 };
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Defaults()
    {
        var defaults = new AugmentationOptions { Frames = 16, Stride = 4, Size = 224 };
        Assert.Equal((TrainingCrop.MultiScale, "stride", .08, 1.0, .75, 4.0 / 3, 0.0, 0.0), (defaults.Crop, defaults.Sampling, defaults.MinArea, defaults.MaxArea, defaults.MinAspect, defaults.MaxAspect, defaults.Flip, defaults.ColorJitter));
    }

    [Fact]
    public void The_same_stream_gives_the_same_bytes_and_another_gives_others()
    {
        TestVideos.Write(_folder.File("a.mp4"), 40);
        using IClipSource source = ClipDataset.Open(_folder.Path, []);
        byte[] first = Read(source, Options, 1);
        Assert.Equal(4 * 32 * 32 * 3, first.Length);
        Assert.Equal(first, Read(source, Options, 1));
        Assert.NotEqual(first, Read(source, Options, 2));
    }

    [Fact]
    public void The_stream_goes_on_after_the_clip()
    {
        TestVideos.Write(_folder.File("a.mp4"), 40);
        using IClipSource source = ClipDataset.Open(_folder.Path, []);
        var random = new RandomStream(0, "clip", 1);
        byte[] first = ClipAugmentation.Read(source, 0, Options, ref random, default);
        Assert.NotEqual(first, ClipAugmentation.Read(source, 0, Options, ref random, default));
    }

    [Fact]
    public void A_centre_crop_is_what_serving_sees()
    {
        TestVideos.Write(_folder.File("a.mp4"), 7);
        using IClipSource source = ClipDataset.Open(_folder.Path, []);
        byte[] trained = Read(source, new AugmentationOptions { Frames = 4, Stride = 2, Size = 32, Crop = TrainingCrop.Centre }, 1);
        byte[] served = new ClipPreparation { Frames = 4, Stride = 2, Size = 32 }.Read(source, 0, default).Pixels;
        Assert.Equal(served, trained);
    }

    [Fact]
    public void A_sure_flip_mirrors()
    {
        TestVideos.Write(_folder.File("a.mp4"), 7);
        using IClipSource source = ClipDataset.Open(_folder.Path, []);
        var options = new AugmentationOptions { Frames = 4, Stride = 2, Size = 32, Crop = TrainingCrop.Centre };
        byte[] plain = Read(source, options, 1), mirrored = Read(source, options with { Flip = 1 }, 1);
        for (int frame = 0; frame < 4; frame++)
            ClipAugmentation.Mirror(mirrored.AsSpan(frame * 3072, 3072), new FrameSize(32, 32));
        Assert.Equal(plain, mirrored);
    }

    [Fact]
    public void Multi_scale_crops_have_four_sides_one_step_apart_and_lie_inside()
    {
        var picture = new FrameSize(340, 256);
        int[] sides = [256, 224, 192, 168];
        var found = new HashSet<(double, double)>();
        for (ulong i = 0; i < 2000; i++)
        {
            var random = new RandomStream(0, "crop", i);
            CropBox box = ClipAugmentation.MultiScale(picture, ref random);
            int across = Array.IndexOf(sides, (int)box.Width), down = Array.IndexOf(sides, (int)box.Height);
            Assert.True(across >= 0 && down >= 0 && Math.Abs(across - down) <= 1, box.ToString());
            Assert.True(box.Left >= 0 && box.Top >= 0 && box.Left + box.Width <= 340 && box.Top + box.Height <= 256, box.ToString());
            found.Add((box.Width, box.Height));
        }

        Assert.Equal(10, found.Count);
    }

    [Theory]
    [InlineData(340, 256)]
    [InlineData(16, 900)]
    [InlineData(1, 1)]
    public void Random_resized_crops_lie_inside_with_area_and_ratio_in_range(int width, int height)
    {
        var picture = new FrameSize(width, height);
        for (ulong i = 0; i < 1000; i++)
        {
            var random = new RandomStream(0, "crop", i);
            CropBox box = ClipAugmentation.RandomResized(picture, .08, 1, .75, 4.0 / 3, ref random);
            Assert.True(box.Left >= 0 && box.Top >= 0 && box.Width >= 1 && box.Height >= 1 && box.Left + box.Width <= width && box.Top + box.Height <= height, box.ToString());
            if (width >= 100)
                Assert.InRange(box.Width / box.Height, .72, 1.38);
        }
    }

    private static byte[] Read(IClipSource source, AugmentationOptions options, ulong index)
    {
        var random = new RandomStream(0, "clip", index);
        return ClipAugmentation.Read(source, 0, options, ref random, default);
    }
}
