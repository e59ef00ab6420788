using System.Buffers.Binary;
using System.Security.Cryptography;
using Unreel.Artifacts;
using Unreel.Pipelines;
using Unreel.Video;

namespace Unreel.Synthesize.Tests;

public sealed class SynthesizeStageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("unreel-synthesize-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Makes_a_recipe_and_a_picture_by_default()
    {
        StageResult result = await Run(new SynthesizeOptions { Count = 5, Size = 32, Seed = 4 });
        Assert.Equal(["recipe.json", "contact-sheet.png", "preview.mp4"], result.Files.Select(file => file.Title));
        Assert.Equal(ArtifactKind.Clips, result.Kind);
        using IClipSource source = ClipDataset.Open(_folder, [new SynthesisRecipeReader()]);
        Assert.Equal(5, source.Items.Count);
        AssertPng(result.Files[1].Path, (8 * 34) + 2, (5 * 34) + 2);
    }

    [Fact]
    public async Task Writes_exactly_as_many_files_as_asked_with_their_list()
    {
        StageResult result = await Run(Motions() with { Count = 10 });
        string[] videos = [.. result.Files.Where(file => file.MediaType == "video/mp4" && file.Title != "preview.mp4").Select(file => file.Title)];
        Assert.Equal(10, videos.Length);
        Assert.Equal(10, Directory.GetFiles(Path.Combine(_folder, "videos")).Length);
        Assert.Equal("clips.csv", result.Files[0].Title);
        string[] lines = File.ReadAllLines(result.Files[0].Path);
        Assert.Equal(videos, lines.Select(line => line.Split(' ')[0]));
        Assert.Equal("s000_translate-left.mp4 translate-left", lines[0]);
        Assert.DoesNotContain(result.Files, file => file.Title == "recipe.json");
        Assert.All(result.Files, file => Assert.True(File.Exists(file.Path)));
    }

    [Fact]
    public async Task Files_show_what_the_recipe_draws()
    {
        // Large enough that edges, whose colours 4:2:0 blurs, are a small part of the picture.
        SynthesizeOptions options = Motions() with { Size = 128 };
        StageResult result = await Run(options);
        foreach (StageFile file in result.Files)
            File.Copy(file.Path, Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, "artifact")).FullName, file.Title));

        using IClipSource decoded = ClipDataset.Open(Path.Combine(_folder, "artifact"), []);
        using SynthesisSource drawn = new(options.ToRecipe());
        Assert.Equal(drawn.Items, decoded.Items);
        Assert.Equal(drawn.Labels, decoded.Labels);
        for (int i = 0; i < drawn.Items.Count; i++)
        {
            Assert.Equal(drawn.FrameCount(i), decoded.FrameCount(i));
            Clip expected = drawn.Read(i, [0, 7], null, default), actual = decoded.Read(i, [0, 7], null, default);
            Assert.InRange(expected.Pixels.Zip(actual.Pixels, (a, b) => Math.Abs(a - b)).Average(), 0, 12);
        }
    }

    [Fact]
    public async Task Workers_do_not_change_a_byte()
    {
        StageResult one = await Run(Motions() with { Workers = 1 }, "one"), many = await Run(Motions() with { Workers = 3 }, "many");
        Assert.Equal(Digests(one), Digests(many));
    }

    [Fact]
    public async Task Takes_up_what_is_there_and_ends_with_the_same_bytes()
    {
        StageResult whole = await Run(Motions());
        string kept = whole.Files[2].Path, lost = whole.Files[3].Path;
        DateTime written = new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        string[] expected = Digests(whole);
        File.SetLastWriteTimeUtc(kept, written);
        File.Delete(lost);
        File.WriteAllText(lost + ".123.part", "half a file");

        StageResult again = await Run(Motions());
        Assert.Equal(expected, Digests(again));
        Assert.Equal(written, File.GetLastWriteTimeUtc(kept));
        Assert.Equal(8, Directory.GetFiles(Path.Combine(_folder, "videos")).Length);
    }

    [Fact]
    public async Task Files_of_another_recipe_are_not_taken_for_its_own()
    {
        string[] first = Digests(await Run(Motions()));
        Assert.NotEqual(first, Digests(await Run(Motions() with { Seed = 99 })));
        Assert.Equal(first, Digests(await Run(Motions())));
    }

    [Fact]
    public async Task Tells_how_far_it_is()
    {
        FakeContext context = new(_folder);
        await new SynthesizeStage().RunAsync(Motions() with { Workers = 2 }, context, default);
        Assert.Equal(Enumerable.Range(0, 9).Select(done => (long)done), context.Reports.Select(report => report.Done));
        Assert.All(context.Reports, report => Assert.Equal((8L, "videos"), (report.Total, report.Unit)));
    }

    [Fact]
    public async Task Stops_when_cancelled()
    {
        using CancellationTokenSource stop = new();
        FakeContext context = new(_folder) { OnReport = report => { if (report.Done == 2) stop.Cancel(); } };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new SynthesizeStage().RunAsync(Motions() with { Workers = 1 }, context, stop.Token));
        Assert.Equal(2, Directory.GetFiles(Path.Combine(_folder, "videos"), "*.mp4").Length);
        Assert.Equal(2, Directory.GetFiles(Path.Combine(_folder, "videos")).Length);
    }

    [Theory]
    [InlineData(0, null, "expected|between 1 and")]
    [InlineData(1, "accelerating-shapes", "There is no preset 'accelerating-shapes'")]
    [InlineData(1, "motions", "kind: motions")]
    public async Task Refuses_wrong_options(int count, string? preset, string message)
    {
        UsageException error = await Assert.ThrowsAsync<UsageException>(() => Run(new SynthesizeOptions { Count = count, Preset = preset }));
        Assert.Contains(message.Split('|')[^1], error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public async Task Refuses_options_that_do_not_fit_together()
    {
        UsageException objects = await Assert.ThrowsAsync<UsageException>(() => Run(Motions() with { Objects = 5 }));
        Assert.Contains("objects is 5", objects.Message, StringComparison.Ordinal);
        UsageException odd = await Assert.ThrowsAsync<UsageException>(() => Run(Motions() with { Size = 33 }));
        Assert.Contains("size is 33", odd.Message, StringComparison.Ordinal);
        UsageException both = await Assert.ThrowsAsync<UsageException>(() => Run(new SynthesizeOptions { Count = 1, Preset = "moving-circles", PresetFile = new FileInfo("mine.yaml") }));
        Assert.Contains("one of the two", both.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_a_folder_that_cannot_be_written()
    {
        string file = Path.Combine(_folder, "taken");
        File.WriteAllText(file, string.Empty);
        IOException error = await Assert.ThrowsAsync<IOException>(() => new SynthesizeStage().RunAsync(Motions(), new FakeContext(file), default));
        Assert.Contains(file, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3, 32, 32)]
    [InlineData(4, 33, 64)]
    public async Task Every_artifact_carries_a_film_of_its_first_videos(int count, int size, int side)
    {
        StageResult result = await Run(new SynthesizeOptions { Count = count, Size = size, Frames = 9 });
        StageFile film = result.Files.Single(file => file.Title == "preview.mp4");
        using VideoReader reader = VideoReader.Open(film.Path);
        Assert.Equal(("video/mp4", new FrameSize(side, side), 9), (film.MediaType, reader.Info.Size, reader.Info.FrameCount));
        Assert.Equal(Digests(result), Digests(await Run(new SynthesizeOptions { Count = count, Size = size, Frames = 9 }, "again")));
    }

    [Fact]
    public void Preview_writes_a_picture_and_a_film()
    {
        SynthesisPreview preview = SynthesisPreview.Write([TestPresets.Videos("moving-shapes", count: 4, size: 32)], "moving-shapes", Path.Combine(_folder, "look"), new SampleMaterial(null, null), default);
        AssertPng(preview.ContactSheet, (8 * 34) + 2, (4 * 34) + 2);
        using VideoReader film = VideoReader.Open(preview.Film);
        Assert.Equal((new FrameSize(64, 64), 100), (film.Info.Size, film.Info.FrameCount));
    }

    private static SynthesizeOptions Motions() => new()
    {
        Kind = SynthesisKind.Motions,
        Count = 8,
        Size = 32,
        Frames = 12,
        Seed = 2,
        Materialize = SynthesisFiles.Mp4,
    };

    private Task<StageResult> Run(SynthesizeOptions options, string folder = "") =>
        new SynthesizeStage().RunAsync(options, new FakeContext(Path.Combine(_folder, folder)), default);

    private static string[] Digests(StageResult result) =>
        [.. result.Files.Select(file => $"{file.Title} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file.Path)))}")];

    private static void AssertPng(string path, int width, int height)
    {
        byte[] bytes = File.ReadAllBytes(path);
        Assert.Equal((0x89, (byte)'P', (byte)'N', (byte)'G'), (bytes[0], bytes[1], bytes[2], bytes[3]));
        Assert.Equal((width, height), (BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(16)), BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(20))));
    }
}
