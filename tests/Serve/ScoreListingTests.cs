using System.Text;
using Unreel.Pipelines;
using Unreel.Serve.Scoring;
using Unreel.Testing;

namespace Unreel.Serve.Tests;

public sealed class ScoreListingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("*.mp4", "a.mp4", true)]
    [InlineData("*.mp4", "deep/er/a.mp4", true)]
    [InlineData("*.mp4", "a.mkv", false)]
    [InlineData("walk/*", "walk/a.mp4", true)]
    [InlineData("walk/*", "walk/b/a.mp4", false)]
    [InlineData("walk/**", "walk/b/a.mp4", true)]
    [InlineData("walk/", "walk/b/a.mp4", true)]
    [InlineData("**/cam1/**", "day/cam1/a.mp4", true)]
    [InlineData("**/cam1/**", "cam1/a.mp4", true)]
    [InlineData("**/cam1/**", "cam11/a.mp4", false)]
    [InlineData("a?.mp4", "ab.mp4", true)]
    [InlineData("a?.mp4", "a.mp4", false)]
    [InlineData("A.mp4", "a.mp4", false)]
    [InlineData("a+(b).mp4", "a+(b).mp4", true)]
    [InlineData("./walk/*.mp4", "walk/a.mp4", true)]
    [InlineData("x**y.mp4", "x/1/y.mp4", true)]
    public void Patterns_mean_what_people_expect(string pattern, string name, bool agrees) =>
        Assert.Equal(agrees, new GlobPatterns([pattern]).Match(name));

    [Theory]
    [InlineData("")]
    [InlineData("/etc/*")]
    [InlineData("../*")]
    public void Patterns_that_lead_out_of_the_folder_are_refused(string pattern) =>
        Assert.Throws<UsageException>(() => new GlobPatterns([pattern]));

    [Theory]
    [InlineData("a.mp4", "a.mp4", null)]
    [InlineData("my clip.mp4", "my clip.mp4", null)]
    [InlineData("a.mp4 walk", "a.mp4", "walk")]
    [InlineData("my clip.mp4 walk", "my clip.mp4", "walk")]
    [InlineData("a.mp4,walk", "a.mp4", "walk")]
    [InlineData("a.mp4\twalk the dog", "a.mp4", "walk the dog")]
    [InlineData("\"a, b.mp4\" walk the dog", "a, b.mp4", "walk the dog")]
    [InlineData("\"say \"\"hi\"\".mp4\",walk", "say \"hi\".mp4", "walk")]
    [InlineData("\"no extension\"", "no extension", null)]
    public void Lines_are_paths_with_or_without_labels(string line, string path, string? label)
    {
        ListedVideo video = Assert.Single(Read($"# comment\n\n{line}\r\n"));
        Assert.Equal((3, path, label), (video.Number, video.Path, video.Label));
    }

    [Fact]
    public void Tables_name_their_columns()
    {
        List<ListedVideo> videos = Read("\uFEFFid,label,file\r\n1,walk,\"a,\nb.mp4\"\r\n2,,c.mp4");

        Assert.Equal([("a,\nb.mp4", "walk"), ("c.mp4", null)], videos.Select(video => (video.Path, video.Label)));
    }

    [Theory]
    [InlineData("file,label\na.mp4\n", "record 2: 1 fields; expected 2")]
    [InlineData("file,label\n,walk\n", "record 2: 2 fields, that of the file empty")]
    [InlineData("\"a.mp4\n", "quote that does not end")]
    [InlineData("a\0b\n", "is no text")]
    [InlineData(",walk\n", "expected a path")]
    public void Malformed_lists_are_named_with_their_line(string text, string expected)
    {
        UsageException problem = Assert.Throws<UsageException>(() => Read(text));
        Assert.Contains("list.txt", problem.Message, StringComparison.Ordinal);
        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_passed_over_is_counted_and_said()
    {
        foreach (string name in new[] { "walk/a.mp4", "walk/b.mkv", "run/c.mp4", "notes.txt", "deep/x.dat", "README", ".hidden/d.mp4", "run/._e.mp4" })
            Write(name);

        VideoListing all = FolderListing.Read(_folder.Path, new VideoFilter([], []));
        VideoListing some = FolderListing.Read(_folder.Path, new VideoFilter(["walk/*", "*.dat"], ["*.mkv"]));

        Assert.Equal(["run/c.mp4", "walk/a.mp4", "walk/b.mkv"], all.Entries.Select(entry => entry.Name));
        Assert.Equal(["passed over 3 files not named like videos: without extension 1, .dat 1, .txt 1", "passed over 2 files with a dot before a name"], all.Notices);
        Assert.Equal(["deep/x.dat", "walk/a.mp4"], some.Entries.Select(entry => entry.Name));
        Assert.Contains("passed over 2 files by --include and --exclude", some.Notices);
    }

    [Fact]
    public void The_digest_of_names_tells_order_and_labels_apart()
    {
        VideoEntry a = new("a", "a"), b = new("b", "b");
        Assert.Equal(Names(a, b), Names(a, b));
        Assert.NotEqual(Names(a, b), Names(b, a));
        Assert.NotEqual(Names(a, b), Names(a with { Truth = "walk" }, b));
    }

    [Theory]
    [InlineData("0/4", 0, 4)]
    [InlineData("3/4", 3, 4)]
    [InlineData("auto/7", 5, 7, "JOB_COMPLETION_INDEX=5")]
    [InlineData("auto", 2, 4, "SLURM_ARRAY_TASK_ID=30", "SLURM_ARRAY_TASK_MIN=10", "SLURM_ARRAY_TASK_STEP=10", "SLURM_ARRAY_TASK_COUNT=4")]
    [InlineData("auto/2", 1, 2, "SLURM_ARRAY_TASK_ID=1")]
    [InlineData("auto", 1, 2, "SLURM_ARRAY_TASK_ID=2", "SLURM_ARRAY_TASK_MIN=1", "SLURM_ARRAY_TASK_COUNT=2")]
    public void Parts_are_read_from_the_command_line_and_schedulers(string text, int index, int count, params string[] environment) =>
        Assert.Equal(new ShardChoice(index, count), ShardChoice.Parse(text, Environment(environment)));

    [Theory]
    [InlineData("4/4", "counted from 0")]
    [InlineData("1", "expected I/N")]
    [InlineData("-1/4", "counted from 0")]
    [InlineData("1/0", "expected I/N")]
    [InlineData("auto", "neither SLURM_ARRAY_TASK_ID nor JOB_COMPLETION_INDEX")]
    [InlineData("auto", "auto/N", "JOB_COMPLETION_INDEX=1")]
    [InlineData("auto", "SLURM_ARRAY_TASK_COUNT is not set", "SLURM_ARRAY_TASK_ID=1")]
    [InlineData("auto/2", "there are 2", "JOB_COMPLETION_INDEX=2")]
    [InlineData("auto/2", "whole number", "JOB_COMPLETION_INDEX=x")]
    [InlineData("auto", "a multiple of 2", "SLURM_ARRAY_TASK_ID=4", "SLURM_ARRAY_TASK_MIN=1", "SLURM_ARRAY_TASK_STEP=2", "SLURM_ARRAY_TASK_COUNT=3")]
    public void Parts_that_are_none_are_refused(string text, string expected, params string[] environment)
    {
        UsageException problem = Assert.Throws<UsageException>(() => ShardChoice.Parse(text, Environment(environment)));
        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 0, "cpu", 2, 1, 2)]
    [InlineData(0, 0, "cpu", 64, 8, 8)]
    [InlineData(4, 0, "cpu", 2, 4, 1)]
    [InlineData(0, 0, "cuda", 8, 8, 1)]
    [InlineData(2, 3, "cpu", 8, 2, 3)]
    public void Cores_are_shared_by_inferences_side_by_side(int threads, int lanes, string device, int cores, int each, int atATime) =>
        Assert.Equal(new ScorePlan(each, atATime), ScorePlan.Choose(threads, lanes, device, cores));

    private static Func<string, string?> Environment(string[] variables) =>
        name => Array.Find(variables, variable => variable.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..];

    private static Artifacts.Digest Names(params VideoEntry[] entries) => new VideoListing(entries, []).NamesDigest();

    private static List<ListedVideo> Read(string text) => ListFile.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), "list.txt");

    private void Write(string name)
    {
        string path = _folder.File(name.Split('/'));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "");
    }
}
