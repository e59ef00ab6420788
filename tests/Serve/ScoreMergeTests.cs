using System.Text.Json.Nodes;
using Unreel.Artifacts;
using Unreel.Pipelines;
using Unreel.Serve.Scoring;
using Unreel.Testing;
using Unreel.Testing.Models;
using Unreel.Video;

namespace Unreel.Serve.Tests;

public sealed class ScoreMergeTests : IDisposable
{
    private static readonly string[] Names = ["run/a.mp4", "run/b.mp4", "walk/c.mp4", "walk/d.mp4", "walk/e.mp4"];
    private readonly TemporaryFolder _folder = new();
    private readonly ArtifactStore _store;

    public ScoreMergeTests()
    {
        _store = ArtifactStores.Open(_folder.File(".unreel"));
        TinyModel.Write(_folder.File("model"));
        for (int index = 0; index < Names.Length; index++)
            TestVideos.Write(_folder.File(["videos", .. Names[index].Split('/')]), seed: index);
        File.WriteAllText(_folder.File("videos", "walk", "bad.mp4"), "no video");
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(".csv", 1)]
    [InlineData(".csv", 3)]
    [InlineData(".jsonl", 6)]
    public async Task Parts_together_are_the_bytes_of_an_undivided_run(string extension, int count)
    {
        await ScoreAsync(_folder.File("whole" + extension));
        for (int index = 0; index < count; index++)
            await ScoreAsync(_folder.File("part" + extension), new ShardChoice(index, count));

        ScoreSummary merged = await MergeAsync(_folder.File("merged" + extension), _folder.File("part" + extension));

        Assert.Equal((6, 1), (merged.Videos, merged.Failed));
        foreach (string file in new[] { extension, $"{extension}.report.json", $"{extension}.confusion.svg", $"{extension}.failed.csv" })
            Assert.Equal(File.ReadAllBytes(_folder.File("whole" + file)), File.ReadAllBytes(_folder.File("merged" + file)));
    }

    [Fact]
    public async Task Artifacts_are_scored_merged_and_traced_back()
    {
        ArtifactRef clips = await ArtifactFolder.AddFolderAsync(_store, ArtifactKind.Clips, "clips", new Lineage { Stage = "put" }, _folder.File("videos"), null, default);
        await _store.MoveTagAsync(clips, "latest", TimeProvider.System, default);
        ArtifactRef model = await ArtifactFolder.AddFolderAsync(_store, ArtifactKind.Onnx, "tiny", new Lineage { Stage = "put" }, _folder.File("model"), null, default);
        await _store.MoveTagAsync(model, "latest", TimeProvider.System, default);

        ScoreSummary whole = await ScoreAsync("scores/whole", change: FromStore);
        await ScoreAsync("scores/whole:part", new ShardChoice(0, 2), FromStore);
        await ScoreAsync("scores/whole:part", new ShardChoice(1, 2), FromStore);
        ScoreSummary merged = await MergeAsync("scores/whole:merged", "scores/whole:part");
        await ScoreAsync(_folder.File("local.csv"));

        // Equal work has equal digests, divided or not.
        Assert.Equal(whole.Artifact, merged.Artifact);
        Artifact artifact = await _store.ReadAsync(whole.Artifact!.Value, default);
        Assert.Equal(("score", "cpu"), (artifact.Lineage.Stage, artifact.Lineage.Device));
        Assert.Equal([("model", model.ToString()), ("videos", clips.ToString())], artifact.Lineage.Inputs.Select(input => (input.Option, input.Reference)));
        Assert.Equal((6.0, 1.0), (artifact.Lineage.Metrics["videos"], artifact.Lineage.Metrics["failed"]));
        Assert.Contains("top1", artifact.Lineage.Metrics.Keys);
        Assert.Equal(["scores.csv", "scores.csv.confusion.svg", "scores.csv.failed.csv", "scores.csv.report.json"], artifact.Manifest.Layers.Select(layer => layer.Title).Order(StringComparer.Ordinal));
        await using Stream rows = await _store.OpenAsync(artifact.Manifest.Layers.First(layer => layer.Title == "scores.csv"), default);
        using MemoryStream bytes = new();
        await rows.CopyToAsync(bytes);
        Assert.Equal(File.ReadAllBytes(_folder.File("local.csv")), bytes.ToArray());
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.File(".unreel", "work")));
        Assert.All(await _store.RunsAsync(whole.Artifact.Value, default), run => Assert.True(run.Figures["videos_per_second"] > 0));

        UsageException refused = await Assert.ThrowsAsync<UsageException>(() => ScoreAsync("scores/whole", change: FromStore));
        ScoreSummary again = await ScoreAsync("scores/whole", change: options => FromStore(options) with { Resume = true });
        Assert.Contains("--overwrite", refused.Message, StringComparison.Ordinal);
        Assert.Equal((whole.Artifact, 6), (again.Artifact, again.Resumed));
    }

    [Theory]
    [InlineData("missing", "Of 3 parts 1 are missing: 1-of-3")]
    [InlineData("twice", "is there twice")]
    [InlineData("columns", "its header is")]
    [InlineData("model", "belong to the model")]
    [InlineData("division", "not of one division")]
    [InlineData("torn", "has 1 rows; expected 2")]
    [InlineData("doubled", "has more than its 2 rows")]
    [InlineData("swapped", "were changed")]
    [InlineData("unsaid", "beside it")]
    [InlineData("whole", "no part")]
    [InlineData("none", "no parts of")]
    public async Task Parts_that_do_not_fit_are_named(string wrong, string expected)
    {
        string parts = _folder.File("part.csv"), second = _folder.File("part.1-of-3.csv");
        for (int index = 0; index < 3; index++)
            await ScoreAsync(parts, new ShardChoice(index, 3));
        List<string> named = [parts];
        switch (wrong)
        {
            case "missing":
                File.Delete(second);
                break;
            case "twice":
                named.Add(second);
                break;
            case "columns":
                await ScoreAsync(parts, new ShardChoice(1, 3), options => options with { TopK = 2, Overwrite = true });
                break;
            case "model":
                TinyModel.Write(_folder.File("model"), seed: 9);
                await ScoreAsync(parts, new ShardChoice(1, 3), options => options with { Overwrite = true });
                break;
            case "division":
                await ScoreAsync(parts, new ShardChoice(1, 2));
                break;
            case "torn":
                File.WriteAllText(second, string.Join("\r\n", File.ReadAllText(second).Split("\r\n")[..2]) + "\r\n");
                break;
            case "doubled":
                File.AppendAllText(second, "x.mp4" + new string(',', 15) + "\r\n");
                break;
            case "swapped":
                File.WriteAllText(second, File.ReadAllText(second).Replace("run/b.mp4", "run/z.mp4", StringComparison.Ordinal));
                break;
            case "unsaid":
                File.Delete(second + ".report.json");
                break;
            case "whole":
                await ScoreAsync(_folder.File("whole.csv"));
                File.Copy(_folder.File("whole.csv.report.json"), second + ".report.json", overwrite: true);
                break;
            default:
                named = [_folder.File("absent.csv")];
                break;
        }

        UsageException problem = await Assert.ThrowsAsync<UsageException>(() => MergeAsync(_folder.File("merged.csv"), [.. named]));

        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(_folder.Path, "merged*"));
    }

    [Theory]
    [InlineData("merged.csv", "merged.csv.part")]
    [InlineData("scores/whole:merged", ".unreel/work/score-whole-merged/scores.csv.part")]
    public async Task Rows_of_a_stopped_run_are_not_thrown_away(string output, string rows)
    {
        for (int index = 0; index < 2; index++)
            await ScoreAsync(_folder.File("part.csv"), new ShardChoice(index, 2));
        string stopped = _folder.File(rows.Split('/'));
        Directory.CreateDirectory(Path.GetDirectoryName(stopped)!);
        File.WriteAllText(stopped, "rows of a night");
        string target = output.Contains(':', StringComparison.Ordinal) ? output : _folder.File(output);

        UsageException refused = await Assert.ThrowsAsync<UsageException>(() => MergeAsync(target, _folder.File("part.csv")));

        Assert.Contains("holds the rows of a run that was stopped", refused.Message, StringComparison.Ordinal);
        Assert.Equal("rows of a night", File.ReadAllText(stopped));
    }

    [Fact]
    public async Task Parts_that_cannot_be_opened_cost_no_rows()
    {
        for (int index = 0; index < 2; index++)
            await ScoreAsync(_folder.File("part.csv"), new ShardChoice(index, 2));
        File.WriteAllText(_folder.File("merged.csv.part"), "rows of a night");

        using FileStream held = new(_folder.File("part.1-of-2.csv"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        UsageException refused = await Assert.ThrowsAsync<UsageException>(() => MergeAsync(_folder.File("merged.csv"), overwrite: true, _folder.File("part.csv")));

        Assert.Contains("part.1-of-2.csv, one of 2 parts", refused.Message, StringComparison.Ordinal);
        Assert.Equal("rows of a night", File.ReadAllText(_folder.File("merged.csv.part")));
    }

    [Fact]
    public async Task Publishing_leaves_a_stopped_run_of_another_form_where_it_is()
    {
        for (int index = 0; index < 2; index++)
            await ScoreAsync(_folder.File("part.csv"), new ShardChoice(index, 2));
        string work = _folder.File(".unreel", "work", "score-whole-merged");
        Directory.CreateDirectory(work);
        File.WriteAllText(Path.Combine(work, "scores.jsonl.part"), "rows of a night");

        await MergeAsync("scores/whole:merged", _folder.File("part.csv"));

        Assert.Equal(["scores.jsonl.part"], Directory.EnumerateFileSystemEntries(work).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Old_rows_never_stand_beside_what_is_said_of_new_ones()
    {
        string path = _folder.File("scores.csv");
        await ScoreAsync(path);
        ScoreTarget target = new(path, ScoreFormats.Csv, null);
        ScoreReport report = ScoreReport.Read(File.ReadAllBytes(target.Report), target.Report);

        // As the next run does between its last row and the file's new name, where it may be killed.
        report.Write(target, []);

        Assert.Equal((false, true), (File.Exists(path), File.Exists(target.Report)));
    }

    [Theory]
    [InlineData("twice", "is there twice")]
    [InlineData("null", "a label is null")]
    [InlineData("many", "at most 10000")]
    public async Task A_report_is_not_believed_about_its_labels(string wrong, string expected)
    {
        await ScoreAsync(_folder.File("part.csv"), new ShardChoice(0, 1));
        string report = _folder.File("part.0-of-1.csv.report.json");
        JsonNode node = JsonNode.Parse(File.ReadAllText(report))!;
        JsonArray labels = node["labels"]!.AsArray();
        for (int index = 0; index < (wrong == "many" ? 10_001 : 1); index++)
            labels.Add(wrong == "many" ? $"label {index}" : wrong == "null" ? null : (string)labels[0]!);
        File.WriteAllText(report, node.ToJsonString());

        UsageException refused = await Assert.ThrowsAsync<UsageException>(() => MergeAsync(_folder.File("merged.csv"), _folder.File("part.csv")));

        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_finished_output_is_left_alone_unless_it_may_be_replaced()
    {
        string path = _folder.File("scores.csv");
        await ScoreAsync(path);
        byte[] whole = File.ReadAllBytes(path);
        File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch);

        UsageException refused = await Assert.ThrowsAsync<UsageException>(() => ScoreAsync(path));
        ScoreSummary resumed = await ScoreAsync(path, change: options => options with { Resume = true });
        UsageException other = await Assert.ThrowsAsync<UsageException>(() => ScoreAsync(path, change: options => options with { Resume = true, TopK = 1 }));

        Assert.Contains("--overwrite", refused.Message, StringComparison.Ordinal);
        Assert.Equal((6, 6), (resumed.Videos, resumed.Resumed));
        Assert.Contains("not of this work", other.Message, StringComparison.Ordinal);
        Assert.Equal(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(path));
        Assert.Equal(whole, File.ReadAllBytes(path));
        await ScoreAsync(path, change: options => options with { Overwrite = true, TopK = 1 });
        Assert.NotEqual(whole, File.ReadAllBytes(path));
    }

    [Fact]
    public async Task The_failures_are_a_list_to_try_again_with()
    {
        await ScoreAsync(_folder.File("scores.csv"));
        TestVideos.Write(_folder.File("videos", "walk", "bad.mp4"));

        ScoreSummary again = await ScoreAsync(_folder.File("again.csv"), change: options => options with { Videos = _folder.File("scores.csv.failed.csv"), Root = _folder.File("videos") });

        Assert.Equal((1, 0), (again.Videos, again.Failed));
    }

    [Fact]
    public async Task Clips_that_are_only_a_recipe_are_refused_with_what_helps()
    {
        Descriptor recipe = await _store.AddBytesAsync("{}"u8.ToArray(), "application/json", "recipe.json", default);
        ArtifactRef clips = await _store.PublishAsync(ArtifactKind.Clips, "drawn", new Lineage { Stage = "put" }, [recipe], default);
        await _store.MoveTagAsync(clips, "latest", TimeProvider.System, default);

        UsageException problem = await Assert.ThrowsAsync<UsageException>(() => ScoreAsync(_folder.File("x.csv"), change: options => options with { Videos = "clips/drawn" }));
        Assert.Contains("recipe.json", problem.Message, StringComparison.Ordinal);
        Assert.Contains("materialize: mp4", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Damaged_blobs_cost_their_rows_only()
    {
        Descriptor good = await _store.AddFileAsync(_folder.File("videos", "run", "a.mp4"), "video/mp4", "a.mp4", default);
        Descriptor bad = await _store.AddFileAsync(_folder.File("videos", "run", "b.mp4"), "video/mp4", "b.mp4", default);
        Descriptor list = await _store.AddBytesAsync("b.mp4,run\na.mp4,walk\n"u8.ToArray(), "text/csv", ClipDataset.ListFile, default);
        ArtifactRef clips = await _store.PublishAsync(ArtifactKind.Clips, "some", new Lineage { Stage = "put" }, [good, bad, list], default);
        await _store.MoveTagAsync(clips, "latest", TimeProvider.System, default);
        string blob = _store.LocalFile(bad.Digest)!;
        File.SetAttributes(blob, FileAttributes.Normal);
        byte[] bytes = File.ReadAllBytes(blob);
        bytes[^1] ^= 1;
        File.Delete(blob);
        File.WriteAllBytes(blob, bytes);

        ScoreSummary summary = await ScoreAsync(_folder.File("x.csv"), change: options => options with { Videos = "clips/some" });

        List<List<string>> rows = ScoreRows.Read(_folder.File("x.csv"));
        Assert.Equal((2, 1), (summary.Videos, summary.Failed));
        Assert.Equal(["b.mp4", "a.mp4"], rows.Skip(1).Select(row => row[0]));
        Assert.Contains("is damaged", rows[1][^3], StringComparison.Ordinal);
        Assert.Equal(["run", "walk"], rows.Skip(1).Select(row => row[^2]));
    }

    private static ScoreOptions FromStore(ScoreOptions options) => options with { Model = "onnx/tiny", Videos = "clips/clips" };

    private ScoreSettings Settings() => new() { Store = _store, CacheFolder = _folder.File("cache") };

    private Task<ScoreSummary> ScoreAsync(string output, ShardChoice? shard = null, Func<ScoreOptions, ScoreOptions>? change = null)
    {
        ScoreOptions options = new() { Model = _folder.File("model"), Videos = _folder.File("videos"), Out = output, Shard = shard };
        return FolderScorer.Create(Settings()).RunAsync(change?.Invoke(options) ?? options, new Progress<StageProgress>(), CancellationToken.None);
    }

    private Task<ScoreSummary> MergeAsync(string output, params string[] parts) => MergeAsync(output, overwrite: false, parts);

    private Task<ScoreSummary> MergeAsync(string output, bool overwrite, params string[] parts) =>
        new ScoreMerger(Settings(), TimeProvider.System).RunAsync(new MergeOptions(parts, output, overwrite), CancellationToken.None);
}
