namespace Unreel.Synthesize.Tests.Scenes;

/// <summary>
/// The objects of 2,000 videos of every shipped preset against the facts known of it. Counts may be off by five standard errors;
/// figures that were measured on the released generator also by half of their last digit.
/// </summary>
public sealed class SceneStatisticsTests
{
    public static TheoryData<string> All => TestPresets.Names;

    public static TheoryData<string> WithObjects => Where(facts => facts.Objects > 0);

    public static TheoryData<string> WithTextures => Where(facts => facts.Pools.Count > 0);

    [Theory]
    [MemberData(nameof(All))]
    public void Presets_are_those_of_the_paper(string name)
    {
        PresetFacts facts = PresetFacts.Of(name);
        SynthesisPreset preset = SceneStatistics.Of(name).Preset;
        Assert.Equal((facts.Objects, 256, 25.0), (preset.Objects, preset.Size, preset.FrameRate));
        Assert.Equal(facts.Pools, preset.Textures.Select(source => (source.Family, source.Count)));
        Assert.All(preset.Textures, source => Assert.Equal(facts.IsDynamic, source.Dynamic));
        Assert.Equal((facts.IsCut, facts.Tint, facts.Background), (preset.PaintsTextures && preset.Objects > 0, preset.Tint, preset.Background));
        Assert.Equal(SceneStatistics.Of(name).Drawn * facts.Objects, SceneStatistics.Of(name).Radii.Sum());
    }

    [Theory]
    [MemberData(nameof(WithObjects))]
    public void Radii_follow_the_density(string name) =>
        Shares.AssertEqual(SceneStatistics.Of(name).Radii, RadiusShares(), $"{name}, radii");

    [Theory]
    [MemberData(nameof(WithObjects))]
    public void Radii_have_the_measured_percentiles(string name)
    {
        long[] radii = SceneStatistics.Of(name).Radii;
        long all = radii.Sum();
        double mean = radii.Select((count, radius) => (double)count * radius).Sum() / all;
        double variance = radii.Select((count, radius) => count * (radius - mean) * (radius - mean)).Sum() / all;
        Assert.Equal(43, mean, 0.5 + (Shares.Errors * Math.Sqrt(variance / all)));

        // Neighbouring radii of the grid are 1.16 pixels apart, so a percentile on the border of two may be either.
        Assert.Equal(25, Array.FindIndex(radii, count => count > 0));
        Assert.Equal(25, Shares.Percentile(radii, 0.10));
        Assert.Equal(34, Shares.Percentile(radii, 0.50), 1.0);
        Assert.Equal(71, Shares.Percentile(radii, 0.90), 1.0);

        // Five errors of a rank: the 99th percentile lies between those of the ranks next to it, half a digit of the figure allowed.
        double rank = Shares.Errors * Math.Sqrt(0.99 * 0.01 / all);
        Assert.True(Shares.Percentile(radii, 0.99 - rank) <= 152 && Shares.Percentile(radii, 0.99 + rank) >= 150, $"{name}: the 99th percentile is {Shares.Percentile(radii, 0.99)}, not 151.");

        // 252 was the largest of 400,000; the largest possible is 254, and one in 17,000 is 245 or more.
        Assert.InRange(Array.FindLastIndex(radii, count => count > 0), 245, 254);
    }

    [Theory]
    [MemberData(nameof(WithObjects))]
    public void Centres_are_whole_pixels_and_three_quarters_start_off_canvas(string name)
    {
        SceneStatistics found = SceneStatistics.Of(name);
        found.X.AssertUniform($"{name}, x");
        found.Y.AssertUniform($"{name}, y");
        Assert.Equal((0, 0.0, 511.0, 0.0, 511.0), (found.Fractional, found.X.Min, found.X.Max, found.Y.Min, found.Y.Max));
        Shares.AssertEqual(found.OffCanvas, [0.75, 0.25], $"{name}, off canvas");
    }

    [Theory]
    [MemberData(nameof(WithObjects))]
    public void Speeds_directions_and_accelerations_are_uniform_over_their_ranges(string name)
    {
        SceneStatistics found = SceneStatistics.Of(name);
        found.Direction.AssertUniformToTheEnds($"{name}, direction");
        found.Speed.AssertUniformToTheEnds($"{name}, speed");
        found.Acceleration.AssertUniformToTheEnds($"{name}, acceleration");
    }

    [Theory]
    [MemberData(nameof(WithObjects))]
    public void Transforms_are_uniform_over_their_ranges(string name)
    {
        (SceneStatistics found, PresetFacts facts) = (SceneStatistics.Of(name), PresetFacts.Of(name));
        foreach ((string what, Spread values) in found.Circles.All)
            values.AssertUniformToTheEnds($"{name}, {what} of circles");
        foreach ((string what, Spread values) in found.Polygons.All.Where(_ => !facts.IsCircles))
            values.AssertUniformToTheEnds($"{name}, {what} of polygons");

        Assert.Equal(facts.CirclesTransform ? found.Circles.Turn.Count : 0, found.Circles.Used);
        Assert.Equal(facts.Transforms ? found.Polygons.Turn.Count : 0, found.Polygons.Used);
    }

    [Theory]
    [MemberData(nameof(WithObjects))]
    public void Shapes_are_equally_likely(string name) => Shares.AssertEqual(
        SceneStatistics.Of(name).Shapes,
        [.. Enum.GetValues<SynthesisShape>().Select(shape => !PresetFacts.Of(name).IsCircles ? 1.0 / 6 : shape == SynthesisShape.Circle ? 1 : 0)],
        $"{name}, shapes");

    [Theory]
    [MemberData(nameof(WithObjects))]
    public void Colours_and_tints_are_uniform(string name) => AssertColours(SceneStatistics.Of(name).Colours, name);

    [Theory]
    [MemberData(nameof(All))]
    public void Backgrounds_are_black_or_one_uniform_colour_a_video(string name)
    {
        Spread[] found = SceneStatistics.Of(name).BackgroundColours;
        if (PresetFacts.Of(name).Background == SynthesisBackground.Colour)
            AssertColours(found, $"{name}, background");
        else
            Assert.All(found, channel => Assert.Equal((0.0, 0.0), (channel.Min, channel.Max)));
    }

    [Theory]
    [MemberData(nameof(WithTextures))]
    public void Pools_are_drawn_from_in_the_ratio_of_their_counts_and_every_texture_is_equally_likely(string name)
    {
        (SceneStatistics found, PresetFacts facts) = (SceneStatistics.Of(name), PresetFacts.Of(name));
        AssertTextures(found.Backgrounds, facts, $"{name}, backgrounds");
        if (facts.IsCut)
            AssertTextures(found.Textures, facts, $"{name}, objects");
        else
            Assert.Equal(0, found.Textures.Sum(pool => pool.Sum()));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Lengths_are_uniform(string name)
    {
        (SceneStatistics found, PresetFacts facts) = (SceneStatistics.Of(name), PresetFacts.Of(name));
        Assert.Equal(Enumerable.Range(100, facts.MaxFrames - 99), found.LengthCounts.Keys);
        Shares.AssertEqual([.. found.LengthCounts.Values], [.. found.LengthCounts.Keys.Select(_ => 1.0 / found.LengthCounts.Count)], $"{name}, lengths");
    }

    private static void AssertTextures(long[][] found, PresetFacts facts, string what)
    {
        double all = facts.Pools.Sum(pool => (double)pool.Count);
        Shares.AssertEqual([.. found.Select(pool => pool.Sum())], [.. facts.Pools.Select(pool => pool.Count / all)], $"{what}, pools");
        Assert.All(found, pool => Shares.AssertEqual(pool, [.. pool.Select(_ => 1.0 / pool.Length)], $"{what}, textures"));
    }

    private static void AssertColours(Spread[] channels, string what) => Assert.All(channels, channel =>
    {
        channel.AssertUniform(what);
        Assert.True(channel.Min <= 5 && channel.Max is >= 250 and <= 255, $"{what}: expected 0 to 255, found {channel.Min} to {channel.Max}.");
    });

    // The share of each radius: a point of the grid gets every draw that is nearer to its running share than to another's.
    private static double[] RadiusShares()
    {
        double[] grid = [.. Enumerable.Range(0, 200).Select(i => 0.1 + (0.9 * i / 199))];
        double[] weights = [.. grid.Select(r => Math.Pow(r, -3) - 1)];
        double[] running = [.. grid.Select((_, i) => weights.Take(i + 1).Sum() / weights.Sum())];
        double[] shares = new double[257];
        for (int i = 0; i < 200; i++)
            shares[(int)(grid[i] * 256)] += (i == 199 ? 1 : (running[i] + running[i + 1]) / 2) - (i == 0 ? 0 : (running[i - 1] + running[i]) / 2);

        return shares;
    }

    private static TheoryData<string> Where(Func<PresetFacts, bool> has) => [.. PresetLibrary.Names(SynthesisKind.Videos).Where(name => has(PresetFacts.Of(name)))];
}
