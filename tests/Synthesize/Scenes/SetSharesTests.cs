using Unreel.Synthesize.Scenes;

namespace Unreel.Synthesize.Tests.Scenes;

/// <summary>The shares of still and of real videos, which are exact rather than likely.</summary>
public sealed class SetSharesTests
{
    [Theory]
    [MemberData(nameof(TestPresets.Names), MemberType = typeof(TestPresets))]
    public void Real_and_still_videos_have_exactly_their_share_of_the_first_n_for_every_n(string name)
    {
        PresetFacts facts = PresetFacts.Of(name);
        SynthesisRecipe recipe = TestPresets.Videos(name, count: SceneStatistics.Videos);
        using SynthesisSource source = TestPools.Open(recipe, facts.RealShare > 0 ? new TestClips(3) : null);
        List<bool> isStill = SceneStatistics.Of(name).Stills;
        int real = 0, still = 0;
        for (int video = 0; video < SceneStatistics.Videos; video++)
        {
            real += source.IsReal(video) ? 1 : 0;
            still += isStill[video] ? 1 : 0;
            Assert.Equal((int)((video + 1) * (decimal)facts.RealShare), real);
            Assert.Equal((int)((video + 1) * (decimal)facts.StillShare), still);
            Assert.False(source.IsReal(video) && isStill[video], $"{name}: video {video} is both.");
        }

        Assert.Equal(SceneStatistics.Of(name).Drawn, SceneStatistics.Videos - real - still);
    }

    // The nearest double below 0.29 is meant to be 0.29.
    [Theory]
    [InlineData(0.29)]
    [InlineData(0.57)]
    [InlineData(0.05)]
    [InlineData(0.1)]
    [InlineData(1)]
    public void Portions_are_those_of_the_decimal_number(double share)
    {
        Portion portion = new(share);
        for (int count = 0; count <= 100_000; count++)
            Assert.Equal((int)Math.Floor(count * (decimal)share), portion.CountBefore(count));
    }
}
