using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Unreel.Artifacts;

namespace Unreel.Pipelines.Tests;

public sealed class RecordTests
{
    [Fact]
    public async Task A_run_leaves_a_record_with_times_states_and_logs()
    {
        await using Workshop shop = new();

        RunReport report = await shop.RunAsync();
        StoredPipelineRun stored = await OnlyAsync(shop);

        Assert.Equal(stored.Reference, report.Record);
        Assert.Equal(("tiny", 0), (stored.Run.Pipeline, stored.Run.ExitCode));
        Assert.InRange(stored.Run.Finished, stored.Run.Started, DateTimeOffset.MaxValue);
        Assert.Equal([("draw", "done"), ("learn", "done")], stored.Run.Stages.Select(stage => (stage.Id, stage.State)));
        Assert.Equal(report.Stages.Select(o => (o.Artifact.ToString(), o.Key, o.Summary)), stored.Run.Stages.Select(stage => (stage.Artifact, stage.Key, stage.Summary)));
        Assert.Equal(["draw.log", "learn.log"], stored.Manifest.Layers.Select(layer => layer.Title));
        string log = await LogAsync(shop, stored, "draw.log");
        Assert.Matches(@"^\d\d:\d\d:\d\d\.\d\d\d running \(not run before with these options and inputs\)\n", log);
        Assert.Contains("working 2/2 steps\n", log, StringComparison.Ordinal);
        Assert.Contains("done in ", log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(RunRecording.Worked, 0)]
    [InlineData(RunRecording.Always, 1)]
    [InlineData(RunRecording.Never, 0)]
    public async Task A_run_that_found_all_up_to_date_leaves_one_only_if_asked(RunRecording recording, int expected)
    {
        await using Workshop shop = new();
        await shop.RunAsync(new RunSettings { Record = RunRecording.Never });

        RunReport report = await shop.RunAsync(new RunSettings { Record = recording });

        Assert.Equal(expected, (await shop.Store.ListPipelineRunsAsync(default)).Count);
        Assert.Equal(expected == 1, report.Record is not null);
    }

    [Fact]
    public async Task A_dry_run_leaves_none()
    {
        await using Workshop shop = new();

        await shop.RunAsync(new RunSettings { DryRun = true, Record = RunRecording.Always });

        Assert.Empty(await shop.Store.ListPipelineRunsAsync(default));
    }

    [Fact]
    public async Task A_failure_is_recorded_with_its_reason_and_its_stack_in_the_log()
    {
        await using Workshop shop = new();
        shop.Script.Step = (stage, _, _, _) => stage == "learn" ? throw new InvalidOperationException("never expected") : Task.CompletedTask;

        RunReport report = await shop.RunAsync();
        StoredPipelineRun stored = await OnlyAsync(shop);

        Assert.Equal(ExitCodes.Failed, report.ExitCode);
        Assert.Equal(("failed", "never expected", ExitCodes.Failed), (stored.Run.Stages[1].State, stored.Run.Stages[1].Reason, stored.Run.ExitCode));
        Assert.Contains("LearnStage.RunAsync", await LogAsync(shop, stored, "learn.log"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_run_is_recorded()
    {
        await using Workshop shop = new();
        using CancellationTokenSource stop = new();
        shop.Script.Step = (_, _, done, _) => done == 1 ? stop.CancelAsync() : Task.CompletedTask;

        RunReport report = await shop.RunAsync(ct: stop.Token);
        StoredPipelineRun stored = await OnlyAsync(shop);

        Assert.Equal(ExitCodes.Cancelled, report.ExitCode);
        Assert.Equal([("cancelled", "draw.log"), ("skipped", null)], stored.Run.Stages.Select(stage => (stage.State, stage.Log)));
    }

    [Fact]
    public async Task The_same_failure_once_more_is_no_news()
    {
        await using Workshop shop = new();
        shop.Script.Step = (_, _, _, _) => Task.FromException(new GateRefusedException("too dull"));

        await shop.RunAsync();
        await shop.RunAsync();
        Assert.Single(await shop.Store.ListPipelineRunsAsync(default));

        shop.Script.Step = (_, _, _, _) => Task.FromException(new GateRefusedException("too bright"));
        await shop.RunAsync();
        Assert.Equal(2, (await shop.Store.ListPipelineRunsAsync(default)).Count);
    }

    [Fact]
    public async Task A_store_that_does_not_take_the_record_changes_nothing_but_is_told()
    {
        await using Workshop shop = new();
        shop.Store = new FailingStore(shop.Store) { LostRaces = 0, RecordError = new StoreException("the store is out of reach") };

        RunReport report = await shop.RunAsync();

        Assert.Equal((0, null), (report.ExitCode, report.Record));
        Assert.Contains("Warning : The record of this run is not kept: the store is out of reach", shop.Reporter.Lines);
    }

    [Fact]
    public async Task What_a_stage_logs_is_in_its_own_log_whichever_thread_it_comes_from()
    {
        await using Workshop shop = new("name: tiny\nstages:\n  draw: {options: {count: 1}}\n  more: {stage: draw, options: {count: 1, seed: 7}}\n");
        shop.Script.Step = (_, context, _, ct) => Task.Run(
            () => shop.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Stage").LogInformation("at work in {Folder}", Path.GetFileName(context.WorkFolder)), ct);

        RunReport report = await shop.RunAsync(new RunSettings { Jobs = 2 });
        StoredPipelineRun stored = await OnlyAsync(shop);

        foreach (RunOutcome outcome in report.Stages)
        {
            string log = await LogAsync(shop, stored, $"{outcome.Stage.Id}.log");
            Assert.Equal($"info Stage: at work in {outcome.Key!.Value.Hex[..16]}", log.Split('\n').Single(line => line.Contains("at work", StringComparison.Ordinal))[13..]);
        }
    }

    [Fact]
    public async Task Odd_ids_have_plain_titles_each_once()
    {
        await using Workshop shop = new();

        IReadOnlyDictionary<string, string> titles = LogTitles.Of(["pretrain[seed=1]", "draw[note=../up]", "draw[note=a/b]", "draw[note=a b]", "draw[note=#1]", "draw[note=ü]", $"draw[note={new string('x', 500)}]"]);

        Assert.Equal(["pretrain-seed=1.log", "draw-note=..-up.log", "draw-note=a-b.log", "draw-note=a-b-2.log", "draw-note=-1.log", "draw-note=.log"], titles.Values.Take(6));
        Assert.All(titles.Values, title => Assert.InRange(title.Length, 5, 110));
        foreach (string title in titles.Values)
            await shop.Store.AddBytesAsync("log"u8.ToArray(), "text/plain", title, default);
    }

    [Fact]
    public void A_long_log_keeps_its_beginning_and_its_end_and_says_what_is_missing()
    {
        StageLog log = new(TimeProvider.System);
        for (int i = 0; i < 100_000; i++)
            log.Write($"line {i}");

        string text = Encoding.UTF8.GetString(log.ToBytes());
        string[] lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        int note = Array.FindIndex(lines, line => line.StartsWith('…'));

        Assert.InRange(text.Length, StageLog.TailLength, StageLog.HeadLength + StageLog.TailLength + 100);
        Assert.EndsWith("line 0", lines[0], StringComparison.Ordinal);
        Assert.EndsWith("line 99999", lines[^1], StringComparison.Ordinal);
        Assert.Equal($"… {100_000 - lines.Length + 1} lines are left out here …", lines[note]);
    }

    [Fact]
    public void A_line_without_end_is_cut()
    {
        StageLog log = new(TimeProvider.System);

        log.Write(new string('x', 10_000_000));

        Assert.InRange(log.ToBytes().Length, StageLog.LineLength, StageLog.LineLength + 100);
    }

    [Theory]
    [InlineData("https://acc.blob.core.windows.net/c?sv=2024&sig=abc%2Bdef&se=2030", "https://acc.blob.core.windows.net/c?sv=2024&sig=***&se=2030")]
    [InlineData("DefaultEndpointsProtocol=https;AccountName=a;AccountKey=Zm9v==;EndpointSuffix=x", "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=***;EndpointSuffix=x")]
    [InlineData("Authorization: Bearer eyJhbGciOi.J9.abc", "Authorization: Bearer ***")]
    [InlineData("cannot open https://me:hunter2@example.org/x", "cannot open https://example.org/x")]
    [InlineData("password=hunter2 and more", "password=*** and more")]
    [InlineData("HF_TOKEN: hf_abcdef", "HF_TOKEN: ***")]
    [InlineData("{\"password\": \"hunter2 two\", \"user\": \"me\"}", "{\"password\": \"***\", \"user\": \"me\"}")]
    [InlineData("{\"token\":\"abc\"}", "{\"token\":\"***\"}")]
    [InlineData("'secret': 'it is'", "'secret': '***'")]
    [InlineData("api_key: \"a\\\"b\" c", "api_key: \"***\" c")]
    [InlineData("said {\\\"token\\\":\\\"abc", "said {\\\"token\\\":\\\"***")]
    [InlineData("UNREEL_KEYS=management:abc,def went", "UNREEL_KEYS=*** went")]
    [InlineData("keys management:0123456789abcdef, inference:fedcba9876543210", "keys management:***, inference:***")]
    [InlineData("AZURE_STORAGE_KEY=Zm9vYmFy==", "AZURE_STORAGE_KEY=***")]
    [InlineData("MY_VERY_LONG_PREFIX_OF_MANY_WORDS_THAT_GOES_ON_AND_ON_PASSWORD=x", "MY_VERY_LONG_PREFIX_OF_MANY_WORDS_THAT_GOES_ON_AND_ON_PASSWORD=***")]
    [InlineData("its key is sha256:12, keys/34, monkeys", "its key is sha256:12, keys/34, monkeys")]
    [InlineData("loss 0.81, 24 tokens, signature ok", "loss 0.81, 24 tokens, signature ok")]
    public void Secrets_are_taken_out(string text, string expected) => Assert.Equal(expected, SecretText.Hide(text));

    [Theory]
    [InlineData("a-")]
    [InlineData("key")]
    [InlineData("://")]
    [InlineData("token:\"\\")]
    public void Hiding_takes_time_that_grows_as_the_text_does(string part)
    {
        // Work that grew with the square of this length would take hours, and the suite's limit would end it.
        Assert.NotEmpty(SecretText.Hide(string.Concat(Enumerable.Repeat(part, 2_000_000))));
    }

    [Fact]
    public void Whose_home_folder_it_was_is_taken_out()
    {
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

        Assert.Equal("~/clips is missing", SecretText.Hide($"{home}/clips is missing"));
    }

    private static async Task<StoredPipelineRun> OnlyAsync(Workshop shop)
    {
        PipelineRunRef run = Assert.Single(await shop.Store.ListPipelineRunsAsync(default));
        return (await shop.Store.ReadPipelineRunAsync(run.Digest, default))!;
    }

    private static async Task<string> LogAsync(Workshop shop, StoredPipelineRun run, string title)
    {
        await using Stream stream = await shop.Store.OpenAsync(run.Manifest.Layers.Single(layer => layer.Title == title), default);
        using StreamReader reader = new(stream);
        return await reader.ReadToEndAsync();
    }
}
