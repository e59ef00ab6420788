namespace Unreel.Synthesize.Tests.Scenes;

/// <summary>What is seen in frames of 2,000 videos against the facts. Frames are drawn whether or not the video is that long.</summary>
public sealed class FrameStatisticsTests
{
    /// <summary>Sets of which no two have their objects in the same places: the solid ones, and two textured ones for the rest.</summary>
    public static TheoryData<string> Sets => ["moving-circles", "moving-shapes", "moving-and-transforming-shapes", "accelerating-and-transforming-shapes", "accelerating-and-transforming-textures"];

    // The facts name 1 to 20 % for step 5. Circles leave less: they lie about their position, and polygons to the right of it and
    // below, where fewer reach the first columns and rows.
    [Theory]
    [MemberData(nameof(Sets))]
    public void One_to_twenty_percent_is_black(string name)
    {
        (double least, double most) = PresetFacts.Of(name).IsCircles ? (0, 0.01) : (0.01, 0.2);
        Assert.InRange(FrameStatistics.Of(PresetLibrary.ReadVideos(name), 0).Black, least, most);
        Assert.InRange(FrameStatistics.Of(PresetLibrary.ReadVideos(name), 100).Black, least, most);
    }

    // Means and standard errors of 200 videos of a simulation in another language that follows the facts and shares no code:
    // each object is tested against every pixel of the canvas, back to front. The facts' "about 30 colours" is reached by the
    // end only; what was counted there is not known. A tenth of the simulation's variance is added for the error of ours.
    [Theory]
    [InlineData(0, 46.64, 0.85, 0.041, 0.002)]
    [InlineData(100, 44.15, 0.84, 0.024, 0.002)]
    [InlineData(199, 27.93, 0.45, 0.218, 0.010)]
    public void Step_five_looks_as_a_simulation_of_the_facts_does(int frame, double colours, double coloursError, double black, double blackError)
    {
        FrameStatistics found = FrameStatistics.Of(PresetLibrary.ReadVideos("accelerating-and-transforming-shapes"), frame);
        double errors = Shares.Errors * Math.Sqrt(1.1);
        Assert.Equal(colours, found.Colours, errors * coloursError);
        Assert.Equal(black, found.Black, errors * blackError);
    }

    // Two colours on black, one of which comes in two runs.
    [Fact]
    public void Counts_colours_and_black_pixels()
    {
        ColourCounter counter = new();
        byte[] pixels = [0, 0, 0, 9, 9, 9, 9, 9, 9, 0, 0, 0, 1, 2, 3, 9, 9, 9, 9, 9, 9];
        Assert.Equal((2, 2), counter.Count(pixels));
        Assert.Equal((1, 0), counter.Count([1, 2, 3]));
        Assert.Equal((0, 1), counter.Count([0, 0, 0]));
    }
}
