namespace Unreel.Synthesize.Tests.Scenes;

/// <summary>What is seen in frames of 2,000 videos against the facts. Frames are drawn whether or not the video is that long.</summary>
public sealed class FrameStatisticsTests
{
    /// <summary>Sets of which no two have their objects in the same places: the solid ones, and two textured ones for the rest.</summary>
    public static TheoryData<string> Sets => ["moving-circles", "moving-shapes", "moving-and-transforming-shapes", "accelerating-and-transforming-shapes", "accelerating-and-transforming-textures"];

    // The facts: 1 to 20 % of a frame is black. The circles' is less: they lie about their position, polygons to the right of
    // it and below, which leaves more of the first columns and rows open.
    [Theory]
    [MemberData(nameof(Sets))]
    public void One_to_twenty_percent_is_black(string name)
    {
        (double least, double most) = PresetFacts.Of(name).IsCircles ? (0, 0.01) : (0.01, 0.2);
        Assert.InRange(FrameStatistics.Of(PresetLibrary.ReadVideos(name), 0).Black, least, most);
        Assert.InRange(FrameStatistics.Of(PresetLibrary.ReadVideos(name), 100).Black, least, most);
    }
}
