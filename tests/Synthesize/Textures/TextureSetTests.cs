using Unreel.Synthesize.Textures;
using Unreel.Video;

namespace Unreel.Synthesize.Tests.Textures;

public sealed class TextureSetTests
{
    [Fact]
    public void Draws_from_pools_in_the_ratio_of_the_paper_and_from_all_of_each()
    {
        SynthesisPreset preset = PresetLibrary.ReadVideos("image-and-stylegan-crops");
        TextureSet set = new([preset.Textures[0] with { Count = 300_000 }, preset.Textures[1] with { Count = 100_000 }], TestPools.For(preset));
        RandomStream random = new(1, "test", 0);
        TextureChoice[] drawn = [.. Enumerable.Range(0, 40_000).Select(_ => set.Draw(ref random))];
        Assert.InRange(drawn.Count(choice => choice.Pool == 0) / 40_000.0, 0.74, 0.76);
        Assert.Equal(Enumerable.Range(0, TestPools.Count), drawn.Select(choice => choice.Texture).Distinct().Order());
    }

    [Fact]
    public void Uses_no_more_of_a_pool_than_its_source_says()
    {
        SynthesisPreset preset = PresetLibrary.ReadVideos("saturated-textures");
        TextureSet set = new([preset.Textures[0] with { Count = 3 }], TestPools.For(preset));
        RandomStream random = new(1, "test", 0);
        Assert.Equal([0, 1, 2], Enumerable.Range(0, 100).Select(_ => set.Draw(ref random).Texture).Distinct().Order());
    }

    [Theory]
    [InlineData("saturated-textures", "saturated-image-crops", "expected a pool of family spectrum-colour-wavelet, found one of images")]
    [InlineData("dynamic-stylegan-crops", "accelerating-and-transforming-stylegan-crops", "'frames' above 1")]
    [InlineData("accelerating-and-transforming-stylegan-crops", "dynamic-stylegan-crops", "has 5 frames")]
    [InlineData("image-and-stylegan-crops", "saturated-image-crops", "from 2 pools")]
    public void Refuses_pools_of_another_preset(string name, string other, string message)
    {
        VideoException error = Assert.Throws<VideoException>(() => new TextureSet(PresetLibrary.ReadVideos(name).Textures, TestPools.For(PresetLibrary.ReadVideos(other))));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Textures_that_change_are_played_to_and_fro()
    {
        using TexturePool pool = TestPools.For(PresetLibrary.ReadVideos("dynamic-stylegan-crops"))[0];
        Assert.Equal([0, 1, 2, 3, 4, 3, 2, 1, 0, 1], Enumerable.Range(0, 10).Select(pool.FrameAt));
        Assert.False(pool.Texels(1, 0).SequenceEqual(pool.Texels(1, 1)));
    }
}
