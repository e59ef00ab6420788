using Microsoft.Extensions.DependencyInjection;
using Unreel.Testing;

namespace Unreel.Pipelines.Tests;

public sealed class ParallelTests
{
    private const string Matrix = """
        name: tiny
        stages:
          draw:
            matrix: { seed: [1, 2, 3] }
            options: { count: 1, seed: "${matrix.seed}" }
          learn:
            matrix: { seed: [1, 2, 3] }
            options: { clips: "${draw}", epochs: 1 }
          compare:
            options: { models: "${learn}" }
        """;

    [Theory]
    [InlineData(1, null, "", 1)]
    [InlineData(4, null, "", 1)]
    [InlineData(4, null, "resources: { cores: 2 }, ", 2)]
    [InlineData(4, null, "resources: { cores: 1 }, ", 3)]
    [InlineData(2, null, "resources: { cores: 64 }, ", 1)]
    [InlineData(64, null, "resources: { cores: 1, memory: 600MiB }, ", 1)]
    [InlineData(64, null, "resources: { cores: 1, memory: 400MiB }, ", 2)]
    [InlineData(64, null, "resources: { cores: 1, gpus: 1 }, ", 1)]
    [InlineData(1, 2, "", 2)]
    [InlineData(1, 9, "", 3)]
    [InlineData(64, 1, "resources: { cores: 1 }, ", 1)]
    public async Task Cells_of_a_matrix_work_side_by_side_as_far_as_they_fit(int cores, int? jobs, string resources, int expected)
    {
        await using Workshop shop = new(Matrix.Replace("options: { count", $"{(resources.Length > 0 ? resources.TrimEnd(' ', ',') + "\n    " : string.Empty)}options: {{ count", StringComparison.Ordinal))
        {
            More = services => services.AddSingleton(new MachineCapacity(cores, 1, 1L << 30)),
        };
        int now = 0, most = 0;
        shop.Script.Step = async (stage, _, _, ct) =>
        {
            if (stage != "draw")
                return;

            int inside = Interlocked.Increment(ref now);
            InterlockedMax(ref most, inside);
            // Long enough for those that may to come in too; whoever must wait is not let in however long this takes.
            await Task.Delay(50, ct);
            for (int i = 0; i < 40 && Volatile.Read(ref most) < expected; i++)
                await Task.Delay(25, ct);
            Interlocked.Decrement(ref now);
        };

        RunReport report = await shop.RunAsync(new RunSettings { Jobs = jobs });

        Assert.Equal(0, report.ExitCode);
        Assert.Equal(expected, most);
        Assert.Equal(["draw[seed=1]", "draw[seed=2]", "draw[seed=3]", "learn[seed=1]", "learn[seed=2]", "learn[seed=3]", "compare"], report.Stages.Select(o => o.Stage.Id));
    }

    [Fact]
    public async Task Side_by_side_and_one_by_one_end_with_the_same_artifacts_and_lock_file()
    {
        await using Workshop one = new(Matrix), many = new(Matrix);

        RunReport slow = await one.RunAsync(new RunSettings { Jobs = 1 });
        RunReport fast = await many.RunAsync(new RunSettings { Jobs = 8 });

        Assert.Equal(slow.Stages.Select(o => o.Artifact), fast.Stages.Select(o => o.Artifact));
        Assert.Equal(await File.ReadAllTextAsync(one.File("tiny.lock.json")), await File.ReadAllTextAsync(many.File("tiny.lock.json")));
        Assert.Empty(Directory.EnumerateFileSystemEntries(many.File(".unreel", "work")));
    }

    [Fact]
    public async Task The_same_work_under_two_names_is_done_once_though_both_begin_together()
    {
        await using Workshop shop = new("name: tiny\nstages:\n  draw: {}\n  again: {stage: draw}\n");

        RunReport report = await shop.RunAsync(new RunSettings { Jobs = 2, WaitForOthers = false });

        Assert.Equal(0, report.ExitCode);
        Assert.Equal(["draw"], shop.Script.Ran);
        Assert.Equal([StageState.Done, StageState.UpToDate], report.Stages.Select(o => o.State).Order());
    }

    [Fact]
    public async Task After_a_failure_what_runs_is_finished_and_nothing_new_begins()
    {
        await using Workshop shop = new(Matrix);
        shop.Script.Step = async (_, context, _, _) =>
        {
            if (IsSecond(shop, context))
                throw new IOException("No space left on device");
            await Eventually.TrueAsync(() => shop.Reporter.Lines.Contains("finished draw[seed=2]: Failed"));
        };

        RunReport report = await shop.RunAsync(new RunSettings { Jobs = 2 });

        Assert.Equal(ExitCodes.Failed, report.ExitCode);
        Assert.Equal([StageState.Done, StageState.Failed, StageState.Skipped, StageState.Skipped, StageState.Skipped, StageState.Skipped, StageState.Skipped], report.Stages.Select(o => o.State));
        Assert.Equal("draw[seed=2] did not end well", report.Stages[2].Reason);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Keep_going_runs_what_does_not_depend_on_the_failure(int jobs)
    {
        await using Workshop shop = new(Matrix);
        shop.Script.Step = (_, context, _, _) =>
            IsSecond(shop, context) ? Task.FromException(new GateRefusedException("too dull")) : Task.CompletedTask;

        RunReport report = await shop.RunAsync(new RunSettings { Jobs = jobs, KeepGoing = true });

        Assert.Equal(ExitCodes.GateRefused, report.ExitCode);
        Assert.Equal([StageState.Done, StageState.Refused, StageState.Done, StageState.Done, StageState.Skipped, StageState.Done, StageState.Skipped], report.Stages.Select(o => o.State));
        Assert.Equal(["draw[seed=2] did not end well", "draw[seed=2] did not end well"], [report.Stages[4].Reason, report.Stages[6].Reason]);
    }

    [Fact]
    public async Task The_exit_code_is_that_of_the_first_failure_in_the_order_of_the_file()
    {
        await using Workshop shop = new(Matrix);
        shop.Script.Step = async (_, context, _, _) =>
        {
            if (IsSecond(shop, context))
                throw new GateRefusedException("too dull");
            await Eventually.TrueAsync(() => shop.Reporter.Lines.Contains("finished draw[seed=2]: Refused"));
            throw new TooManyBadItemsException("9 of 10");
        };

        RunReport report = await shop.RunAsync(new RunSettings { Jobs = 3, KeepGoing = true });

        Assert.Equal(ExitCodes.TooManyBadItems, report.ExitCode);
    }

    [Fact]
    public async Task Cancelling_stops_all_that_run_and_begins_nothing_even_with_keep_going()
    {
        await using Workshop shop = new(Matrix);
        using CancellationTokenSource stop = new();
        int inside = 0;
        shop.Script.Step = async (_, _, _, ct) =>
        {
            if (Interlocked.Increment(ref inside) == 2)
                await stop.CancelAsync();
            await Task.Delay(Timeout.Infinite, ct);
        };

        RunReport report = await shop.RunAsync(new RunSettings { Jobs = 2, KeepGoing = true }, stop.Token);

        Assert.Equal(ExitCodes.Cancelled, report.ExitCode);
        Assert.Equal([StageState.Cancelled, StageState.Cancelled, StageState.Skipped, StageState.Skipped, StageState.Skipped, StageState.Skipped, StageState.Skipped], report.Stages.Select(o => o.State));
        Assert.Equal(2, inside);
    }

    [Fact]
    public async Task A_dry_run_looks_at_many_and_tells_them_in_the_order_of_the_file()
    {
        await using Workshop shop = new(Matrix);
        await shop.RunAsync();
        int before = shop.Reporter.Lines.Count;

        RunReport report = await shop.RunAsync(new RunSettings { DryRun = true });

        Assert.All(report.Stages, outcome => Assert.Equal(StageState.UpToDate, outcome.State));
        Assert.Equal(report.Stages.Select(o => $"finished {o.Stage.Id}: UpToDate"), shop.Reporter.Lines.Skip(before).SkipLast(1));
    }

    [Fact]
    public async Task Jobs_below_one_are_a_usage_error()
    {
        await using Workshop shop = new();

        UsageException e = await Assert.ThrowsAsync<UsageException>(() => shop.RunAsync(new RunSettings { Jobs = 0 }));

        Assert.Equal("--jobs is 0; expected at least 1.", e.Message);
    }

    [Theory]
    [InlineData("cores: 0", "cores: expected 1 to 4096, found '0'")]
    [InlineData("memory: lots", "memory: expected an amount of memory such as 512MiB or 8GiB, found 'lots'")]
    [InlineData("disk: 1", "unknown option 'disk'")]
    [InlineData("cores: many", "cores: expected a whole number, found 'many'")]
    public void Wrong_resources_are_told_with_their_place(string resources, string expected)
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.File("p.yaml"), $"name: tiny\nstages:\n  draw:\n    resources: {{ {resources} }}\n");

        ConfigurationException e = Assert.Throws<ConfigurationException>(() => PipelineFile.Load(folder.File("p.yaml"), Workshop.Stages));

        Assert.Contains(expected, e.Problems.Single().ToString(), StringComparison.Ordinal);
        Assert.StartsWith(folder.File("p.yaml") + ":4:", e.Problems.Single().ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("8GiB", 8L << 30, "8GiB")]
    [InlineData("512 MiB", 512L << 20, "512MiB")]
    [InlineData("1.5GiB", 3L << 29, "1536MiB")]
    [InlineData("1000", 1000, "1000B")]
    public void Memory_is_read_as_people_write_it(string text, long bytes, string written)
    {
        MemorySize size = MemorySize.Parse(text, null);

        Assert.Equal((bytes, written), (size.Bytes, size.ToString()));
    }

    private static bool IsSecond(Workshop shop, IStageContext context)
    {
        PlannedStage second = shop.Load().Stages[1];
        return Path.GetFileName(context.WorkFolder) == StageKeys.KeyOf(second.Description, second.BindPending(), []).Hex[..16];
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (int seen = Volatile.Read(ref target); value > seen; seen = Volatile.Read(ref target))
            Interlocked.CompareExchange(ref target, value, seen);
    }
}
