using System.Text.Json.Nodes;

namespace Unreel.Pipelines.Tests;

public sealed class ReporterTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly StringWriter _text = new() { NewLine = "\n" };
    private readonly PlannedStage _stage = PipelineFile.ForStage("draw", Workshop.Stages, null).Stages[0];

    public void Dispose() => _text.Dispose();

    private string[] Lines => _text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);

    [Fact]
    public void Text_shows_the_first_progress_one_in_ten_seconds_and_the_last()
    {
        TextReporter reporter = new(_text, _time);

        Report(reporter, seconds: 25);

        Assert.Equal(
            [
                "draw: running (not run before)",
                "draw: training 1/100 steps, loss 1",
                "draw: training 11/100 steps, loss 11",
                "draw: training 21/100 steps, loss 21",
                "draw: training 25/100 steps, loss 25",
                "draw: failed: boom",
                "warning: look out",
            ],
            Lines);
    }

    [Fact]
    public void Json_is_one_object_a_line_with_what_is_known()
    {
        JsonReporter reporter = new(_text, _time);

        Report(reporter, seconds: 3);
        reporter.RunFinished(new RunReport([Failed()], 1, TimeSpan.FromSeconds(3)));

        JsonObject[] events = [.. Lines.Select(line => (JsonObject)JsonNode.Parse(line)!)];
        Assert.Equal(["stage-started", "progress", "progress", "progress", "stage-finished", "message", "run-finished"], events.Select(e => (string?)e["event"]));
        Assert.Equal(("draw", "training", 3, 100), ((string?)events[3]["stage"], (string?)events[3]["activity"], (int)events[3]["done"]!, (int)events[3]["total"]!));
        Assert.Equal(("failed", "boom", 1), ((string?)events[4]["state"], (string?)events[4]["reason"], (int)events[4]["exit_code"]!));
        Assert.Equal("failed", (string?)events[6]["stages"]!["draw"]);
        Assert.All(events, e => Assert.StartsWith("2030-01-01T00:00:0", (string?)e["time"], StringComparison.Ordinal));
        Assert.All(events, e => Assert.DoesNotContain(e, pair => pair.Value is null));
    }

    [Fact]
    public void A_run_is_summed_up_in_rows()
    {
        RunOutcome done = new() { Stage = _stage, State = StageState.Done, Reason = "", Artifact = Refs.Clips, Duration = TimeSpan.FromSeconds(72), Summary = "4 clips" };

        Assert.Equal(
            [
                new SummaryRow("draw", "done", "clips/some:latest", Refs.Clips.Digest.Hex[..12], "1m12s", "4 clips"),
                new SummaryRow("draw", "failed", null, null, "0s", "boom"),
            ],
            RunText.Rows(new RunReport([done, Failed()], 1, TimeSpan.Zero)));
    }

    [Fact]
    public void Both_tellers_hear_everything()
    {
        RecordingReporter one = new();
        RecordingReporter two = new();

        Report(new CompositeReporter(one, two), seconds: 2);

        Assert.Equal(["started draw: not run before", "progress draw: 1/100", "progress draw: 2/100", "finished draw: Failed", "Warning : look out"], one.Lines);
        Assert.Equal(one.Lines, two.Lines);
    }

    [Fact]
    public void An_activity_that_is_over_shows_its_end()
    {
        TextReporter reporter = new(_text, _time);
        reporter.Progress(_stage, new StageProgress("decoding", 1, 2, "clips"));
        reporter.Progress(_stage, new StageProgress("decoding", 2, 2, "clips"));
        reporter.Progress(_stage, new StageProgress("training", 5, 0, "steps"));

        Assert.Equal(["draw: decoding 1/2 clips", "draw: decoding 2/2 clips", "draw: training 5 steps"], Lines);
    }

    [Theory]
    [InlineData(0.04, "0s")]
    [InlineData(0.44, "0.4s")]
    [InlineData(12.4, "12s")]
    [InlineData(200, "3m20s")]
    [InlineData(3600, "1h")]
    public void Durations_are_said_as_people_do(double seconds, string expected) =>
        Assert.Equal(expected, RunText.Of(TimeSpan.FromSeconds(seconds)));

    private void Report(IRunReporter reporter, int seconds)
    {
        reporter.StageStarted(_stage, "not run before");
        for (int step = 1; step <= seconds; step++)
        {
            reporter.Progress(_stage, new StageProgress("training", step, 100, "steps", $"loss {step}"));
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        reporter.StageFinished(Failed());
        reporter.Message(MessageLevel.Warning, null, "look out");
    }

    private RunOutcome Failed() =>
        new() { Stage = _stage, State = StageState.Failed, Reason = "boom", Error = new InvalidOperationException("boom") };
}
