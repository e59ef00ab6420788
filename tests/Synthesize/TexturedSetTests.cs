using Unreel.Pipelines;
using Unreel.Testing;
using Unreel.Video;

namespace Unreel.Synthesize.Tests;

/// <summary>Sets that need more than their numbers: what they are made of goes with the recipe.</summary>
public sealed class TexturedSetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_recipe_holds_its_pools_and_opens_from_its_artifact_alone()
    {
        string pool = await MakePool(TextureFamily.Spectrum);
        SynthesizeOptions options = new() { PresetFile = Preset("textures: [{family: spectrum}]\nobjects: 30"), Count = 3, Size = 64, Textures = [StageInput.Parse(pool)] };
        StageResult result = await Run(options);
        Assert.Equal(["recipe.json", "textures/0/pool.json", "textures/0/textures-00000.rgb", "contact-sheet.png", "preview.mp4"], result.Files.Select(file => file.Title));

        string artifact = Copy(result);
        Directory.Delete(pool, recursive: true);
        using IClipSource source = ClipDataset.Open(artifact, [new SynthesisRecipeReader()]);
        byte[] pixels = source.Read(2, [5], null, default).Pixels;
        Assert.True(pixels.Chunk(3).Select(pixel => (pixel[0], pixel[1], pixel[2])).Distinct().Count() > 200, "a textured frame has many colours");
    }

    [Fact]
    public async Task Files_are_the_same_as_what_is_drawn_and_hold_no_pool()
    {
        string pool = await MakePool(TextureFamily.Spectrum);
        SynthesizeOptions options = new()
        {
            PresetFile = Preset("textures: [{family: spectrum}]\nmin_frames: 3\nmax_frames: 4"),
            Count = 2,
            Size = 32,
            Textures = [StageInput.Parse(pool)],
            Materialize = SynthesisFiles.Frames,
        };
        StageResult result = await Run(options);
        Assert.DoesNotContain(result.Files, file => file.Title.StartsWith("textures", StringComparison.Ordinal));
        using SynthesisSource drawn = new(options.ToRecipe(), SynthesisMaterial.Open(options.ToRecipe(), [pool], null));
        StageFile first = result.Files.First(file => file.Title.EndsWith("img_00001.png", StringComparison.Ordinal));
        Assert.Equal(drawn.Read(0, [0], null, default).Pixels, PictureFiles.Read(first.Path, null, default).Pixels);
    }

    [Fact]
    public async Task Real_videos_go_with_the_recipe()
    {
        Directory.CreateDirectory(_folder.File("films"));
        using (VideoWriter writer = new(_folder.File("films/a.mp4"), new FrameSize(48, 32), 25))
        {
            for (int frame = 0; frame < 5; frame++)
                writer.Write(new byte[48 * 32 * 3]);

            writer.Finish();
        }

        StageResult result = await Run(new SynthesizeOptions { Preset = "shapes-with-75-percent-real", Count = 4, Size = 32, Real = StageInput.Parse(_folder.File("films")) });
        Assert.Contains(result.Files, file => file.Title == "real/a.mp4");
        using IClipSource source = ClipDataset.Open(Copy(result), [new SynthesisRecipeReader()]);
        Assert.Equal(3, Enumerable.Range(0, 4).Count(index => source.FrameCount(index) == 5));
    }

    [Fact]
    public async Task Real_videos_that_are_folders_of_frames_are_refused_before_anything_is_published()
    {
        StageResult frames = await Run(new SynthesizeOptions { Preset = "moving-circles", Count = 2, Size = 32, Frames = 3, Materialize = SynthesisFiles.Frames });
        StageInput folder = StageInput.Parse(Copy(frames));
        UsageException error = await Assert.ThrowsAsync<UsageException>(() => Run(new SynthesizeOptions { Preset = "shapes-with-75-percent-real", Count = 4, Size = 32, Real = folder }));
        Assert.Contains("not folders of frames", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Real_videos_of_an_artifact_are_those_of_its_list_and_not_its_film()
    {
        StageResult files = await Run(new SynthesizeOptions { Preset = "moving-circles", Count = 2, Size = 32, Frames = 3, Materialize = SynthesisFiles.Mp4 });
        StageInput folder = StageInput.Parse(Copy(files));
        StageResult result = await Run(new SynthesizeOptions { Preset = "shapes-with-75-percent-real", Count = 4, Size = 32, Real = folder });
        Assert.Equal(["real/clips.csv", "real/v000000.mp4", "real/v000001.mp4"], result.Files.Select(file => file.Title).Where(title => title.StartsWith("real/", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("saturated-textures", "--family spectrum-colour-wavelet --count")]
    [InlineData("dynamic-stylegan-crops", "--frames 64")]
    [InlineData("image-and-stylegan-crops", "2 pools of textures (images, stylegan-oriented)")]
    [InlineData("image-and-stylegan-crops", "--name images; unreel textures --family stylegan-oriented --count 1000 --name stylegan-oriented; then --textures textures/images:latest --textures textures/stylegan-oriented:latest, in this order")]
    [InlineData("shapes-with-25-percent-real", "expected real: a folder")]
    public async Task Says_what_a_preset_needs(string preset, string message)
    {
        UsageException error = await Assert.ThrowsAsync<UsageException>(() => Run(new SynthesizeOptions { Preset = preset, Count = 1 }));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuses_what_a_preset_does_not_need()
    {
        StageInput here = StageInput.Parse(_folder.Path);
        UsageException textures = await Assert.ThrowsAsync<UsageException>(() => Run(new SynthesizeOptions { Preset = "moving-circles", Count = 1, Textures = [here] }));
        Assert.Contains("Leave textures out", textures.Message, StringComparison.Ordinal);
        UsageException real = await Assert.ThrowsAsync<UsageException>(() => Run(new SynthesizeOptions { Preset = "moving-circles", Count = 1, Real = here }));
        Assert.Contains("has no real videos", real.Message, StringComparison.Ordinal);
        VideoException noPool = await Assert.ThrowsAsync<VideoException>(() => Run(new SynthesizeOptions { Preset = "saturated-textures", Count = 1, Textures = [here] }));
        Assert.Contains("is not a pool of textures", noPool.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pool_of_a_folder_that_was_changed_is_refused()
    {
        string pool = await MakePool(TextureFamily.Spectrum), file = Path.Combine(pool, "textures-00000.rgb");
        byte[] bytes = File.ReadAllBytes(file);
        bytes[1000] ^= 1;
        File.WriteAllBytes(file, bytes);
        SynthesizeOptions options = new() { PresetFile = Preset("textures: [{family: spectrum}]"), Count = 1, Size = 32, Textures = [StageInput.Parse(pool)] };
        Assert.Contains("textures-00000.rgb: is damaged", (await Assert.ThrowsAsync<VideoException>(() => Run(options))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Previews_make_their_own_textures_and_say_when_pictures_are_missing()
    {
        SampleMaterial samples = new(null, null, textures: 2);
        SynthesisPreview preview = SynthesisPreview.Write(
            [TestPresets.Videos("moving-circles", count: 2, size: 32), TestPresets.Videos("accelerating-and-transforming-textures", count: 2, size: 32)], "two", _folder.Path, samples, default);
        using VideoReader film = VideoReader.Open(preview.Film);
        Assert.Equal(new FrameSize(64, 32), film.Info.Size);
        Clip sheet = PictureFiles.Read(preview.ContactSheet, null, default);
        Assert.Equal((8 * 34) + 2, sheet.Size.Width);
        VideoException error = Assert.Throws<VideoException>(() => SynthesisPreview.Write([TestPresets.Videos("image-crops-300k")], "none", _folder.Path, samples, default));
        Assert.Contains("--images", error.Message, StringComparison.Ordinal);
    }

    private async Task<string> MakePool(TextureFamily family)
    {
        string folder = _folder.File("pool");
        Directory.CreateDirectory(folder);
        await new TexturesStage().RunAsync(new TexturesOptions { Family = family, Count = 2 }, new FakeContext(folder), default);
        return folder;
    }

    private FileInfo Preset(string yaml)
    {
        File.WriteAllText(_folder.File("mine.yaml"), yaml);
        return new FileInfo(_folder.File("mine.yaml"));
    }

    private string Copy(StageResult result)
    {
        string artifact = _folder.File("artifact-" + Guid.NewGuid().ToString("N"));
        foreach (StageFile file in result.Files)
        {
            string target = Path.Combine(artifact, file.Title);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file.Path, target);
        }

        return artifact;
    }

    private Task<StageResult> Run(SynthesizeOptions options) => new SynthesizeStage().RunAsync(options, new FakeContext(_folder.File("work")), default);
}
