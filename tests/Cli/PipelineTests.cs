using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Unreel.Testing;

namespace Unreel.Cli.Tests;

/// <summary>One store with a finished micro pipeline, for all tests that look at what came of it.</summary>
public sealed class FinishedPipeline : IAsyncLifetime, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public string Folder => _folder.Path;

    public string Store => _folder.File(".unreel");

    public ProgramResult Result { get; private set; } = new(-1, string.Empty, string.Empty);

    public Task<ProgramResult> RunAsync(params string[] arguments) => UnreelProgram.RunAsync(Folder, arguments);

    public async Task InitializeAsync() => Result = await RunAsync("run", MicroPipeline.Write(Folder));

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _folder.Dispose();
}

public sealed partial class PipelineTests(FinishedPipeline finished) : IClassFixture<FinishedPipeline>
{
    [Fact]
    public void Run_goes_from_nothing_to_an_evaluated_model()
    {
        Assert.True(finished.Result.Code == 0, finished.Result.ToString());
        Assert.Contains("parity passed", finished.Result.Error, StringComparison.Ordinal);
        Assert.Contains("serve --model onnx/micro:latest --port", finished.Result.Error, StringComparison.Ordinal);
        Assert.Empty(finished.Result.Output);
    }

    [Fact]
    public async Task Run_from_elsewhere_names_the_store_in_the_commands_to_try_next()
    {
        using TemporaryFolder elsewhere = new();

        ProgramResult again = await UnreelProgram.RunAsync(elsewhere.Path, "run", Path.Combine(finished.Folder, "micro.yaml"));

        Assert.True(again.Code == 0, again.ToString());
        Assert.Contains($"serve --model onnx/micro:latest --store {finished.Store} --port", again.Error, StringComparison.Ordinal);
        Assert.Contains($"artifacts show onnx/micro:latest --store {finished.Store}", again.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_again_finds_every_stage_done()
    {
        ProgramResult again = await finished.RunAsync("run", "micro.yaml", "--json");

        List<JsonElement> lines = JsonLines(again.Output);
        JsonElement[] outcomes = [.. lines.Where(line => line.GetProperty("event").GetString() == "stage-finished")];
        Assert.Equal(0, again.Code);
        Assert.Equal(6, outcomes.Length);
        Assert.All(outcomes, outcome => Assert.Equal("up-to-date", outcome.GetProperty("state").GetString()));
    }

    [Fact]
    public async Task Dry_run_says_what_would_run()
    {
        ProgramResult result = await finished.RunAsync("run", "micro.yaml", "--dry-run", "--from", "finetune");

        Assert.Equal(0, result.Code);
        Assert.Matches("pretrain +up to date", result.Error);
        Assert.Matches("finetune +would run", result.Error);
        Assert.Matches("evaluate +would run", result.Error);
    }

    [Fact]
    public async Task Folder_of_class_folders_takes_the_place_of_the_rendered_set()
    {
        // In a copy of the store: the tags move to what was made from the user's own clips.
        using TemporaryFolder own = new();
        CopyFolder(finished.Store, own.File(".unreel"));
        MicroPipeline.Write(own.Path);
        await UnreelProgram.RunAsync(own.Path, "artifacts", "get", "clips/micro-motions", "--out", "clips");
        foreach (string video in Directory.EnumerateFiles(own.File("clips"), "s*.mp4", SearchOption.AllDirectories))
        {
            string label = Path.GetFileNameWithoutExtension(video).Split('_')[1];
            Directory.CreateDirectory(own.File("mine", label));
            File.Copy(video, own.File("mine", label, Path.GetFileName(video)));
        }

        ProgramResult result = await UnreelProgram.RunAsync(own.Path, "run", "micro.yaml", "--set", "finetune.clips=mine");

        Assert.True(result.Code == 0, result.ToString());
        Assert.Matches("pretrain +up to date", result.Error);
        Assert.Contains("motions: skipped: nothing uses it after --set finetune.clips", result.Error, StringComparison.Ordinal);
        Assert.Matches("evaluate +done .*8 test clips", result.Error);
    }

    [Theory]
    [InlineData("export.tolerance=0", "largest difference of logits")]
    [InlineData("evaluate.min_top1=1", "min_top1")]
    public async Task Gates_refuse_with_3_and_publish_nothing(string set, string named)
    {
        using TemporaryFolder own = new();
        CopyFolder(finished.Store, own.File(".unreel"));
        MicroPipeline.Write(own.Path);
        string before = await MicroPipeline.TagsAsync(own.Path);

        ProgramResult result = await UnreelProgram.RunAsync(own.Path, "run", "micro.yaml", "--set", set);

        Assert.True(result.Code == 3, result.ToString());
        Assert.Contains(named, result.Error, StringComparison.Ordinal);
        Assert.Contains("published", result.Error, StringComparison.Ordinal);
        Assert.Equal(before, await MicroPipeline.TagsAsync(own.Path));
    }

    [Fact]
    public async Task Score_gives_a_row_a_file_and_the_reason_for_what_cannot_be_read()
    {
        string videos = Path.Combine(finished.Folder, "videos");
        await finished.RunAsync("artifacts", "get", "clips/micro-motions", "--out", videos, "--store", finished.Store);
        File.Delete(Path.Combine(videos, "preview.mp4"));
        await File.WriteAllTextAsync(Path.Combine(videos, "broken.mp4"), "this is no video");
        string scores = Path.Combine(finished.Folder, "scores.csv");

        ProgramResult result = await finished.RunAsync("score", "--model", "onnx/micro:latest", "--videos", videos, "--out", scores, "--store", finished.Store);

        Assert.True(result.Code == 0, result.ToString());
        string[] rows = await File.ReadAllLinesAsync(scores);
        Assert.Equal(1 + 32 + 1, rows.Length);
        Assert.StartsWith("file,label,probability", rows[0], StringComparison.Ordinal);
        Assert.Contains(rows, row => row.StartsWith("broken.mp4,,", StringComparison.Ordinal) && row.Contains("broken.mp4", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Score_stops_with_4_when_too_many_cannot_be_read()
    {
        string videos = Directory.CreateDirectory(Path.Combine(finished.Folder, "bad-videos")).FullName;
        await File.WriteAllTextAsync(Path.Combine(videos, "broken.mp4"), "this is no video");

        ProgramResult result = await finished.RunAsync(
            "score", "--model", "onnx/micro", "--videos", videos, "--out", Path.Combine(finished.Folder, "bad.csv"), "--max-failures", "0", "--store", finished.Store);

        Assert.Equal(4, result.Code);
        Assert.Contains("broken.mp4", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_names_the_action_in_a_clip()
    {
        string clips = Path.Combine(finished.Folder, "served-clips");
        await finished.RunAsync("artifacts", "get", "clips/micro-motions", "--out", clips, "--store", finished.Store);
        string[] videos = [.. Directory.EnumerateFiles(clips, "s*.mp4", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        string[] labels = [.. videos.Select(video => Path.GetFileNameWithoutExtension(video).Split('_')[1]).Distinct().Order(StringComparer.Ordinal)];
        ProgramResult shown = await finished.RunAsync("artifacts", "show", "onnx/micro:latest", "--store", finished.Store);

        await using RunningServer server = await RunningServer.StartAsync(finished.Folder, "--model", "onnx/micro:latest", "--store", finished.Store);
        using HttpResponseMessage answer = await server.Client.PutAsync("/v1/classify?top_k=8", new ByteArrayContent(await File.ReadAllBytesAsync(videos[0])));
        JsonElement json = await answer.Content.ReadFromJsonAsync<JsonElement>();

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        JsonElement file = Assert.Single(json.GetProperty("files").EnumerateArray());
        JsonElement[] predictions = [.. file.GetProperty("predictions").EnumerateArray()];
        Assert.Equal(8, labels.Length);
        Assert.Equal(labels, predictions.Select(one => one.GetProperty("label").GetString()!).Order(StringComparer.Ordinal));
        Assert.Equal(1, predictions.Sum(one => one.GetProperty("probability").GetDouble()), 1e-4);
        Assert.Equal(predictions[0].GetProperty("label").GetString(), file.GetProperty("label").GetString());
        Assert.Equal(predictions.Max(one => one.GetProperty("probability").GetDouble()), file.GetProperty("probability").GetDouble());
        string digest = json.GetProperty("model").GetProperty("digest").GetString()!;
        Assert.Matches("^sha256:[0-9a-f]{64}$", digest);
        Assert.Contains(digest, shown.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_shows_the_registry()
    {
        await using RunningServer server = await RunningServer.StartAsync(finished.Folder, "--model", "onnx/micro:latest", "--store", finished.Store);

        string page = await server.Client.GetStringAsync("/registry");

        foreach (string name in new[] { "micro-synthesize", "micro-motions", "micro-pretrain", "micro-finetune", "micro-evaluate" })
            Assert.Contains(name, page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Port_in_use_is_named()
    {
        await using RunningServer server = await RunningServer.StartAsync(finished.Folder, "--model", "onnx/micro:latest", "--store", finished.Store);

        ProgramResult second = await finished.RunAsync(
            "serve", "--model", "onnx/micro:latest", "--store", finished.Store, "--port", server.Port.ToString(System.Globalization.CultureInfo.InvariantCulture));

        Assert.Equal(2, second.Code);
        Assert.Contains($"Port {server.Port}", second.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Artifacts_are_shown_tagged_added_and_verified()
    {
        ProgramResult shown = await finished.RunAsync("artifacts", "show", "weights/micro-finetune", "--store", finished.Store);
        ProgramResult tagged = await finished.RunAsync("artifacts", "tag", "onnx/micro", "production", "--store", finished.Store);
        string file = Path.Combine(finished.Folder, "notes.txt");
        await File.WriteAllTextAsync(file, "looked at");
        ProgramResult put = await finished.RunAsync("artifacts", "put", "report/notes:first", file, "--store", finished.Store);
        ProgramResult verified = await finished.RunAsync("artifacts", "verify", "--store", finished.Store);

        Assert.Contains("clips/micro-motions@sha256:", shown.Output, StringComparison.Ordinal);
        Assert.Contains("model.safetensors", shown.Output, StringComparison.Ordinal);
        Assert.StartsWith("onnx/micro:production -> sha256:", tagged.Output, StringComparison.Ordinal);
        Assert.StartsWith("report/notes:first -> sha256:", put.Output, StringComparison.Ordinal);
        Assert.Equal(0, verified.Code);
        Assert.Contains("0 broken", verified.Error, StringComparison.Ordinal);
    }

    private static void CopyFolder(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    private static List<JsonElement> JsonLines(string text) =>
        [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
}
