using Unreel.Pipelines;

namespace Unreel.Synthesize.Tests;

public sealed class PresetLibraryTests
{
    [Fact]
    public void Ships_every_set_the_paper_reports_a_figure_for()
    {
        IReadOnlyList<string> names = PresetLibrary.Names(SynthesisKind.Videos);
        Assert.Equal(34, names.Count);
        Assert.Empty(SynthesisPreview.Progression.Except(names));
        Assert.Equal(names.Count, names.Select(name => new SynthesisRecipe { Name = string.Empty, Seed = 0, Count = 1, Videos = PresetLibrary.ReadVideos(name) }.ToJson()).Distinct().Count());
    }

    [Theory]
    [InlineData("accelerating-and-transforming-textures", "spectrum-colour-wavelet 300000")]
    [InlineData("accelerating-and-transforming-stylegan-crops", "stylegan-oriented 300000")]
    [InlineData("accelerating-and-transforming-image-crops", "images 1300000")]
    [InlineData("image-and-stylegan-crops", "images 150000, stylegan-oriented 150000")]
    [InlineData("dynamic-stylegan-high-frequency-videos", "stylegan-high-frequency 300000 dynamic")]
    public void Draws_textures_from_the_pools_of_the_paper(string name, string pools)
    {
        SynthesisPreset preset = PresetLibrary.ReadVideos(name);
        Assert.Equal(pools, string.Join(", ", preset.Textures.Select(source => $"{Kebab.Of(source.Family)} {source.Count}{(source.Dynamic ? " dynamic" : string.Empty)}")));
        Assert.Equal((100, 199), (preset.MinFrames, preset.MaxFrames));
    }

    [Fact]
    public void Textured_sets_move_as_the_solid_one_does()
    {
        SynthesisPreset solid = PresetLibrary.ReadVideos("accelerating-and-transforming-shapes");
        foreach (SynthesisPreset preset in PresetLibrary.Names(SynthesisKind.Videos).Select(PresetLibrary.ReadVideos).Where(preset => preset.PaintsTextures && preset.Objects > 0))
        {
            Assert.Equal(
                (solid.Acceleration, solid.Rotation, solid.Scaling, solid.Shear, solid.Shapes.Count),
                (preset.Acceleration, preset.Rotation, preset.Scaling, preset.Shear, preset.Shapes.Count));
        }
    }

    [Fact]
    public void Ships_labelled_sets()
    {
        Assert.Equal(["all-motions", "motions"], PresetLibrary.Names(SynthesisKind.Motions));
        Assert.Equal(8, PresetLibrary.ReadMotions("motions").Motions.Count);
        Assert.Equal(Enum.GetValues<SynthesisMotion>(), PresetLibrary.ReadMotions("all-motions").Motions);
    }

    [Fact]
    public void Reads_the_figures_of_the_progression()
    {
        SynthesisPreset last = PresetLibrary.ReadVideos("accelerating-and-transforming-shapes");
        Assert.Equal((500, 256, 100, 200), (last.Objects, last.Size, last.MinFrames, last.MaxFrames));
        Assert.Equal((1.2, 3.0, 0.03, 1.8, 0.005, 0.005), (last.MinSpeed, last.MaxSpeed, last.Acceleration, last.Rotation, last.Scaling, last.Shear));
        Assert.True(PresetLibrary.ReadVideos("static-circles").IsStill);
        Assert.Equal([SynthesisShape.Circle], PresetLibrary.ReadVideos("moving-circles").Shapes);
    }

    [Fact]
    public void Suggests_the_name_that_was_meant()
    {
        UsageException error = Assert.Throws<UsageException>(() => PresetLibrary.ReadVideos("moving-circels"));
        Assert.Contains("did you mean 'moving-circles'?", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Says_when_a_preset_is_of_the_other_kind()
    {
        UsageException error = Assert.Throws<UsageException>(() => PresetLibrary.ReadVideos("motions"));
        Assert.Contains("kind: motions", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("objects: -1", "0 to 100000")]
    [InlineData("objects: 0", "objects is 0")]
    [InlineData("textures: [{family: oil}]", "oil")]
    [InlineData("textures: [{family: spectrum, dynamic: true}]", "spectrum textures do not change")]
    [InlineData("textures: [{}]", "family is missing")]
    [InlineData("textures: [{family: images, cuont: 5}]", "did you mean 'count'")]
    [InlineData("textures: [{family: images, count: 0}]", "1 to 10000000")]
    [InlineData("textures: [{family: images}]\ntextured_objects: false", "nothing shows them")]
    [InlineData("background: image", "no textures are named")]
    [InlineData("still_share: 0.1", "still_share is 0.1")]
    [InlineData("real_share: 1.5", "0 to 1")]
    [InlineData("still_share: 0.6\nreal_share: 0.6\ntextures: [{family: images}]", "no more than 1 together")]
    [InlineData("tint: true", "objects show no textures")]
    [InlineData("object: 5", "did you mean 'objects'")]
    [InlineData("shapes: [circle, blob]", "blob")]
    [InlineData("shapes: []", "shapes")]
    [InlineData("min_frames: 300", "min_frames is 300 and max_frames 200")]
    [InlineData("min_speed: 4", "min_speed is 4 and max_speed 3")]
    [InlineData("size: big", "big")]
    [InlineData("size: 64\nsize: 32", "duplicate")]
    [InlineData("- circle", "expected a mapping")]
    public void Refuses_bad_files(string yaml, string message)
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("unreel-preset-").FullName, "mine.yaml");
        File.WriteAllText(path, yaml);
        UsageException error = Assert.ThrowsAny<UsageException>(() => PresetLibrary.ReadVideos(path));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains("mine.yaml", error.Message, StringComparison.Ordinal);
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    [Fact]
    public void Refuses_a_file_that_is_not_there()
    {
        UsageException error = Assert.ThrowsAny<UsageException>(() => PresetLibrary.ReadVideos("nowhere/none.yaml"));
        Assert.Contains("nowhere/none.yaml", error.Message, StringComparison.Ordinal);
    }
}
