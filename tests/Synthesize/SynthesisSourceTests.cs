using System.Reflection;
using System.Security.Cryptography;
using Unreel.Video;

namespace Unreel.Synthesize.Tests;

public sealed class SynthesisSourceTests
{
    private static readonly int[] SomeFrames = [0, 40, 63];

    // Bytes that every machine must draw. They change only with the stage's version.
    [Theory]
    [InlineData("static-circles", 64, "ccb1b0af068a7b5d")]
    [InlineData("moving-circles", 64, "6d34bd2c2654c800")]
    [InlineData("moving-shapes", 64, "bafb98e3f41f6472")]
    [InlineData("moving-and-transforming-shapes", 64, "241be83c919a355c")]
    [InlineData("accelerating-and-transforming-shapes", 64, "8ff49bd12895a734")]
    [InlineData("static-circles", 256, "40ca580b52badb46")]
    [InlineData("moving-circles", 256, "4d674d1e96b08701")]
    [InlineData("moving-shapes", 256, "b5bc2fb866313320")]
    [InlineData("moving-and-transforming-shapes", 256, "206660f3ba279325")]
    [InlineData("accelerating-and-transforming-shapes", 256, "dec5e7035af9c821")]
    public void Draws_the_same_bytes_everywhere(string name, int size, string digest) =>
        Assert.Equal(digest, Digest(TestPresets.Videos(name, seed: 1, size: size), videos: 4));

    [Theory]
    [InlineData(64, "a7edaa93de2fd2f8")]
    [InlineData(256, "77bd0965031c70a6")]
    public void Draws_the_same_motions_everywhere(int size, string digest) =>
        Assert.Equal(digest, Digest(TestPresets.Motions(seed: 1, size: size), videos: 11));

    // With pools of noise and stand-ins for real videos, which both come from numbers too.
    [Theory]
    [InlineData("accelerating-and-transforming-image-crops", "e38f1ca88fb14fa5")]
    [InlineData("accelerating-and-transforming-stylegan-crops", "e38f1ca88fb14fa5")]
    [InlineData("accelerating-and-transforming-textures", "e38f1ca88fb14fa5")]
    [InlineData("dynamic-stylegan-crops", "f3fa119b35ff2de6")]
    [InlineData("dynamic-stylegan-high-frequency-videos", "1e5420a7e49f8f1f")]
    [InlineData("dynamic-stylegan-videos", "1e5420a7e49f8f1f")]
    [InlineData("image-and-statistical-crops", "2df3fa2dbdcda18c")]
    [InlineData("image-and-stylegan-crops", "2df3fa2dbdcda18c")]
    [InlineData("image-crops-300k", "e38f1ca88fb14fa5")]
    [InlineData("image-crops-colour-background", "12d01402b89218ba")]
    [InlineData("image-crops-image-background", "c5bf6cf989160fac")]
    [InlineData("image-crops-with-50-percent-real", "4ea9a490aa0759f3")]
    [InlineData("saturated-dynamic-stylegan-crops", "e20dc2aef98eafb6")]
    [InlineData("saturated-image-and-statistical-crops", "d571947596abf32d")]
    [InlineData("saturated-image-crops", "dbe7b206344b4083")]
    [InlineData("saturated-image-crops-300k", "dbe7b206344b4083")]
    [InlineData("saturated-image-crops-colour-background", "4fd2d4e7e76a9c4b")]
    [InlineData("saturated-image-crops-image-background", "f58300ec1769140b")]
    [InlineData("saturated-textures", "dbe7b206344b4083")]
    [InlineData("saturated-textures-colour-background", "4fd2d4e7e76a9c4b")]
    [InlineData("shapes-with-25-percent-real", "80756194445422a6")]
    [InlineData("shapes-with-75-percent-real", "654460647fd84260")]
    [InlineData("shapes-with-static-images", "486fb02bd157ae42")]
    [InlineData("shapes-with-static-stylegan", "486fb02bd157ae42")]
    [InlineData("slow-accelerating-and-transforming-shapes", "b8ebd658b5a7dd15")]
    [InlineData("slow-accelerating-and-transforming-textures", "f2a16251839022dc")]
    [InlineData("slow-moving-and-transforming-shapes", "1132c455de0cc56a")]
    [InlineData("slow-moving-circles", "763c2c5854a39ca0")]
    [InlineData("slow-moving-shapes", "82041162ba4403cd")]
    public void Draws_the_same_textures_everywhere(string name, string digest)
    {
        SynthesisRecipe recipe = TestPresets.Videos(name, seed: 1, size: 64);
        using SynthesisSource source = TestPools.Open(recipe, recipe.Videos!.RealShare > 0 ? new TestClips(3) : null);
        Assert.Equal(digest, Digest(source, [0, 1, 19], [0, 5]));
    }

    [Fact]
    public void Every_shipped_preset_is_pinned()
    {
        IEnumerable<string> pinned = new[] { nameof(Draws_the_same_bytes_everywhere), nameof(Draws_the_same_textures_everywhere) }
            .SelectMany(name => typeof(SynthesisSourceTests).GetMethod(name)!.GetCustomAttributes<InlineDataAttribute>())
            .Select(data => (string)data.GetData(null!).Single()[0]);
        Assert.Equal(PresetLibrary.Names(SynthesisKind.Videos), pinned.Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Threads_and_order_do_not_matter()
    {
        using SynthesisSource alone = new(TestPresets.Videos("accelerating-and-transforming-shapes", size: 64));
        byte[][] expected = [.. Enumerable.Range(0, 24).Select(i => alone.Read(i, SomeFrames, null, default).Pixels)];

        using SynthesisSource shared = new(TestPresets.Videos("accelerating-and-transforming-shapes", size: 64));
        byte[][] actual = new byte[expected.Length][];
        Parallel.For(0, expected.Length, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
            actual[expected.Length - 1 - i] = shared.Read(expected.Length - 1 - i, SomeFrames, null, default).Pixels);

        Assert.Equal(expected, actual);
    }

    [Fact]
    public void Frames_are_the_same_alone_and_together()
    {
        using SynthesisSource source = new(TestPresets.Videos("moving-shapes", size: 64));
        Clip together = source.Read(3, [0, 10, 10, 63], null, default);
        for (int i = 0; i < 4; i++)
            Assert.Equal(together.Frame(i).ToArray(), source.Read(3, [new[] { 0, 10, 10, 63 }[i]], null, default).Pixels);

        Assert.False(together.Frame(0).SequenceEqual(together.Frame(1)));
    }

    [Fact]
    public void Videos_and_seeds_differ()
    {
        using SynthesisSource one = new(TestPresets.Videos("static-circles", seed: 1, size: 64)), two = new(TestPresets.Videos("static-circles", seed: 2, size: 64));
        byte[] first = one.Read(0, [0], null, default).Pixels;
        Assert.NotEqual(first, one.Read(1, [0], null, default).Pixels);
        Assert.NotEqual(first, two.Read(0, [0], null, default).Pixels);
    }

    [Fact]
    public void A_smaller_canvas_shows_the_same_scene()
    {
        using SynthesisSource large = new(TestPresets.Videos("moving-shapes", size: 256)), small = new(TestPresets.Videos("moving-shapes", size: 64));
        byte[] scaled = large.Read(2, [50], new FrameSize(64, 64), default).Pixels, drawn = small.Read(2, [50], null, default).Pixels;
        double difference = scaled.Zip(drawn, (a, b) => Math.Abs(a - b)).Average();
        double other = scaled.Zip(small.Read(3, [50], null, default).Pixels, (a, b) => Math.Abs(a - b)).Average();
        Assert.InRange(difference, 0, 8);
        Assert.True(other > 40, $"another scene differs by {other}");
    }

    [Fact]
    public void Delivers_the_size_asked_for()
    {
        using SynthesisSource source = new(TestPresets.Videos("moving-circles", size: 64));
        Assert.Equal(new FrameSize(40, 24), source.Read(0, [0, 5], new FrameSize(40, 24), default).Size);
    }

    [Fact]
    public void Names_and_labels_are_those_of_the_files()
    {
        using SynthesisSource videos = new(TestPresets.Videos("moving-circles", count: 3)), motions = new(TestPresets.Motions(count: 13));
        Assert.Equal(["v000000.mp4", "v000001.mp4", "v000002.mp4"], videos.Items.Select(item => item.Name));
        Assert.Empty(videos.Labels);
        Assert.Equal("s000_translate-left.mp4", motions.Items[0].Name);
        Assert.Equal("s001_translate-right.mp4", motions.Items[12].Name);
        Assert.All(motions.Items, item => Assert.Contains($"_{motions.Labels[item.Label]}.mp4", item.Name, StringComparison.Ordinal));
        Assert.Equal(motions.Labels.Order(StringComparer.Ordinal), motions.Labels);
    }

    [Fact]
    public void Renders_without_a_buffer_per_frame()
    {
        using SynthesisSource source = new(TestPresets.Videos("accelerating-and-transforming-shapes"));
        byte[] pixels = new byte[SomeFrames.Length * 256 * 256 * 3];
        for (int i = 0; i < 50; i++)
            source.Render(i, SomeFrames, pixels);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 50; i++)
            source.Render(i, SomeFrames, pixels);

        // Optimised code allocates nothing; unoptimised code boxes a few bytes an object. The smallest buffer of a frame,
        // made anew for each of the 150, would be 1.2 MB.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    public void Refuses_a_video_that_is_not_there(int index)
    {
        using SynthesisSource source = new(TestPresets.Videos("moving-circles", count: 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => source.FrameCount(index));
    }

    [Fact]
    public void Refuses_a_frame_that_is_not_there()
    {
        using SynthesisSource source = new(TestPresets.Videos("moving-circles", size: 16));
        ArgumentOutOfRangeException error = Assert.Throws<ArgumentOutOfRangeException>(() => source.Read(0, [source.FrameCount(0)], null, default));
        Assert.Contains($"has frames 0 to {source.FrameCount(0) - 1}", error.Message, StringComparison.Ordinal);
    }

    private static string Digest(SynthesisRecipe recipe, int videos)
    {
        using SynthesisSource source = new(recipe);
        return Digest(source, [.. Enumerable.Range(0, videos).Select(i => i * 3)], SomeFrames);
    }

    private static string Digest(SynthesisSource source, int[] videos, int[] frames)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (int video in videos)
            hash.AppendData(source.Read(video, frames, null, default).Pixels);

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
