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
    public void A_resumed_run_with_momentum_ends_with_the_same_bytes()
    {
        TrainingPlan whole = Micro.Plan(_folder.File("whole"), steps: 12) with { Optimiser = new OptimiserSettings { Kind = OptimiserKind.Sgd, WeightDecay = 0 } };
        TrainingPlan parts = whole with { Folder = _folder.File("parts") };
        var progress = new KeptProgress();
        Finetune(whole, progress);

        Stopped(parts, 5, Finetune);
        Finetune(parts, new KeptProgress());

        Same(whole.Folder, parts.Folder);
        Assert.True(progress.All[^1].Loss < progress.All[0].Loss, $"from {progress.All[0].Loss} to {progress.All[^1].Loss}");
    }

    [Fact]
    public void A_step_in_parts_is_the_step_in_one()
    {
        TrainingPlan one = Micro.Plan(_folder.File("one"), steps: 8) with { BatchSize = 4 };
        TrainingPlan parts = one with { Folder = _folder.File("parts"), Accumulate = 4 };
        var whole = new KeptProgress();
        var summed = new KeptProgress();

        Pretrain(one, whole);
        Pretrain(parts, summed);

        Assert.All(whole.All.Zip(summed.All), pair => Assert.Equal(pair.First.Loss, pair.Second.Loss, 1e-5));
        Assert.NotEqual(whole.All[0].Loss, whole.All[^1].Loss);
    }

    [Fact]
    public void A_resumed_run_in_parts_ends_with_the_same_bytes()
    {
        TrainingPlan whole = Micro.Plan(_folder.File("whole"), steps: 12) with { BatchSize = 4, Accumulate = 2 };
        TrainingPlan parts = whole with { Folder = _folder.File("parts") };
        Pretrain(whole, new KeptProgress());

        Stopped(parts, 5, Pretrain);
        Pretrain(parts, new KeptProgress());

        Same(whole.Folder, parts.Folder);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    public void Parts_that_do_not_divide_the_batch_are_refused(int parts)
    {
        TrainingPlan plan = Micro.Plan(_folder.File("uneven"), steps: 4) with { BatchSize = 4, Accumulate = parts };

        string message = Assert.Throws<ModelException>(() => Pretrain(plan, new KeptProgress())).Message;

        Assert.Contains($"{parts} parts do not divide a batch of 4", message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(plan.Folder));
    }

    [Fact]
    public void Without_the_newest_checkpoint_the_one_before_is_taken()
    {
        TrainingPlan whole = Micro.Plan(_folder.File("whole"), steps: 12) with { Checkpoints = new CheckpointPolicy { Steps = 3, Interval = TimeSpan.FromDays(1) } };
        Pretrain(whole, new KeptProgress());
        TrainingPlan parts = whole with { Folder = _folder.File("parts") };
        Stopped(parts, 8, Pretrain);
        File.Delete(Path.Combine(parts.Folder, "checkpoint.safetensors"));
        var progress = new KeptProgress();

        Pretrain(parts, progress);

        Assert.Equal(7, progress.All[0].Step);
        Same(whole.Folder, parts.Folder);
    }

    [Fact]
    public void A_checkpoint_that_cannot_be_written_stops_training()
    {
        TrainingPlan plan = Micro.Plan(_folder.File("full"), steps: 400) with { Checkpoints = new CheckpointPolicy { Steps = 1, Keep = 1 } };
        var progress = new KeptProgress { Then = done => Directory.CreateDirectory(Path.Combine(plan.Folder, "checkpoint.safetensors.tmp")) };

        Exception error = Assert.ThrowsAny<Exception>(() => Pretrain(plan, progress));

        Assert.Contains("checkpoint.safetensors.tmp", error.Message, StringComparison.Ordinal);
        Assert.True(progress.All.Count < 400, "it trained to the end");
    }

    [Fact]
    public void Work_after_the_last_checkpoint_is_done_again()
    {
        TrainingPlan whole = Micro.Plan(_folder.File("whole"), steps: 12);
        Pretrain(whole, new KeptProgress());
        TrainingPlan killed = whole with { Folder = _folder.File("killed"), Checkpoints = new CheckpointPolicy { Steps = 5 } };
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
            Checkpoints = new CheckpointPolicy { Steps = 1, Keep = 3 },
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
    public void The_first_tensor_that_went_bad_is_named()
    {
        var parameters = Assert.Throws<NonFiniteException>(() => Pretrain(
            Micro.Plan(_folder.File("parameters"), steps: 40) with { Schedule = new WarmupCosine { Peak = 1e30, Steps = 40 }, Optimiser = new OptimiserSettings() },
            new KeptProgress()));
        var norm = Assert.Throws<NonFiniteException>(() => Pretraining.Run(
            Micro.Pretraining with { Normalisation = new PixelNormalisation { Mean = [0, 0, 0], Std = [1e-40f, 1e-40f, 1e-40f] } },
            Micro.Plan(_folder.File("layer"), steps: 4), new ColouredClips(Micro.Shape), 0, new KeptProgress(), TimeProvider.System, default));

        Assert.Contains("the first tensor that went bad is ", parameters.Message, StringComparison.Ordinal);
        Assert.Contains("the first tensor that went bad is the output of encoder.", norm.Message, StringComparison.Ordinal);
        Assert.Equal(0, norm.Step);
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
    public void A_checkpoint_whose_values_changed_is_not_trained_on()
    {
        TrainingPlan plan = Micro.Plan(_folder.File("rotten"), steps: 10);
        Stopped(plan, 4, Pretrain);
        string path = Path.Combine(plan.Folder, "checkpoint.safetensors");
        byte[] bytes = File.ReadAllBytes(path);
        bytes[^9] ^= 1;
        File.WriteAllBytes(path, bytes);

        var error = Assert.Throws<ModelException>(() => Pretrain(plan, new KeptProgress()));

        Assert.Contains($"'{path}' was changed after it was written", error.Message, StringComparison.Ordinal);
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
