using System.Diagnostics;
using System.Text.Json;
using System.Xml.Linq;
using Unreel.Testing;

namespace Unreel.Cli.Tests;

/// <summary>What the program says of a pipeline: status, why, graph, runs, and the files for CI systems.</summary>
public sealed partial class PipelineTests
{
    [Theory]
    [InlineData(0, "evaluate +up to date")]
    [InlineData(1, "pretrain +would run .*changed since the last run: steps 30 → 20\n", "--set", "pretrain.steps=20")]
    [InlineData(1, "export +would run", "--from", "export")]
    [InlineData(2, "^$", "--set", "pretrain.steps=-1")]
    [InlineData(2, "^$", "--set", "finetune.clips=/nowhere")]
    [InlineData(2, "finetune +failed .*there is no artifact clips/none:latest", "--set", "finetune.clips=clips/none:latest")]
    public async Task Status_ends_with_0_where_all_is_up_to_date_1_where_not_and_2_for_mistakes(int code, string expected, params string[] arguments)
    {
        ProgramResult result = await finished.RunAsync(["status", "micro.yaml", .. arguments]);

        Assert.True(result.Code == code, result.ToString());
        Assert.Matches(expected, result.Output);
        Assert.Equal(code == 2 && expected == "^$", result.Error.Length > 0);
    }

    [Fact]
    public async Task Status_of_a_file_that_is_not_there_is_a_mistake()
    {
        ProgramResult result = await finished.RunAsync("status", "nothing.yaml");

        Assert.Equal(2, result.Code);
        Assert.Contains("nothing.yaml", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Why_tells_people_and_programs_what_differs()
    {
        ProgramResult told = await finished.RunAsync("why", "micro.yaml", "pretrain", "--set", "pretrain.steps=20");
        ProgramResult json = await finished.RunAsync("why", "micro.yaml", "--json", "--set", "pretrain.steps=20");
        ProgramResult unknown = await finished.RunAsync("why", "micro.yaml", "pretain");

        Assert.Equal((0, 0, 2), (told.Code, json.Code, unknown.Code));
        Assert.StartsWith("pretrain: would run, because since the last run changed\n  option   steps  30 → 20\n  compared with weights/micro-pretrain@sha256:", told.Output, StringComparison.Ordinal);
        JsonElement difference = JsonLines(json.Output)[2].GetProperty("differences")[0];
        Assert.Equal(("option", "steps", "30", "20"), (difference.GetProperty("what").GetString(), difference.GetProperty("name").GetString(), difference.GetProperty("before").GetString(), difference.GetProperty("now").GetString()));
        Assert.Contains("did you mean 'pretrain'", unknown.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Graph_is_drawn_in_text_and_as_a_picture()
    {
        string picture = Path.Combine(finished.Folder, "graphs", "micro.svg");

        ProgramResult text = await finished.RunAsync("graph", "micro.yaml");
        ProgramResult drawn = await finished.RunAsync("graph", "micro.yaml", "--format", "svg", "--out", picture);
        ProgramResult unknown = await finished.RunAsync("graph", "micro.yaml", "--format", "png");

        Assert.Equal((0, 0, 2), (text.Code, drawn.Code, unknown.Code));
        Assert.Matches("^●   synthesize +up to date +[0-9a-f]{12}\n│ ● motions ", text.Output);
        Assert.Equal(6, XDocument.Load(picture).Root!.Elements().Count(element => element.Name.LocalName == "g"));
    }

    [Fact]
    public async Task Runs_are_remembered_with_their_logs()
    {
        ProgramResult listed = await finished.RunAsync("runs");
        ProgramResult shown = await finished.RunAsync("runs", "latest");
        ProgramResult log = await finished.RunAsync("runs", "latest", "--log", "pretrain");
        ProgramResult unknown = await finished.RunAsync("runs", "latest", "--log", "pretain");

        Assert.Equal((0, 0, 0, 2), (listed.Code, shown.Code, log.Code, unknown.Code));
        Assert.Matches("micro +0 +6 done", listed.Output);
        Assert.Matches(@"pretrain +done .* pretrain\.log", shown.Output);
        Assert.Contains("Pre-trained to loss", log.Output, StringComparison.Ordinal);
        Assert.Contains("pre-training 30/30 steps", log.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Artifacts_say_why_they_are_there()
    {
        ProgramResult why = await finished.RunAsync("artifacts", "why", "weights/micro-pretrain");

        Assert.Equal(0, why.Code);
        Assert.Contains("made by pretrain of micro", why.Output, StringComparison.Ordinal);
        Assert.Contains("it is the first of its name", why.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ci_systems_get_their_files_and_a_file_that_cannot_be_written_is_a_failure()
    {
        string summary = Path.Combine(finished.Folder, "summary.md"), junit = Path.Combine(finished.Folder, "junit.xml");
        using Process process = UnreelProgram.Start(finished.Folder, [new("GITHUB_STEP_SUMMARY", summary)], "run", "micro.yaml", "--junit", junit);

        ProgramResult written = await UnreelProgram.EndAsync(process);

        Assert.True(written.Code == 0, written.ToString());
        Assert.Equal("6", XDocument.Load(junit).Root!.Element("testsuite")!.Attribute("tests")!.Value);
        Assert.StartsWith("## micro: up to date", await File.ReadAllTextAsync(summary), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--junit", "/proc/nowhere/junit.xml")]
    [InlineData("--junit", "/proc/junit.xml")]
    [InlineData("--summary", "nowhere/summary.md")]
    [InlineData("--summary", ".")]
    public async Task A_file_for_ci_systems_that_cannot_be_written_is_found_before_anything_runs(string option, string path)
    {
        ProgramResult refused = await finished.RunAsync("run", "micro.yaml", "--json", option, path);

        Assert.Equal((2, string.Empty), (refused.Code, refused.Output));
        Assert.Contains($"{option}: {path} cannot be written: ", refused.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(finished.Folder, "nowhere")));
    }

    [Fact]
    public async Task Status_tells_results_of_nobody_who_asked_why()
    {
        ProgramResult result = await finished.RunAsync("status", "micro.yaml");

        Assert.Matches(@"pretrain +up to date +weights/micro-pretrain:latest@[0-9a-f]{12} +-\s", result.Output);
    }

    [Theory]
    [InlineData("there are no runs in ", "runs", "latest")]
    [InlineData("there are no runs in ", "runs", "0123")]
    [InlineData("--count is 0; expected at least 1", "runs", "-n", "0")]
    public async Task Runs_of_a_store_without_any_and_none_of_them_are_mistakes(string expected, params string[] arguments)
    {
        using TemporaryFolder empty = new();
        Directory.CreateDirectory(empty.File(".unreel", "blobs"));

        ProgramResult result = await UnreelProgram.RunAsync(empty.Path, arguments);

        Assert.Equal((2, string.Empty), (result.Code, result.Output));
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/nowhere")]
    [InlineData("/proc")]
    public async Task Runs_of_a_folder_that_is_no_store_is_a_mistake(string store)
    {
        ProgramResult result = await finished.RunAsync("runs", "--store", store);

        Assert.Equal((2, string.Empty), (result.Code, result.Output));
        Assert.Contains($"there is no store at {store}, ", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--jobs: 'x' is no whole number", "run", "micro.yaml", "--jobs", "x")]
    [InlineData("--every: 'soon' is no number", "watch", "micro.yaml", "--every", "soon")]
    [InlineData("--record: 'now' is none of worked, always, never", "run", "micro.yaml", "--record", "now")]
    [InlineData("--count: '1.5' is no whole number", "runs", "--count", "1.5")]
    public async Task A_value_of_another_type_is_told_in_words_of_people(string expected, params string[] arguments)
    {
        ProgramResult result = await finished.RunAsync(arguments);

        Assert.Equal(2, result.Code);
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_reads_a_changed_file_anew_waits_for_a_wrong_one_and_ends_with_ctrl_c()
    {
        using TemporaryFolder own = new();
        CopyFolder(finished.Store, own.File(".unreel"));
        string file = MicroPipeline.Write(own.Path), right = await File.ReadAllTextAsync(file);
        using Process process = UnreelProgram.Start(own.Path, "watch", "micro.yaml", "--every", "0.2");
        List<string> lines = [];
        process.ErrorDataReceived += (_, line) =>
        {
            lock (lines)
                lines.Add(line.Data ?? string.Empty);
        };
        process.BeginErrorReadLine();

        await SaidAsync("Waiting for the pipeline or an input to change.");
        await File.WriteAllTextAsync(file, right.Replace("pretrain:", "pretain:", StringComparison.Ordinal));
        await SaidAsync("Nothing runs until micro.yaml is mended.");
        await File.WriteAllTextAsync(file, right + "\n# mended\n");
        await SaidAsync("micro.yaml has changed and is read anew.");
        await Eventually.TrueAsync(() => Count("Waiting for the pipeline or an input to change.") == 2);
        Judges.Run("kill", "-INT", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));
        await process.WaitForExitAsync();

        Assert.Equal(130, process.ExitCode);
        Assert.Contains(lines, line => line.Contains("unknown stage 'pretain'", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Contains("running", StringComparison.Ordinal));

        int Count(string text)
        {
            lock (lines)
                return lines.Count(line => line.Contains(text, StringComparison.Ordinal));
        }

        Task SaidAsync(string text) => Eventually.TrueAsync(() => Count(text) > 0);
    }
}
