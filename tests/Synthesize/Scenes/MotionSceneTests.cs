using Unreel.Synthesize.Scenes;
using Unreel.Video;

namespace Unreel.Synthesize.Tests.Scenes;

public sealed class MotionSceneTests
{
    private const int Groups = 1500;
    private static readonly SynthesisMotion[] All = Enum.GetValues<SynthesisMotion>();

    // Mean and deviation of every part of the state over many videos: what a single frame could show of the label.
    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(63)]
    public void One_frame_has_the_same_distribution_for_every_label(int frame)
    {
        foreach (SynthesisMotion motion in All)
        {
            (double X, double Y, double Angle, double Scale)[] states = States(motion, frame);
            AssertUniform(states.Select(s => s.X), 0, 256, $"{motion} x");
            AssertUniform(states.Select(s => s.Y), 0, 256, $"{motion} y");
            AssertUniform(states.Select(s => s.Angle - Math.Floor(s.Angle)), 0, 1, $"{motion} angle");
            AssertUniform(states.Select(s => s.Scale), 0.6, 1.5, $"{motion} scale");
        }
    }

    [Fact]
    public void Groups_share_clutter_and_colours_across_labels()
    {
        using SynthesisSource source = new(TestPresets.Motions(count: 22, size: 64));
        HashSet<int>[] colours = [.. Enumerable.Range(0, 22).Select(i => Colours(source.Read(i, [0, 20, 40], null, default)))];
        for (int i = 1; i < 11; i++)
            Assert.True(colours[0].Intersect(colours[i]).Count() > 0.8 * colours[0].Count, $"video {i} has other colours than video 0");

        Assert.Empty(colours[0].Intersect(colours[11]));
    }

    [Fact]
    public void Mean_colour_of_a_frame_does_not_depend_on_the_label()
    {
        using SynthesisSource source = new(TestPresets.Motions(count: 11 * 60, size: 32));
        double[] means = [.. All.Select((_, label) => Enumerable.Range(0, 60).Average(group => source.Read((group * 11) + label, [30], null, default).Pixels.Average(value => (double)value)))];
        Assert.InRange(means.Max() - means.Min(), 0, 3);
    }

    [Theory]
    [InlineData(SynthesisMotion.TranslateLeft, -1, 0, 0, 0)]
    [InlineData(SynthesisMotion.TranslateRight, 1, 0, 0, 0)]
    [InlineData(SynthesisMotion.TranslateUp, 0, -1, 0, 0)]
    [InlineData(SynthesisMotion.TranslateDown, 0, 1, 0, 0)]
    [InlineData(SynthesisMotion.RotateClockwise, 0, 0, 1, 0)]
    [InlineData(SynthesisMotion.RotateCounterClockwise, 0, 0, -1, 0)]
    [InlineData(SynthesisMotion.Grow, 0, 0, 0, 1)]
    [InlineData(SynthesisMotion.Shrink, 0, 0, 0, -1)]
    [InlineData(SynthesisMotion.Still, 0, 0, 0, 0)]
    public void Objects_move_as_the_label_says(SynthesisMotion motion, int x, int y, int turn, int growth)
    {
        MotionScene scene = Scene();
        for (int group = 0; group < 50; group++)
        {
            scene.Load((group * All.Length) + Array.IndexOf(All, motion));
            (double X, double Y, double Angle, double Scale) before = scene.States[0].At(10, scene.Course), after = scene.States[0].At(11, scene.Course);
            Assert.Equal(x, Math.Sign(Nearest(after.X - before.X, 256)));
            Assert.Equal(y, Math.Sign(Nearest(after.Y - before.Y, 256)));
            Assert.Equal(turn, Math.Sign(after.Angle - before.Angle));
            Assert.Equal(growth, Math.Sign(Nearest(after.Scale - before.Scale, 0.9)));
        }
    }

    [Theory]
    [InlineData(SynthesisMotion.Oscillate)]
    [InlineData(SynthesisMotion.Orbit)]
    public void Objects_come_back_after_a_swing_or_a_round(SynthesisMotion motion)
    {
        MotionScene scene = Scene();
        scene.Load(Array.IndexOf(All, motion));
        (double X, double Y, double Angle, double Scale) start = scene.States[0].At(0, scene.Course);
        (double X, double Y, double Angle, double Scale) round = scene.States[0].At(1 / scene.Course.Rate, scene.Course);
        (double X, double Y, double Angle, double Scale) half = scene.States[0].At(0.37 / scene.Course.Rate, scene.Course);
        Assert.Equal(0, Nearest(round.X - start.X, 256), 1e-9);
        Assert.Equal(0, Nearest(round.Y - start.Y, 256), 1e-9);
        Assert.True(Math.Abs(Nearest(half.X - start.X, 256)) + Math.Abs(Nearest(half.Y - start.Y, 256)) > 1);
        Assert.Equal((start.Angle, start.Scale), (half.Angle, half.Scale));
    }

    [Fact]
    public void Frames_change_unless_nothing_moves()
    {
        SynthesisRecipe recipe = TestPresets.Motions(count: 11, size: 64);
        using SynthesisSource source = new(recipe with { Motions = recipe.Motions! with { Sway = 0 } });
        for (int i = 0; i < 11; i++)
        {
            Clip clip = source.Read(i, [0, 16], null, default);
            Assert.Equal(All[i] == SynthesisMotion.Still, clip.Frame(0).SequenceEqual(clip.Frame(1)));
        }
    }

    private static MotionScene Scene() => new(TestPresets.Motions().Motions!, 5);

    private static (double X, double Y, double Angle, double Scale)[] States(SynthesisMotion motion, int frame)
    {
        MotionScene scene = new(TestPresets.Motions().Motions! with { MinObjects = 3, Clutter = 0 }, 5);
        List<(double, double, double, double)> states = [];
        for (int group = 0; group < Groups; group++)
        {
            scene.Load((group * All.Length) + Array.IndexOf(All, motion));
            foreach (MotionState state in scene.States)
                states.Add(state.At(frame, scene.Course));
        }

        return [.. states];
    }

    // 4,500 draws: the mean of a uniform draw has a deviation of 0.0043 of its range, its spread one of 0.003.
    private static void AssertUniform(IEnumerable<double> values, double low, double high, string what)
    {
        double[] unit = [.. values.Select(value => (value - low) / (high - low))];
        double mean = unit.Average(), spread = Math.Sqrt(unit.Average(value => (value - mean) * (value - mean)));
        Assert.True(Math.Abs(mean - 0.5) < 0.02 && Math.Abs(spread - Math.Sqrt(1.0 / 12)) < 0.015, $"{what}: mean {mean}, deviation {spread} of the range");
    }

    private static double Nearest(double difference, double period) => difference - (period * Math.Round(difference / period));

    private static HashSet<int> Colours(Clip clip) => [.. clip.Pixels.Chunk(3).Select(pixel => pixel[0] | (pixel[1] << 8) | (pixel[2] << 16))];
}
