using System.Security.Cryptography;
using Unreel.Testing;
using static TorchSharp.torch;

namespace Unreel.Modeling.Tests;

[Collection("torch")]
public sealed class TrainerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_loss_falls()
    {
        var progress = new KeptProgress();

        Finetune(Micro.Plan(_folder.File("run"), steps: 60), progress);

        Assert.Equal(60, progress.All.Count);
        Assert.True(progress.All[^1].Loss < 0.7 * progress.All[0].Loss, $"from {progress.All[0].Loss} to {progress.All[^1].Loss}");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(19)]
    public void A_resumed_run_ends_with_the_same_bytes(int stopAfter)
    {
        TrainingPlan whole = Micro.Plan(_folder.File("whole"), steps: 20);
        TrainingPlan parts = whole with { Folder = _folder.File("parts") };
        Pretrain(whole, new KeptProgress());

        Stopped(parts, stopAfter, Pretrain);
        Pretrain(parts, new KeptProgress());

        Same(whole.Folder, parts.Folder);
    }

    [Fact]
    public void A_resumed_finetuning_ends_with_the_same_bytes()
    {
        TrainingPlan whole = Micro.Plan(_folder.File("whole"), steps: 12) with { Optimiser = new OptimiserSettings { LayerDecay = 0.7 } };
        TrainingPlan parts = whole with { Folder = _folder.File("parts") };
        Finetune(whole, new KeptProgress());

        Stopped(parts, 5, Finetune);
        Finetune(parts, new KeptProgress());

        Same(whole.Folder, parts.Folder);
    }

    [Fact]
    public void Work_after_the_last_checkpoint_is_done_again()
    {
        TrainingPlan whole = Micro.Plan(_folder.File("whole"), steps: 12);
        Pretrain(whole, new KeptProgress());
        TrainingPlan killed = whole with { Folder = _folder.File("killed"), CheckpointSteps = 5 };
        var failing = new FailingClips(at: 16);

        Assert.Throws<InvalidDataException>(() => Pretrain(killed, new KeptProgress(), failing));
        Pretrain(killed, new KeptProgress());

        Same(whole.Folder, killed.Folder);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void The_number_of_workers_changes_nothing(int workers)
    {
        TrainingPlan one = Micro.Plan(_folder.File("one"), steps: 10);
        TrainingPlan many = one with { Folder = _folder.File("many"), Workers = workers, Ahead = 7 };

        Pretrain(one, new KeptProgress());
        Pretrain(many, new KeptProgress());

        Same(one.Folder, many.Folder);
    }

    [Fact]
    public void No_tensor_is_left_after_a_thousand_steps()
    {
        SettleFinalizers();
        var counts = new List<long>();
        var progress = new KeptProgress { Then = _ => counts.Add(Tensor.TotalCount) };

        Pretrain(Micro.Plan(_folder.File("long"), steps: 1000), progress);

        Assert.Equal(1000, counts.Count);
        Assert.All(counts, count => Assert.Equal(counts[0], count));
    }

    [Fact]
    public void No_tensor_is_left_after_finetuning_steps()
    {
        SettleFinalizers();
        var counts = new List<long>();
        Finetune(Micro.Plan(_folder.File("long"), steps: 50), new KeptProgress { Then = _ => counts.Add(Tensor.TotalCount) });

        Assert.All(counts, count => Assert.Equal(counts[0], count));
    }

    // What other tests left to the garbage collector must not be collected while we count.
    private static void SettleFinalizers()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    [Fact]
    public void A_loss_that_is_not_finite_stops_and_keeps_the_last_checkpoint()
    {
        TrainingPlan plan = Micro.Plan(_folder.File("wild"), steps: 40) with
        {
            CheckpointSteps = 1,
            Schedule = new WarmupCosine { Peak = 1e30, Start = 1e-3, WarmupSteps = 2, Steps = 40 },
            Optimiser = new OptimiserSettings(),
        };

        var error = Assert.Throws<NonFiniteException>(() => Pretrain(plan, new KeptProgress()));

        Assert.Contains($"step {error.Step}", error.Message, StringComparison.Ordinal);
        Assert.Contains($"clip {error.Step * 2}", error.Message, StringComparison.Ordinal);
        using SafetensorsFile kept = SafetensorsFile.Open(Path.Combine(plan.Folder, "checkpoint.safetensors"));
        Assert.All(kept.Tensors.Values.Where(entry => entry.Type == TensorType.F32), entry => Assert.All(kept.ReadFloats(entry.Name), value => Assert.True(float.IsFinite(value))));
    }

    [Fact]
    public void A_damaged_checkpoint_is_named_and_not_worked_around()
    {
        TrainingPlan plan = Micro.Plan(_folder.File("damaged"), steps: 10);
        Stopped(plan, 4, Pretrain);
        string path = Path.Combine(plan.Folder, "checkpoint.safetensors");
        using (FileStream stream = File.OpenWrite(path))
            stream.SetLength(stream.Length - 3);

        var error = Assert.Throws<ModelException>(() => Pretrain(plan, new KeptProgress()));

        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_half_written_checkpoint_is_not_seen()
    {
        TrainingPlan plan = Micro.Plan(_folder.File("half"), steps: 10);
        TrainingPlan whole = plan with { Folder = _folder.File("whole") };
        Pretrain(whole, new KeptProgress());
        Stopped(plan, 4, Pretrain);
        File.WriteAllText(Path.Combine(plan.Folder, "checkpoint.safetensors.tmp"), "half");

        Pretrain(plan, new KeptProgress());

        Same(whole.Folder, plan.Folder);
    }

    [Fact]
    public void A_checkpoint_of_another_recipe_is_refused()
    {
        TrainingPlan plan = Micro.Plan(_folder.File("other"), steps: 10);
        Stopped(plan, 4, Pretrain);

        var error = Assert.Throws<ModelException>(() => Pretrain(plan with { Recipe = "changed" }, new KeptProgress()));

        Assert.Contains("'changed'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Metrics_that_do_not_reach_the_checkpoint_are_refused()
    {
        TrainingPlan plan = Micro.Plan(_folder.File("metrics"), steps: 10);
        Stopped(plan, 4, Pretrain);
        File.WriteAllText(Path.Combine(plan.Folder, "metrics.jsonl"), "{\"step\":0}\n");

        Assert.Contains("metrics.jsonl", Assert.Throws<ModelException>(() => Pretrain(plan, new KeptProgress())).Message, StringComparison.Ordinal);
    }

    private static void Pretrain(TrainingPlan plan, KeptProgress progress) => Pretrain(plan, progress, new ColouredClips(Micro.Shape));

    private static void Pretrain(TrainingPlan plan, KeptProgress progress, ISampleSource source, CancellationToken ct = default) =>
        Pretraining.Run(Micro.Pretraining, plan, source, 0, progress, TimeProvider.System, ct);

    private static void Pretrain(TrainingPlan plan, KeptProgress progress, CancellationToken ct) =>
        Pretrain(plan, progress, new ColouredClips(Micro.Shape), ct);

    private static void Finetune(TrainingPlan plan, KeptProgress progress) => Finetune(plan, progress, default);

    private static void Finetune(TrainingPlan plan, KeptProgress progress, CancellationToken ct) =>
        Finetuning.Run(Micro.Finetuning(), plan, new ColouredClips(Micro.Shape), progress, TimeProvider.System, ct);

    private static void Stopped(TrainingPlan plan, int after, Action<TrainingPlan, KeptProgress, CancellationToken> run)
    {
        using var stop = new CancellationTokenSource();
        var progress = new KeptProgress
        {
            Then = done =>
            {
                if (done.Step == after)
                    stop.Cancel();
            },
        };
        Assert.ThrowsAny<OperationCanceledException>(() => run(plan, progress, stop.Token));
    }

    private static void Same(string one, string other)
    {
        foreach (string name in (string[])["model.safetensors", "checkpoint.safetensors", "metrics.jsonl", "model.json"])
            Assert.Equal(Digest(Path.Combine(one, name)), Digest(Path.Combine(other, name)));
    }

    private static string Digest(string path) => $"{Path.GetFileName(path)} {Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)))}";

    private sealed class FailingClips(long at) : ISampleSource
    {
        private readonly ColouredClips _clips = new(Micro.Shape);

        public ClipSample Read(long number, CancellationToken ct) =>
            number < at ? _clips.Read(number, ct) : throw new InvalidDataException($"clip {number}");
    }
}
