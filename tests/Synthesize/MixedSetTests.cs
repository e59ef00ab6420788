using Unreel.Synthesize.Scenes;
using Unreel.Video;

namespace Unreel.Synthesize.Tests;

/// <summary>Sets of which some videos are real, and some stand still.</summary>
public sealed class MixedSetTests
{
    [Theory]
    [InlineData(0.25, 1000, 250)]
    [InlineData(0.05, 1000, 50)]
    [InlineData(0.75, 10, 7)]
    [InlineData(1, 5, 5)]
    [InlineData(0, 5, 0)]
    public void Portions_are_exact_and_spread(double share, int count, int expected)
    {
        Portion portion = new(share);
        int[] members = [.. Enumerable.Range(0, count).Where(portion.Has)];
        Assert.Equal(expected, members.Length);
        Assert.Equal(Enumerable.Range(0, expected), members.Select(portion.CountBefore));
        Assert.All(members.Zip(members.Skip(1), (a, b) => b - a), step => Assert.InRange(step, (int)Math.Floor(1 / share), (int)Math.Ceiling(1 / share)));
    }

    [Fact]
    public void Real_videos_take_their_share_and_each_comes_once_before_any_comes_again()
    {
        TestClips real = new(5);
        using (SynthesisSource source = TestPools.Open(TestPresets.Videos("shapes-with-25-percent-real", count: 40, size: 16), real))
        {
            int[] places = [.. Enumerable.Range(0, 40).Where(source.IsReal)];
            Assert.Equal(10, places.Length);
            int[] lengths = [.. places.Select(source.FrameCount)];
            Assert.Equal([6, 7, 8, 9, 10], lengths[..5].Order());
            Assert.Equal(lengths[..5], lengths[5..]);
            Assert.All(Enumerable.Range(0, 40).Except(places), index => Assert.InRange(source.FrameCount(index), 100, 200));
        }

        Assert.True(real.IsDisposed);
    }

    [Fact]
    public void Real_videos_are_read_in_their_own_size_and_drawn_in_the_canvas()
    {
        using SynthesisSource source = TestPools.Open(TestPresets.Videos("shapes-with-75-percent-real", count: 4, size: 16), new TestClips(2));
        int index = Enumerable.Range(0, 4).First(source.IsReal), video = source.FrameCount(index) - 6;
        Assert.Equal(new FrameSize(24, 16), source.Read(index, [3], null, default).Size);
        byte[] pixels = new byte[16 * 16 * 3];
        source.Render(index, [3], pixels);
        Assert.All(pixels, value => Assert.Equal((video * 16) + 3, value));
        Assert.Throws<ArgumentOutOfRangeException>(() => source.Render(index, [source.FrameCount(index)], pixels));
    }

    [Fact]
    public void A_set_says_what_it_lacks()
    {
        VideoException real = Assert.Throws<VideoException>(() => new SynthesisSource(TestPresets.Videos("shapes-with-25-percent-real")));
        Assert.Contains("real ones, and none were given", real.Message, StringComparison.Ordinal);
        VideoException textures = Assert.Throws<VideoException>(() => new SynthesisSource(TestPresets.Videos("saturated-textures")));
        Assert.Contains("1 pool", textures.Message, StringComparison.Ordinal);
        Assert.Throws<VideoException>(() => TestPools.Open(TestPresets.Videos("moving-circles"), new TestClips(1)));
    }
}
