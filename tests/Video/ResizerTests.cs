namespace Unreel.Video.Tests;

public class ResizerTests
{
    [Theory]
    [InlineData(64, 48, 32, 24)]
    [InlineData(61, 47, 20, 31)]
    [InlineData(20, 31, 61, 47)]
    [InlineData(7, 5, 7, 50)]
    [InlineData(320, 240, 8, 6)]
    [InlineData(1, 1, 5, 4)]
    [InlineData(5, 4, 1, 1)]
    [InlineData(300, 2, 11, 2)]
    public void Follows_the_definition(int width, int height, int toWidth, int toHeight)
    {
        var from = new FrameSize(width, height);
        Same(from, CropBox.Whole(from), new FrameSize(toWidth, toHeight));
    }

    [Theory]
    [InlineData(0, 0, 40, 30)]
    [InlineData(3.25, 7.5, 30.5, 20.125)]
    [InlineData(30, 10, 1, 1)]
    public void Follows_the_definition_inside_a_box(double left, double top, double width, double height) =>
        Same(new FrameSize(40, 30), new CropBox(left, top, width, height), new FrameSize(16, 16));

    [Fact]
    public void The_same_size_is_a_copy()
    {
        var size = new FrameSize(37, 23);
        byte[] source = Noise(size);
        byte[] target = new byte[source.Length];
        Resizer.Resize(source, size, CropBox.Whole(size), target, size);
        Assert.Equal(source, target);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(128)]
    [InlineData(255)]
    public void A_flat_picture_stays_flat(byte value)
    {
        byte[] source = new byte[61 * 47 * 3], target = new byte[224 * 29 * 3];
        Array.Fill(source, value);
        Resizer.Resize(source, new FrameSize(61, 47), new CropBox(.3, .4, 60, 46), target, new FrameSize(224, 29));
        Assert.All(target, pixel => Assert.Equal(value, pixel));
    }

    [Fact]
    public void Cropping_first_is_cropping_after()
    {
        var size = new FrameSize(90, 60);
        byte[] source = Noise(size);
        byte[] whole = new byte[48 * 32 * 3], square = new byte[32 * 32 * 3];
        Resizer.Resize(source, size, CropBox.Whole(size), whole, new FrameSize(48, 32));
        Resizer.Resize(source, size, CropBox.Square(size, 32, 32, 1, 3), square, new FrameSize(32, 32));
        for (int row = 0; row < 32; row++)
            Assert.Equal(whole.AsSpan(((row * 48) + 8) * 3, 96).ToArray(), square.AsSpan(row * 96, 96).ToArray());
    }

    [Theory]
    [InlineData(-1, 0, 10, 10)]
    [InlineData(0, 0, 11, 10)]
    [InlineData(0, 0, 0, 10)]
    [InlineData(0, 0, double.NaN, 10)]
    public void A_box_outside_the_picture_is_refused(double left, double top, double width, double height) =>
        Assert.Throws<ArgumentException>(() => Resizer.Resize(new byte[300], new FrameSize(10, 10), new CropBox(left, top, width, height), new byte[12], new FrameSize(2, 2)));

    [Fact]
    public void Spans_of_the_wrong_length_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Resizer.Resize(new byte[299], new FrameSize(10, 10), CropBox.Whole(new FrameSize(10, 10)), new byte[12], new FrameSize(2, 2)));
        Assert.Throws<ArgumentException>(() => Resizer.Resize(new byte[300], new FrameSize(10, 10), CropBox.Whole(new FrameSize(10, 10)), new byte[13], new FrameSize(2, 2)));
    }

    private static void Same(FrameSize from, CropBox box, FrameSize to)
    {
        byte[] source = Noise(from);
        byte[] target = new byte[to.Width * to.Height * 3];
        Resizer.Resize(source, from, box, target, to);
        double worst = 0;
        for (int row = 0; row < to.Height; row++)
            for (int column = 0; column < to.Width; column++)
                for (int channel = 0; channel < 3; channel++)
                    worst = Math.Max(worst, Math.Abs(Exact(source, from, box, to, row, column, channel) - target[(((row * to.Width) + column) * 3) + channel]));
        // Half a step of the last rounding, and a little for weights of 15 bits.
        Assert.True(worst < .56, $"off by {worst}");
    }

    private static double Exact(byte[] source, FrameSize from, CropBox box, FrameSize to, int row, int column, int channel)
    {
        double sum = 0, weights = 0;
        for (int y = 0; y < from.Height; y++)
        {
            double down = Weight(y, box.Top, box.Height / to.Height, row);
            for (int x = 0; x < from.Width && down > 0; x++)
            {
                double weight = down * Weight(x, box.Left, box.Width / to.Width, column);
                sum += weight * source[(((y * from.Width) + x) * 3) + channel];
                weights += weight;
            }
        }

        return sum / weights;
    }

    private static double Weight(int pixel, double start, double scale, int target) =>
        Math.Max(1 - (Math.Abs(pixel + .5 - (start + ((target + .5) * scale))) / Math.Max(scale, 1)), 0);

    private static byte[] Noise(FrameSize size)
    {
        var random = new RandomStream(3, "noise", (ulong)size.Width);
        byte[] pixels = new byte[size.Width * size.Height * 3];
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)random.NextInt(256);
        return pixels;
    }
}
