using System.Security.Cryptography;
using Unreel.Artifacts;
using Unreel.Pipelines;
using Unreel.Synthesize.Textures;
using Unreel.Testing;
using Unreel.Video;

namespace Unreel.Synthesize.Tests.Textures;

public sealed class TexturesStageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Makes_a_pool_that_opens()
    {
        StageResult result = await Run(Pictures(5));
        Assert.Equal(ArtifactKind.Textures, result.Kind);
        Assert.Equal(["pool.json", "textures-00000.rgb", "contact-sheet.png"], result.Files.Select(file => file.Title));
        Assert.Equal(3, Directory.GetFileSystemEntries(_folder.File("work")).Length);
        using FileTexturePool pool = FileTexturePool.Open(_folder.File("work"));
        Assert.Equal((TextureFamily.Images, 5, 1, 16), (pool.Family, pool.Count, pool.Frames, pool.Side));
        Assert.Equal([0, 40, 80, 120, 160], Enumerable.Range(0, 5).Select(texture => (int)pool.Texels(texture, 0)[0]).Order());
    }

    [Fact]
    public async Task Workers_do_not_change_a_byte_and_seeds_do()
    {
        string[] one = Digests(await Run(Synthetic(3) with { Workers = 1 }, "one"));
        Assert.Equal(one, Digests(await Run(Synthetic(3) with { Workers = 3 }, "three")));
        Assert.NotEqual(one, Digests(await Run(Synthetic(3) with { Seed = 9 }, "other")));
    }

    [Fact]
    public async Task Takes_up_where_it_stopped()
    {
        string[] whole = Digests(await Run(Synthetic(3), "whole"));
        using CancellationTokenSource stop = new();
        FakeContext context = new(_folder.File("work")) { OnReport = report => { if (report.Done == 2) stop.Cancel(); } };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new TexturesStage().RunAsync(Synthetic(3) with { Workers = 1 }, context, stop.Token));
        Assert.Equal(whole, Digests(await Run(Synthetic(3))));
        Assert.DoesNotContain(Directory.GetFiles(_folder.File("work")), path => path.EndsWith(".part", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Keeps_files_that_are_whole()
    {
        PoolDescription plan = new() { Format = PoolDescription.CurrentFormat, Family = TextureFamily.Images, Count = 5, Frames = 1, Side = 16, PerFile = 2, Files = [] };
        List<int> drawn = [];
        PoolWriter writer = new(_folder.File("pool"), plan, 1, () => new Recorder(drawn));
        PoolDescription first = writer.WriteAll(1, new FakeContext(_folder.Path), default);
        Assert.Equal([0, 1, 2, 3, 4], drawn);
        File.Delete(_folder.File("pool/textures-00001.rgb"));
        Assert.Equal(first.ToJson(), new PoolWriter(_folder.File("pool"), plan, 1, () => new Recorder(drawn)).WriteAll(1, new FakeContext(_folder.Path), default).ToJson());
        Assert.Equal([0, 1, 2, 3, 4, 2, 3], drawn);
        await File.WriteAllTextAsync(_folder.File("pool/pool.json"), first.ToJson());
        using FileTexturePool pool = FileTexturePool.Open(_folder.File("pool"));
        Assert.Equal([0, 1, 2, 3, 4], Enumerable.Range(0, 5).Select(texture => (int)pool.Texels(texture, 0)[700]));
        Assert.Throws<ArgumentOutOfRangeException>(() => pool.Texels(5, 0).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => pool.Texels(-1, 0).Length);
    }

    [Fact]
    public async Task Textures_that_change_have_several_frames()
    {
        StageResult result = await Run(new TexturesOptions { Family = TextureFamily.StyleganOriented, Count = 1, Frames = 3 });
        Assert.Equal(3, result.Metrics["frames"]);
        using FileTexturePool pool = FileTexturePool.Open(_folder.File("work"));
        Assert.False(pool.Texels(0, 0).SequenceEqual(pool.Texels(0, 1)));
        Assert.False(pool.Texels(0, 1).SequenceEqual(pool.Texels(0, 2)));
    }

    [Fact]
    public async Task Names_a_picture_that_does_not_decode()
    {
        TexturesOptions options = Pictures(3);
        File.WriteAllText(_folder.File("pictures/9.png"), "no picture");
        VideoException error = await Assert.ThrowsAsync<VideoException>(() => Run(options with { Count = null }));
        Assert.Contains("9.png", error.Message, StringComparison.Ordinal);
        File.Delete(_folder.File("pictures/9.png"));
        Assert.Equal(3, (await Run(options)).Metrics["textures"]);
    }

    [Fact]
    public async Task Names_a_folder_without_pictures_or_with_too_few()
    {
        Directory.CreateDirectory(_folder.File("none"));
        VideoException none = await Assert.ThrowsAsync<VideoException>(() => Run(new TexturesOptions { Family = TextureFamily.Images, Images = StageInput.Parse(_folder.File("none")) }));
        Assert.Contains("holds no pictures", none.Message, StringComparison.Ordinal);
        VideoException few = await Assert.ThrowsAsync<VideoException>(() => Run(Pictures(3) with { Count = 4 }));
        Assert.Contains("holds 3 pictures; expected at least 4", few.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("family: images", "images: a folder")]
    [InlineData("family: spectrum", "count is missing")]
    [InlineData("family: spectrum\ncount: 0", "1 to 10000000")]
    [InlineData("family: spectrum\ncount: 1\nimages: .", "family: images")]
    [InlineData("family: spectrum\ncount: 1\nsize: 64", "size is 64")]
    [InlineData("family: wavelet\ncount: 1\nframes: 4", "do not change")]
    [InlineData("family: spectrum\ncount: 1\nstep: 0.2", "step is 0.2")]
    [InlineData("family: stylegan\ncount: 1", "stylegan-oriented")]
    public void Refuses_wrong_options(string yaml, string message)
    {
        File.WriteAllText(_folder.File("textures.yaml"), yaml);
        ConfigurationException error = Assert.Throws<ConfigurationException>(() => OptionsYaml.ReadFile<TexturesOptions>(_folder.File("textures.yaml")));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "is not the description of a pool")]
    [InlineData("{\"format\": \"unreel.textures.v1\"}", "is not the description of a pool")]
    [InlineData("{\"format\":\"unreel.textures.v1\",\"family\":\"images\",\"count\":2,\"frames\":1,\"side\":16,\"per_file\":2147483647,\"files\":[]}", "PerFile")]
    [InlineData("{\"format\":\"unreel.textures.v1\",\"family\":\"images\",\"count\":1,\"frames\":1,\"side\":16,\"per_file\":1,\"files\":[null]}", "found null")]
    [InlineData("{\"format\":\"unreel.textures.v1\",\"family\":\"images\",\"count\":10000000,\"frames\":1,\"side\":16,\"per_file\":10000000,\"files\":[]}", "expected the files")]
    [InlineData("{\"format\":\"v9\",\"family\":\"images\",\"count\":1,\"frames\":1,\"side\":16,\"per_file\":1,\"files\":[]}", "unreel.textures.v1")]
    [InlineData("{\"format\":\"unreel.textures.v1\",\"family\":\"images\",\"count\":1,\"frames\":1,\"side\":16,\"per_file\":1,\"files\":[]}", "textures-00000.rgb")]
    [InlineData("{\"format\":\"unreel.textures.v1\",\"family\":\"images\",\"count\":1,\"frames\":1,\"side\":16,\"per_file\":1,\"files\":[{\"name\":\"textures-00000.rgb\",\"sha256\":\"\"}]}", "expected 768 bytes")]
    public void Refuses_damaged_pools(string json, string message)
    {
        File.WriteAllText(_folder.File("pool.json"), json);
        File.WriteAllText(_folder.File("textures-00000.rgb"), "short");
        Assert.Contains(message, Assert.Throws<VideoException>(() => FileTexturePool.Open(_folder.Path)).Message, StringComparison.Ordinal);
    }

    private TexturesOptions Pictures(int count)
    {
        Directory.CreateDirectory(_folder.File("pictures"));
        for (int i = 0; i < count; i++)
        {
            byte[] pixels = new byte[20 * 10 * 3];
            Array.Fill(pixels, (byte)(i * 40));
            Png.Write(_folder.File($"pictures/{i}.png"), pixels, new FrameSize(20, 10));
        }

        return new TexturesOptions { Family = TextureFamily.Images, Images = StageInput.Parse(_folder.File("pictures")), Size = 16 };
    }

    private static TexturesOptions Synthetic(int count) => new() { Family = TextureFamily.Spectrum, Count = count, Seed = 4 };

    private Task<StageResult> Run(TexturesOptions options, string folder = "work")
    {
        Directory.CreateDirectory(_folder.File(folder));
        return new TexturesStage().RunAsync(options, new FakeContext(_folder.File(folder)), default);
    }

    private static string[] Digests(StageResult result) => [.. result.Files.Select(file => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file.Path))))];

    private sealed class Recorder(List<int> drawn) : TexturePainter
    {
        public override void Draw(ulong seed, int index, Span<byte> pixels)
        {
            drawn.Add(index);
            pixels.Fill((byte)index);
        }
    }
}
