using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text.Json;
using Unreel.Pipelines;
using Unreel.Testing;
using Unreel.Video;

namespace Unreel.Synthesize.Tests;

/// <summary>Sets written for other tools: the same bytes whatever happened on the way, nothing left beside them.</summary>
public sealed class MaterialisationTests : IDisposable
{
    private const string Judge = """
        import hashlib, json, sys, tarfile
        for path in sys.argv[1:]:
            with tarfile.open(path, "r:", errorlevel=2) as tar:
                assert tar.format is not None
                for member in tar:
                    assert member.isfile() and (member.mtime, member.uid, member.gid, member.mode, member.uname) == (0, 0, 0, 0o644, ""), member.get_info()
                    content = tar.extractfile(member).read()
                    if member.name.endswith(".json"):
                        json.loads(content)
                    print(member.name, hashlib.sha256(content).hexdigest())
            with open(path, "rb") as file:
                assert file.read(262)[257:262] == b"ustar"
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Shards_hold_whole_samples_and_nothing_else_stays()
    {
        StageResult result = await Run(Shards(), "shards");

        Assert.Equal(["labels.txt", "clips-000000.tar", "clips-000001.tar", "clips-000002.tar", "contact-sheet.png", "preview.mp4"], result.Files.Select(file => file.Title));
        Assert.All(result.Files.Where(file => file.Title.EndsWith(".tar", StringComparison.Ordinal)), file => Assert.Equal("application/x-tar", file.MediaType));
        Assert.Equal(3, Directory.GetFileSystemEntries(Path.GetDirectoryName(result.Files[1].Path)!).Length);
        string[] names = [.. Entries(result.Files[1].Path).Concat(Entries(result.Files[2].Path)).Concat(Entries(result.Files[3].Path)).Select(entry => entry.Name)];
        Assert.Equal(10 * 3, names.Length);
        Assert.Equal(["s000_translate-left.mp4", "s000_translate-left.json", "s000_translate-left.cls"], names[..3]);
        Assert.Equal(10, names.Select(name => name.Split('.')[0]).Distinct().Count());
    }

    [Fact]
    public async Task Samples_say_what_they_are()
    {
        StageResult result = await Run(Shards(), "shards");
        string[] labels = File.ReadAllLines(result.Files[0].Path);
        (string Name, byte[] Bytes)[] entries = Entries(result.Files[2].Path);

        using JsonDocument json = JsonDocument.Parse(entries[1].Bytes);
        int label = int.Parse(System.Text.Encoding.ASCII.GetString(entries[2].Bytes), System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal("s000_rotate-clockwise.json", entries[1].Name);
        Assert.Equal("""{"frames":12,"fps":25,"seed":2,"index":4,"preset":"motions","label":"rotate-clockwise"}""", json.RootElement.GetRawText());
        Assert.Equal(("rotate-clockwise", 8), (labels[label], labels.Length));
    }

    [Fact]
    public async Task Without_labels_samples_have_no_class()
    {
        StageResult result = await Run(new SynthesizeOptions { Count = 2, Size = 32, Frames = 3, Materialize = SynthesisFiles.Webdataset }, "shards");

        Assert.Equal(["clips-000000.tar", "contact-sheet.png", "preview.mp4"], result.Files.Select(file => file.Title));
        Assert.Equal(["v000000.mp4", "v000000.json", "v000001.mp4", "v000001.json"], Entries(result.Files[0].Path).Select(entry => entry.Name));
    }

    [ProgramFact("python3", "-c", "import tarfile")]
    public async Task Another_reader_of_tar_finds_the_videos_that_are_written_as_files()
    {
        StageResult shards = await Run(Shards(), "shards"), files = await Run(Shards() with { Materialize = SynthesisFiles.Mp4, ShardSize = null }, "files");

        (int code, string output) = Judges.Run("python3", ["-c", Judge, .. shards.Files.Select(file => file.Path).Where(path => path.EndsWith(".tar", StringComparison.Ordinal))]);

        Assert.True(code == 0, output);
        Assert.Equal(
            files.Files.Where(file => file.Title.StartsWith('s')).Select(file => $"{file.Title} {Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file.Path)))}"),
            output.Split('\n').Where(line => line.Contains(".mp4", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(SynthesisFiles.Mp4)]
    [InlineData(SynthesisFiles.Frames)]
    [InlineData(SynthesisFiles.Webdataset)]
    public async Task Cancelled_at_any_video_it_ends_with_the_same_bytes(SynthesisFiles form)
    {
        SynthesizeOptions options = Shards() with { Materialize = form, ShardSize = form == SynthesisFiles.Webdataset ? 4 : null };
        string[] expected = Digests(await Run(options with { Workers = 3 }, "whole"));
        for (int last = 0; last < 10; last += 3)
        {
            using CancellationTokenSource stop = new();
            FakeContext context = new(_folder.File("cut")) { OnReport = report => { if (report.Done >= last) stop.Cancel(); } };
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new SynthesizeStage().RunAsync(options with { Workers = 1 }, context, stop.Token));
            Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.File("cut"), "*.part", SearchOption.AllDirectories));
        }

        FakeContext again = new(_folder.File("cut"));
        StageResult result = await new SynthesizeStage().RunAsync(options, again, default);
        Assert.Equal(expected, Digests(result));
        Assert.InRange(again.Reports[0].Done, 9, 10);
    }

    // A process that is killed cleans nothing up.
    [Fact]
    public async Task What_a_killed_run_left_is_taken_up_or_removed()
    {
        StageResult whole = await Run(Shards(), "shards");
        string[] expected = Digests(whole);
        string folder = Path.GetDirectoryName(whole.Files[1].Path)!;
        File.Delete(whole.Files[2].Path);
        File.WriteAllText(whole.Files[2].Path + ".part", "half a shard");
        File.WriteAllText(Path.Combine(folder, "s000_translate-left.mp4"), "in a finished shard already");
        File.WriteAllText(Path.Combine(folder, "s000_grow.mp4.123.part"), "half a video");
        DateTime written = new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(whole.Files[1].Path, written);

        Assert.Equal(expected, Digests(await Run(Shards(), "shards")));
        Assert.Equal(written, File.GetLastWriteTimeUtc(whole.Files[1].Path));
        Assert.Equal(3, Directory.GetFileSystemEntries(folder).Length);
    }

    [Fact]
    public async Task A_shard_of_which_all_videos_are_there_is_only_packed()
    {
        StageResult files = await Run(Shards() with { Materialize = SynthesisFiles.Mp4, ShardSize = null }, "files"), whole = await Run(Shards(), "shards");
        string[] expected = Digests(whole);
        File.Delete(whole.Files[1].Path);
        foreach (StageFile file in files.Files.Where(file => file.Title.StartsWith("s000", StringComparison.Ordinal)))
            File.Copy(file.Path, Path.Combine(Path.GetDirectoryName(whole.Files[1].Path)!, file.Title));

        Assert.Equal(expected, Digests(await Run(Shards(), "shards")));
    }

    [Fact]
    public async Task Folders_of_frames_hold_exactly_the_pixels_that_are_drawn()
    {
        SynthesizeOptions options = Shards() with { Materialize = SynthesisFiles.Frames, ShardSize = null };
        StageResult result = await Run(options, "frames");

        string[] lines = File.ReadAllLines(result.Files[0].Path);
        Assert.Equal(("clips.csv", "labels.txt"), (result.Files[0].Title, result.Files[1].Title));
        Assert.Equal(("s000_translate-left 12 5", 10), (lines[0], lines.Length));
        StageFile[] frames = [.. result.Files.Where(file => file.Title.Contains('/', StringComparison.Ordinal))];
        Assert.Equal(120, frames.Length);
        Assert.Equal(("s000_translate-left/img_00001.png", "s000_translate-left/img_00012.png"), (frames[0].Title, frames[11].Title));
        using SynthesisSource source = new(options.ToRecipe());
        using MemoryStream expected = new();
        Png.Write(expected, source.Read(9, [11], null, default).Pixels, source.Size);
        Assert.Equal(expected.ToArray(), File.ReadAllBytes(frames[^1].Path));
    }

    [Fact]
    public async Task Folders_of_frames_are_read_back_as_they_were_drawn()
    {
        foreach (SynthesisKind kind in Enum.GetValues<SynthesisKind>())
        {
            SynthesizeOptions options = new() { Kind = kind, Count = 9, Size = 32, Frames = 5, Materialize = SynthesisFiles.Frames };
            string artifact = await ArtifactAsync(options);

            using IClipSource read = ClipDataset.Open(artifact, [new SynthesisRecipeReader()]);
            using SynthesisSource drawn = new(options.ToRecipe());
            Assert.Equal(drawn.Labels, read.Labels);
            Assert.Equal(drawn.Items.Select(item => (Path.GetFileNameWithoutExtension(item.Name), item.Label)), read.Items.Select(item => (item.Name, item.Label)));
            Assert.Equal(5, read.FrameCount(8));
            Assert.Equal(drawn.Read(8, [0, 3, 3, 4], null, default).Pixels, read.Read(8, [0, 3, 3, 4], null, default).Pixels);
            Assert.Equal(new FrameSize(20, 16), read.Read(0, [1], new FrameSize(20, 16), default).Size);
        }
    }

    [Theory]
    [InlineData(SynthesisKind.Videos)]
    [InlineData(SynthesisKind.Motions)]
    public async Task Training_on_shards_is_refused_with_the_remedy(SynthesisKind kind)
    {
        string artifact = await ArtifactAsync(new SynthesizeOptions { Kind = kind, Count = 2, Size = 32, Frames = 3, Materialize = SynthesisFiles.Webdataset });

        VideoException error = Assert.Throws<VideoException>(() => ClipDataset.Open(artifact, [new SynthesisRecipeReader()]));

        Assert.Contains("tar shards", error.Message, StringComparison.Ordinal);
        Assert.Contains("materialize: none, mp4 or frames", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SynthesisFiles.Mp4, 16_001, null, 100, "16001 files")]
    [InlineData(SynthesisFiles.Frames, 161, null, 100, "16100 files")]
    [InlineData(SynthesisFiles.Webdataset, 32_001, 2, 100, "16001 files")]
    public async Task More_files_than_an_artifact_lists_are_refused_before_anything_is_written(SynthesisFiles form, int count, int? shardSize, int frames, string message)
    {
        UsageException error = await Assert.ThrowsAsync<UsageException>(() => Run(new SynthesizeOptions { Count = count, Size = 32, Frames = frames, Materialize = form, ShardSize = shardSize }, "many"));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.File("many")));
    }

    [Fact]
    public async Task Shard_size_without_shards_is_refused()
    {
        UsageException error = await Assert.ThrowsAsync<UsageException>(() => Run(Shards() with { Materialize = SynthesisFiles.Mp4 }, "files"));
        Assert.Contains("shard_size is 4", error.Message, StringComparison.Ordinal);
    }

    private static SynthesizeOptions Shards() => new()
    {
        Kind = SynthesisKind.Motions,
        Count = 10,
        Size = 32,
        Frames = 12,
        Seed = 2,
        Materialize = SynthesisFiles.Webdataset,
        ShardSize = 4,
    };

    private Task<StageResult> Run(SynthesizeOptions options, string folder) => new SynthesizeStage().RunAsync(options, new FakeContext(_folder.File(folder)), default);

    // As it comes out of a store.
    private async Task<string> ArtifactAsync(SynthesizeOptions options)
    {
        string artifact = Directory.CreateDirectory(_folder.File($"artifact-{options.Kind}")).FullName;
        foreach (StageFile file in (await Run(options, $"{options.Kind}")).Files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(artifact, file.Title))!);
            File.Copy(file.Path, Path.Combine(artifact, file.Title));
        }

        return artifact;
    }

    private static (string Name, byte[] Bytes)[] Entries(string shard)
    {
        using FileStream file = File.OpenRead(shard);
        using TarReader tar = new(file);
        List<(string, byte[])> entries = [];
        while (tar.GetNextEntry(copyData: true) is { } entry)
        {
            using MemoryStream content = new();
            entry.DataStream!.CopyTo(content);
            entries.Add((entry.Name, content.ToArray()));
        }

        return [.. entries];
    }

    private static string[] Digests(StageResult result) =>
        [.. result.Files.Select(file => $"{file.Title} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file.Path)))}")];
}
