using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Unreel.Modeling;
using Unreel.Modeling.Tests;
using Unreel.Testing;

namespace Unreel.Distributed.Tests;

/// <summary>Whole trainings in two processes, as threads of this one: against one process, stopped, failing, and taken up again.</summary>
public sealed class TrainingTests : IDisposable
{
    // What sums in another order differ by after a few steps, as measured, times ten.
    private const double Rounding = 2e-5;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [DistributedTheory]
    [InlineData(1, OptimiserKind.AdamW)]
    [InlineData(2, OptimiserKind.AdamW)]
    [InlineData(1, OptimiserKind.Sgd)]
    public async Task Two_processes_have_the_losses_of_one(int accumulate, OptimiserKind optimiser)
    {
        TrainingPlan plan = Plan("one") with { Accumulate = accumulate, Optimiser = new OptimiserSettings { ClipNorm = 1, Kind = optimiser } };
        Pretrain(plan);

        Assert.All(await RunAsync(plan, "two", Pretrain), Assert.Null);

        Same(Losses("one"), Losses("two0"));
        Assert.False(File.Exists(_folder.File("two1", "checkpoint.safetensors")));
        Assert.False(File.Exists(_folder.File("two1", "model.safetensors")));
    }

    [DistributedFact]
    public async Task Two_processes_finetune_as_one()
    {
        TrainingPlan plan = Plan("one") with { Optimiser = new OptimiserSettings { LayerDecay = 0.7 } };
        Finetune(plan);

        Assert.All(await RunAsync(plan, "two", Finetune), Assert.Null);

        Same(Losses("one"), Losses("two0"));
    }

    [DistributedFact]
    public async Task Whoever_is_asked_to_stop_stops_all_and_the_run_goes_on_to_the_same_bytes()
    {
        TrainingPlan plan = Plan("unused");
        await RunAsync(plan, "whole", Pretrain);
        using CancellationTokenSource stop = new();

        Exception?[] stopped = await RunAsync(plan, "parts", mine =>
        {
            bool isAsked = mine.Processes.Rank == 1;
            var progress = new KeptProgress { Then = done => { if (isAsked && done.Step == 5) stop.Cancel(); } };
            Pretraining.Run(Micro.Pretraining, mine, new ColouredClips(Micro.Shape), 0, progress, TimeProvider.System, isAsked ? stop.Token : default);
        });
        Exception?[] resumed = await RunAsync(plan, "parts", Pretrain);

        Assert.All(stopped, error => Assert.Matches(@"^rank 1 \(.*, process \d+\) was asked to stop$", Assert.IsType<OperationCanceledException>(error, exactMatch: false).Message));
        Assert.All(resumed, Assert.Null);
        SameBytes("whole0", "parts0");
    }

    [DistributedFact]
    public async Task Whoever_fails_stops_all_and_the_run_goes_on_to_the_same_bytes()
    {
        TrainingPlan plan = Plan("unused");
        await RunAsync(plan, "whole", Pretrain);

        Exception?[] failed = await RunAsync(plan, "parts", mine => Pretrain(mine, new BrokenClips(mine.Processes.Rank == 1 ? 24 : long.MaxValue)));
        Exception?[] resumed = await RunAsync(plan, "parts", Pretrain);

        Assert.IsType<InvalidDataException>(failed[1]);
        Assert.Matches(@"^rank 1 \(.*, process \d+\) has stopped: clip \d+ is broken; the last checkpoint is of step \d+, run the same command again to go on\.$", Assert.IsType<LostProcessException>(failed[0]).Message);
        Assert.All(resumed, Assert.Null);
        SameBytes("whole0", "parts0");
    }

    [DistributedFact]
    public async Task A_loss_that_is_not_finite_in_one_process_stops_all_with_its_samples()
    {
        PretrainingSettings broken = Micro.Pretraining with { Normalisation = new PixelNormalisation { Mean = [float.NaN, 0, 0], Std = [1, 1, 1] } };

        Exception?[] failed = await RunAsync(Plan("unused"), "two", mine => Pretraining.Run(
            mine.Processes.Rank == 1 ? broken : Micro.Pretraining, mine, new ColouredClips(Micro.Shape), 0, new KeptProgress(), TimeProvider.System, default));

        Assert.Equal(0, Assert.IsType<NonFiniteException>(failed[1]).Step);
        string told = Assert.IsType<LostProcessException>(failed[0]).Message;
        Assert.StartsWith("rank 1 (", told, StringComparison.Ordinal);
        Assert.Contains("not finite at step 0", told, StringComparison.Ordinal);
        Assert.Contains("2 (clip 2), 3 (clip 3)", told, StringComparison.Ordinal);
        Assert.Empty(File.ReadAllLines(_folder.File("two0", "metrics.jsonl")));
    }

    [DistributedTheory]
    [InlineData("recipe")]
    [InlineData("seed")]
    [InlineData("steps")]
    public async Task Other_options_are_refused_by_name(string what)
    {
        Exception?[] failed = await RunAsync(Plan("unused"), "two", mine => Pretrain(mine.Processes.Rank == 0 ? mine : what switch
        {
            "recipe" => mine with { Recipe = "another" },
            "seed" => mine with { Seed = 77 },
            _ => mine with { Steps = 11 },
        }));

        Assert.All(failed, error => Assert.Matches($@"^rank 1 \(.*\) trains something else than rank 0 \(.*{what}", Assert.IsType<ModelException>(error).Message));
    }

    [DistributedTheory]
    [InlineData(5, 1, "a batch of 5 clips")]
    [InlineData(6, 2, "a part of 3 clips")]
    public async Task A_batch_that_cannot_be_shared_is_refused(int batch, int accumulate, string expected)
    {
        Exception?[] failed = await RunAsync(Plan("unused") with { BatchSize = batch, Accumulate = accumulate }, "two", Pretrain);

        Assert.All(failed, error => Assert.Contains(expected, Assert.IsType<ModelException>(error).Message, StringComparison.Ordinal));
    }

    /// <summary>Runs the same on two ranks, each in a folder of its own; whoever fails says so to the other, as the command does.</summary>
    /// <returns>What each ended with.</returns>
    private Task<Exception?[]> RunAsync(TrainingPlan plan, string folder, Action<TrainingPlan> train) => Ranks.RunAsync(2, group =>
    {
        Exception? error = Record.Exception(() => train(plan with { Processes = group, Folder = _folder.File($"{folder}{group.Rank}") }));
        if (error is not null)
            group.Leave(error.Message);
        return error;
    });

    private TrainingPlan Plan(string folder) => Micro.Plan(_folder.File(folder), steps: 10) with { BatchSize = 4 };

    private static void Pretrain(TrainingPlan plan) => Pretrain(plan, new ColouredClips(Micro.Shape));

    private static void Pretrain(TrainingPlan plan, ISampleSource source) =>
        Pretraining.Run(Micro.Pretraining, plan, source, 0, new KeptProgress(), TimeProvider.System, default);

    private static void Finetune(TrainingPlan plan) =>
        Finetuning.Run(Micro.Finetuning(), plan, new ColouredClips(Micro.Shape), new KeptProgress(), TimeProvider.System, default);

    private double[] Losses(string folder) =>
        [.. File.ReadLines(_folder.File(folder, "metrics.jsonl")).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("loss").GetDouble())];

    private static void Same(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.True(Math.Abs(pair.First - pair.Second) < Rounding * pair.First, string.Create(CultureInfo.InvariantCulture, $"{pair.First} and {pair.Second}")));
    }

    private void SameBytes(string one, string other)
    {
        foreach (string name in (string[])["model.safetensors", "checkpoint.safetensors", "metrics.jsonl"])
            Assert.Equal(Digest(_folder.File(one, name)), Digest(_folder.File(other, name)));
    }

    private static string Digest(string path) => $"{Path.GetFileName(path)} {Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)))}";

    private sealed class BrokenClips(long at) : ISampleSource
    {
        private readonly ColouredClips _clips = new(Micro.Shape);

        public ClipSample Read(long number, CancellationToken ct) =>
            number < at ? _clips.Read(number, ct) : throw new InvalidDataException($"clip {number} is broken");
    }
}
