namespace Unreel.Video.Tests;

public sealed class RandAugmentTests
{
    [Fact]
    public void Timms_notation_is_read()
    {
        Assert.Equal(new RandAugment { Magnitude = 7, Operations = 4, Deviation = 0.5, Probability = 0.5 }, RandAugment.Parse(RandAugment.VideoMae));
        Assert.Equal(new RandAugment { Magnitude = 9.5, Operations = 2, Probability = 1 }, RandAugment.Parse("rand-inc1-p1-m9.5"));
    }

    [Theory]
    [InlineData("", "begins with \"\"")]
    [InlineData("augmix-m3-inc1", "begins with \"augmix\"")]
    [InlineData("rand-n2-inc1", "m is missing")]
    [InlineData("rand-m7-n4", "inc1")]
    [InlineData("rand-m7-inc0", "inc1")]
    [InlineData("rand-m11-inc1", "m is 11, expected 0 to 10")]
    [InlineData("rand-m7-n0-inc1", "n is 0, expected 1 to 16")]
    [InlineData("rand-m7-n2.5-inc1", "whole number")]
    [InlineData("rand-m7-p2-inc1", "p is 2, expected 0 to 1")]
    [InlineData("rand-m7-m8-inc1", "\"m8\" is given twice")]
    [InlineData("rand-m7-w0-inc1", "\"w0\" is not known")]
    [InlineData("rand-m-7-inc1", "\"m\" is not known")]
    public void What_is_not_that_notation_is_refused(string text, string reason)
    {
        string message = Assert.Throws<VideoException>(() => RandAugment.Parse(text)).Message;

        Assert.Contains($"found \"{text}\"", message, StringComparison.Ordinal);
        Assert.Contains(reason, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Half_of_four_are_applied_and_each_kind_as_often_as_another()
    {
        RandAugment augment = RandAugment.Parse(RandAugment.VideoMae);
        int[] counts = new int[PictureOperation.Kinds];
        double rotations = 0;
        const int Clips = 6000;
        for (ulong clip = 0; clip < Clips; clip++)
        {
            var random = new RandomStream(0, "augment", clip);
            foreach (PictureOperation operation in augment.Draw(ref random))
            {
                counts[(int)operation.Kind]++;
                rotations += operation.Kind == PictureOperationKind.Rotate ? Math.Abs(operation.Amount) : 0;
            }
        }

        Assert.InRange(counts.Sum() / (double)Clips, 1.95, 2.05);
        Assert.All(counts, count => Assert.InRange(count / (double)Clips, 0.115, 0.15));
        Assert.InRange(rotations / counts[(int)PictureOperationKind.Rotate], 20.7, 21.3);
    }

    [Fact]
    public void The_same_box_is_erased_in_every_frame_with_other_noise()
    {
        var size = new FrameSize(40, 30);
        var random = new RandomStream(0, "clip", 1);
        ErasedBox box = ErasedBox.Draw(1, size, ref random)!.Value;
        byte[] one = new byte[40 * 30 * 3], other = new byte[one.Length];

        box.Apply(one, size.Width, 0);
        box.Apply(other, size.Width, 1);

        Assert.NotEqual(one, other);
        for (int i = 0; i < one.Length; i++)
        {
            (int row, int column) = Math.DivRem(i / 3, 40);
            bool inside = row >= box.Top && row < box.Top + box.Height && column >= box.Left && column < box.Left + box.Width;
            Assert.True(inside || (one[i] == 0 && other[i] == 0), $"value {i} lies outside and changed.");
        }
    }

    [Fact]
    public void Noise_has_imagenets_mean_and_deviation()
    {
        byte[] frame = new byte[300 * 300 * 3];
        new ErasedBox(0, 0, 300, 300, 7).Apply(frame, 300, 0);

        double[] means = [.. Enumerable.Range(0, 3).Select(channel => frame.Where((_, i) => i % 3 == channel).Average(value => value))];
        double deviation = Math.Sqrt(frame.Where((_, i) => i % 3 == 0).Average(value => (value - means[0]) * (value - means[0])));

        // Cutting to 0 to 255 takes a little off the tails.
        Assert.Equal(123.7, means[0], 1.0);
        Assert.Equal(116.3, means[1], 1.0);
        Assert.Equal(103.5, means[2], 1.5);
        Assert.Equal(57.3, deviation, 1.0);
    }

    [Fact]
    public void Erased_areas_and_shapes_are_in_range_and_a_quarter_of_clips_has_one()
    {
        var size = new FrameSize(112, 112);
        int erased = 0;
        for (ulong clip = 0; clip < 4000; clip++)
        {
            var random = new RandomStream(0, "erase", clip);
            if (ErasedBox.Draw(0.25, size, ref random) is not { } box)
                continue;

            erased++;
            Assert.InRange(box.Width * box.Height / (112.0 * 112), 0.018, 0.345);
            Assert.InRange((double)box.Height / box.Width, 0.28, 3.6);
            Assert.InRange(box.Left, 0, 112 - box.Width);
            Assert.InRange(box.Top, 0, 112 - box.Height);
        }

        Assert.InRange(erased, 920, 1080);
    }

    [Fact]
    public void All_frames_of_a_clip_are_changed_alike_and_what_was_drawn_before_stays()
    {
        var source = new StillClips();
        var plain = new AugmentationOptions { Frames = 3, Stride = 1, Size = 16, Crop = TrainingCrop.RandomResized, Flip = 0.5, ColorJitter = 0.3 };
        AugmentationOptions strong = plain with { RandAugment = RandAugment.Parse("rand-m9-n4-p1-inc1") };
        int changed = 0;
        for (ulong clip = 0; clip < 20; clip++)
        {
            byte[] before = Read(source, plain, clip), after = Read(source, strong, clip);
            Assert.Equal(after[..768], after[768..1536]);
            Assert.Equal(after[..768], after[1536..]);
            changed += before.AsSpan().SequenceEqual(after) ? 0 : 1;

            // Nothing is drawn where nothing is asked for: earlier results stay.
            Assert.Equal(before, Read(source, strong with { RandAugment = strong.RandAugment! with { Probability = 0 } }, clip));
        }

        Assert.InRange(changed, 18, 20);
    }

    private static byte[] Read(IClipSource source, AugmentationOptions options, ulong clip)
    {
        var random = new RandomStream(0, "clip", clip);
        return ClipAugmentation.Read(source, 0, options, ref random, default);
    }

    /// <summary>One video whose frames are all the same noise.</summary>
    private sealed class StillClips : IClipSource
    {
        public IReadOnlyList<ClipItem> Items { get; } = [new ClipItem("still", -1)];

        public IReadOnlyList<string> Labels => [];

        public int FrameCount(int index) => 9;

        public Clip Read(int index, ReadOnlySpan<int> frames, FrameSize? size, CancellationToken ct)
        {
            var clip = new Clip(frames.Length, new FrameSize(30, 20));
            for (int frame = 0; frame < frames.Length; frame++)
            {
                var random = new RandomStream(1, "still", 0);
                Span<byte> pixels = clip.Frame(frame);
                for (int i = 0; i < pixels.Length; i++)
                    pixels[i] = (byte)random.NextInt(256);
            }

            return clip;
        }

        public void Dispose()
        {
        }
    }
}
