using Unreel.Pipelines;

namespace Unreel.Synthesize.Tests;

public sealed class PresetLibraryTests
{
    [Fact]
    public void Ships_the_first_five_steps_of_the_progression() => Assert.Equal(
        ["accelerating-and-transforming-shapes", "moving-and-transforming-shapes", "moving-circles", "moving-shapes", "static-circles"],
        PresetLibrary.Names(SynthesisKind.Videos));

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
    [InlineData("objects: 0", "1 to 100000")]
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
