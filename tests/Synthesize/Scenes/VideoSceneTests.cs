using Unreel.Synthesize.Scenes;

namespace Unreel.Synthesize.Tests.Scenes;

/// <summary>What is drawn against the figures measured on the released generator.</summary>
public sealed class VideoSceneTests
{
    private const int Videos = 400;

    [Fact]
    public void Radii_have_the_measured_percentiles()
    {
        double[] radii = [.. Objects("moving-circles").Select(item => item.Figure.Radius).Order()];
        Assert.InRange(radii.Average(), 42.5, 43.5);
        Assert.Equal(25, radii[0]);
        Assert.Equal(25, Percentile(radii, 0.10));
        Assert.Equal(34, Percentile(radii, 0.50));
        Assert.InRange(Percentile(radii, 0.90), 70, 72);
        Assert.InRange(Percentile(radii, 0.99), 149, 153);
        Assert.InRange(radii[^1], 235, 254);
    }

    [Fact]
    public void Centres_are_whole_pixels_and_three_quarters_start_off_canvas()
    {
        MovingObject[] all = Objects("moving-circles");
        Assert.All(all, item => Assert.True(item.X is >= 0 and < 512 && item.Y is >= 0 and < 512 && item.X == Math.Floor(item.X) && item.Y == Math.Floor(item.Y)));
        Assert.InRange(all.Average(item => item.X < 256 && item.Y < 256 ? 0.0 : 1.0), 0.745, 0.755);
    }

    [Fact]
    public void Speeds_directions_and_accelerations_are_uniform_over_their_ranges()
    {
        MovingObject[] all = Objects("accelerating-and-transforming-shapes");
        AssertUniform(all.Select(item => item.Speed), 1.2, 3.0);
        AssertUniform(all.Select(item => item.Acceleration), -0.03, 0.03);
        AssertUniform(all.Select(item => Math.Atan2(item.DirectionY, item.DirectionX)), -Math.PI, Math.PI);
        Assert.All(all, item => Assert.Equal(1, (item.DirectionX * item.DirectionX) + (item.DirectionY * item.DirectionY), 1e-12));
    }

    [Fact]
    public void Transforms_are_uniform_over_their_ranges_and_circles_do_not_shear()
    {
        MovingObject[] all = Objects("accelerating-and-transforming-shapes");
        MovingObject[] polygons = [.. all.Where(item => item.Figure.Corners > 0)], circles = [.. all.Where(item => item.Figure.Corners == 0)];
        AssertUniform(all.Select(item => item.Rotation * 2 * Math.PI), -Math.PI / 100, Math.PI / 100);
        AssertUniform(all.Select(item => item.ScaleX), -0.005, 0.005);
        AssertUniform(all.Select(item => item.ScaleY), -0.005, 0.005);
        AssertUniform(polygons.Select(item => item.ShearX), -0.005, 0.005);
        AssertUniform(polygons.Select(item => item.ShearY), -0.005, 0.005);
        Assert.All(circles, item => Assert.Equal((0, 0), (item.ShearX, item.ShearY)));
    }

    [Fact]
    public void Shapes_are_equally_likely()
    {
        MovingObject[] all = Objects("moving-shapes");
        Assert.InRange(Share(all, 0), 0.16, 0.173);
        Assert.InRange(Share(all, 3), 0.16, 0.173);
        Assert.InRange(Share(all, 4), 0.66, 0.673);

        static double Share(MovingObject[] all, int corners) => all.Average(item => item.Figure.Corners == corners ? 1.0 : 0.0);
    }

    [Fact]
    public void Colours_are_uniform()
    {
        MovingObject[] all = Objects("moving-circles");
        AssertUniform(all.Select(item => (double)item.Figure.Colour.R), 0, 255);
        AssertUniform(all.Select(item => (double)item.Figure.Colour.G), 0, 255);
        AssertUniform(all.Select(item => (double)item.Figure.Colour.B), 0, 255);
    }

    [Fact]
    public void Lengths_are_uniform_over_100_to_200_frames()
    {
        SynthesisPreset preset = TestPresets.Videos("moving-shapes").Videos!;
        double[] lengths = [.. Enumerable.Range(0, 20_000).Select(i => (double)VideoScene.FrameCount(preset, 7, i))];
        AssertUniform(lengths, 100, 200);
        Assert.Equal((100, 200), (lengths.Min(), lengths.Max()));
    }

    // The facts name about 30 colours and 1 to 20 % of black for frames of the transforming sets. Over whole videos ours
    // have 29 colours and 20 % of black in the last frames, more colours and less black in the first.
    [Theory]
    [InlineData(0, 38, 56, 0.01, 0.07)]
    [InlineData(199, 22, 36, 0.10, 0.30)]
    public void Frames_show_about_the_measured_colours_and_black(int frame, double leastColours, double mostColours, double leastBlack, double mostBlack)
    {
        SynthesisRecipe recipe = TestPresets.Videos("accelerating-and-transforming-shapes");
        using SynthesisSource source = new(recipe with { Videos = recipe.Videos! with { MinFrames = 200 } });
        List<double> colours = [], black = [];
        for (int i = 0; i < 100; i++)
        {
            byte[] pixels = source.Read(i, [frame], null, default).Pixels;
            int[] values = [.. pixels.Chunk(3).Select(pixel => pixel[0] | (pixel[1] << 8) | (pixel[2] << 16))];
            colours.Add(values.Distinct().Count());
            black.Add(values.Count(value => value == 0) / (double)values.Length);
        }

        Assert.InRange(colours.Average(), leastColours, mostColours);
        Assert.InRange(black.Average(), leastBlack, mostBlack);
    }

    [Fact]
    public void Presets_that_add_something_keep_the_rest_of_the_scene()
    {
        MovingObject[] moving = Objects("moving-shapes"), accelerating = Objects("accelerating-and-transforming-shapes");
        Assert.All(moving.Zip(accelerating).Take(5000), pair => Assert.Equal(
            (pair.First.X, pair.First.Speed, pair.First.Figure.Corners, pair.First.Figure.X[0], pair.First.Figure.Colour),
            (pair.Second.X, pair.Second.Speed, pair.Second.Figure.Corners, pair.Second.Figure.X[0], pair.Second.Figure.Colour)));
    }

    private static MovingObject[] Objects(string preset)
    {
        VideoScene scene = new(TestPresets.Videos(preset).Videos!, 21);
        List<MovingObject> all = [];
        for (int i = 0; i < Videos; i++)
        {
            scene.Load(i);
            all.AddRange(scene.All);
        }

        return [.. all];
    }

    private static double Percentile(double[] sorted, double share) => sorted[(int)(share * sorted.Length)];

    // Every tenth of the values of a uniform draw lies where it should, to 2 % of the range.
    private static void AssertUniform(IEnumerable<double> values, double low, double high)
    {
        double[] sorted = [.. values.Order()];
        Assert.InRange(sorted[0], low, high);
        Assert.InRange(sorted[^1], low, high);
        for (int tenth = 1; tenth < 10; tenth++)
            Assert.Equal(low + ((high - low) * tenth / 10), Percentile(sorted, tenth / 10.0), (high - low) * 0.02);
    }
}
