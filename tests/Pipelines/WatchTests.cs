using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Unreel.Artifacts;

namespace Unreel.Pipelines.Tests;

public sealed class WatchTests
{
    private const string Yaml = "name: tiny\nstages:\n  learn: {options: {clips: 'clips/drawn:latest'}}\n";
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Wakes_when_a_tag_moves_and_not_otherwise()
    {
        ManualTime time = new();
        await using Workshop shop = new(Yaml, time);
        await DrawAsync(shop, "one");
        using CancellationTokenSource stop = new();
        Task<RunReport> watching = WatchAsync(shop, stop);

        await time.UntilSomebodyWaitsAsync();
        Assert.Equal(["learn"], shop.Script.Ran);

        await NextLookAsync(time);
        Assert.Equal(["learn"], shop.Script.Ran);

        await DrawAsync(shop, "two");
        await NextLookAsync(time);
        Assert.Equal(["learn", "learn"], shop.Script.Ran);

        await stop.CancelAsync();
        RunReport report = await watching;
        Assert.Equal(ExitCodes.Cancelled, report.ExitCode);
        Assert.Equal(StageState.Done, report.Stages.Single().State);
    }

    [Fact]
    public async Task Waits_for_an_input_that_is_not_there_yet()
    {
        ManualTime time = new();
        await using Workshop shop = new(Yaml, time);
        using CancellationTokenSource stop = new();
        Task<RunReport> watching = WatchAsync(shop, stop);
        await time.UntilSomebodyWaitsAsync();
        Assert.Empty(shop.Script.Ran);

        await DrawAsync(shop, "one");
        await NextLookAsync(time);

        Assert.Equal(["learn"], shop.Script.Ran);
        await stop.CancelAsync();
        await watching;
    }

    [Fact]
    public async Task A_failure_is_tried_again_later_and_later()
    {
        ManualTime time = new();
        await using Workshop shop = new(Yaml, time);
        await DrawAsync(shop, "one");
        int failures = 3;
        shop.Script.Step = (_, _, _, _) => failures-- > 0 ? Task.FromException(new IOException("No space left on device")) : Task.CompletedTask;
        using CancellationTokenSource stop = new();
        Task<RunReport> watching = WatchAsync(shop, stop);

        List<TimeSpan> waits = [];
        for (int i = 0; i < 4; i++)
        {
            await time.UntilSomebodyWaitsAsync();
            waits.Add(time.Next);
            time.Advance(time.Next);
        }

        await time.UntilSomebodyWaitsAsync();
        Assert.Equal([Interval, Interval * 2, Interval * 4, Interval], waits);
        Assert.Equal(4, shop.Script.Ran.Count);
        await stop.CancelAsync();
        Assert.Equal(StageState.Done, (await watching).Stages.Single().State);
    }

    [Fact]
    public async Task A_refused_result_is_not_tried_again_until_its_input_changes()
    {
        ManualTime time = new();
        await using Workshop shop = new(Yaml, time);
        await DrawAsync(shop, "one");
        shop.Script.Step = (_, _, _, _) => Task.FromException(new GateRefusedException("too far off"));
        using CancellationTokenSource stop = new();
        Task<RunReport> watching = WatchAsync(shop, stop);

        await time.UntilSomebodyWaitsAsync();
        await NextLookAsync(time);
        await NextLookAsync(time);
        Assert.Equal(["learn"], shop.Script.Ran);

        await DrawAsync(shop, "two");
        await NextLookAsync(time);
        Assert.Equal(["learn", "learn"], shop.Script.Ran);
        await stop.CancelAsync();
        await watching;
    }

    [Fact]
    public async Task What_was_forced_is_forced_once()
    {
        ManualTime time = new();
        await using Workshop shop = new(Yaml.Replace("learn: {", "draw: {}\n  learn: {", StringComparison.Ordinal), time);
        await DrawAsync(shop, "one");
        await shop.RunAsync();
        using CancellationTokenSource stop = new();
        Task<RunReport> watching = shop.Services.GetRequiredService<PipelineWatcher>().WatchAsync(shop.Load(), () => shop.Load(), new RunSettings { Force = ["draw"] }, Interval, stop.Token);
        await time.UntilSomebodyWaitsAsync();
        await DrawAsync(shop, "two");
        await NextLookAsync(time);

        Assert.Equal(["draw", "learn", "draw", "learn"], shop.Script.Ran);
        await stop.CancelAsync();
        await watching;
    }

    [Fact]
    public async Task A_pipeline_file_that_changes_is_read_anew_and_one_that_is_wrong_waits_to_be_mended()
    {
        ManualTime time = new();
        await using Workshop shop = new(Yaml, time);
        await DrawAsync(shop, "one");
        using CancellationTokenSource stop = new();
        Task<RunReport> watching = WatchAsync(shop, stop);
        await time.UntilSomebodyWaitsAsync();

        await File.WriteAllTextAsync(shop.Yaml, "name: tiny\nstages:\n  lern: {}\n");
        await NextLookAsync(time);
        await DrawAsync(shop, "two");
        await NextLookAsync(time);
        await NextLookAsync(time);
        Assert.Equal(["learn"], shop.Script.Ran);
        Assert.Single(shop.Reporter.Lines, line => line.StartsWith("Error : ", StringComparison.Ordinal) && line.Contains("unknown stage 'lern'", StringComparison.Ordinal));
        Assert.Equal(TimeSpan.FromSeconds(30), time.Next);

        await File.WriteAllTextAsync(shop.Yaml, Yaml.Replace("learn: {options: {", "learn: {options: {epochs: 1, ", StringComparison.Ordinal));
        await NextLookAsync(time);
        Assert.Equal(["learn", "learn"], shop.Script.Ran);
        Assert.Contains("Info : tiny.yaml has changed and is read anew.", shop.Reporter.Lines);

        await NextLookAsync(time);
        Assert.Equal(["learn", "learn"], shop.Script.Ran);
        await stop.CancelAsync();
        await watching;
    }

    [Fact]
    public async Task A_file_that_vanishes_is_waited_for()
    {
        ManualTime time = new();
        await using Workshop shop = new(Yaml, time);
        await DrawAsync(shop, "one");
        using CancellationTokenSource stop = new();
        Task<RunReport> watching = WatchAsync(shop, stop);
        await time.UntilSomebodyWaitsAsync();

        File.Delete(shop.Yaml);
        await NextLookAsync(time);
        await File.WriteAllTextAsync(shop.Yaml, Yaml);
        await NextLookAsync(time);

        Assert.False(watching.IsCompleted);
        Assert.Contains(shop.Reporter.Lines, line => line.StartsWith("Error : ", StringComparison.Ordinal));
        await stop.CancelAsync();
        await watching;
    }

    private static Task<RunReport> WatchAsync(Workshop shop, CancellationTokenSource stop) =>
        shop.Services.GetRequiredService<PipelineWatcher>().WatchAsync(shop.Load(), () => shop.Load(), new RunSettings(), Interval, stop.Token);

    private static async Task NextLookAsync(ManualTime time)
    {
        time.Advance(time.Next);
        await time.UntilSomebodyWaitsAsync();
    }

    private static async Task DrawAsync(Workshop shop, string text)
    {
        Descriptor layer = await shop.Store.AddBytesAsync(Encoding.UTF8.GetBytes(text), "text/plain", "a.txt", default);
        ArtifactRef made = await shop.Store.PublishAsync(ArtifactKind.Clips, "drawn", new Lineage { Stage = "put" }, [layer], default);
        Tag? tag = await shop.Store.ReadTagAsync(ArtifactKind.Clips, "drawn", "latest", default);
        Assert.True(await shop.Store.TryMoveTagAsync(ArtifactKind.Clips, "drawn", "latest", made.Digest, tag, default));
    }
}
