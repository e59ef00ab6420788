using System.Text.Json;
using TorchSharp;
using Unreel.Testing;
using static TorchSharp.torch;

namespace Unreel.Modeling.Tests;

/// <summary>Pre-training with several targets, a regressor, codes and masks that the model decides.</summary>
[Collection("torch")]
public sealed class PretrainingTests : IDisposable
{
    private static readonly PretrainingSettings Everything = new()
    {
        Shape = Micro.Shape,
        Adaptive = new AdaptiveMask { Ratio = 0.75, LossWeight = 0.1 },
        Targets = [new TargetSettings { Name = "codes" }, new TargetSettings { Name = "frame_difference", Weight = 3, DecoderWidth = 12, DecoderHeads = 3 }],
        RegressorDepth = 1,
        Tokenizer = new BrightnessCodes(Micro.Shape),
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_resumed_run_ends_with_the_same_bytes()
    {
        TrainingPlan whole = Micro.Plan(_folder.File("whole"), steps: 12);
        TrainingPlan parts = whole with { Folder = _folder.File("parts"), Workers = 3 };
        IReadOnlyList<Reconstruction> expected = Run(Everything, whole);

        using var stop = new CancellationTokenSource();
        var stopping = new KeptProgress { Then = done => { if (done.Step == 5) stop.Cancel(); } };
        Assert.ThrowsAny<OperationCanceledException>(() => Run(Everything, parts, stopping, stop.Token));
        IReadOnlyList<Reconstruction> actual = Run(Everything, parts);

        foreach (string name in (string[])["model.safetensors", "checkpoint.safetensors", "metrics.jsonl", "model.json"])
            Assert.Equal(File.ReadAllBytes(Path.Combine(whole.Folder, name)), File.ReadAllBytes(Path.Combine(parts.Folder, name)));
        Assert.Equal(expected.Select(picture => picture.Masked), actual.Select(picture => picture.Masked));
    }

    [Fact]
    public void The_loss_falls_and_its_parts_add_up()
    {
        var progress = new KeptProgress();
        TrainingPlan plan = Micro.Plan(_folder.File("run"), steps: 60);

        Run(Everything, plan, progress);

        Assert.True(progress.All[^1].Loss < 0.8 * progress.All[0].Loss, $"from {progress.All[0].Loss} to {progress.All[^1].Loss}");
        Assert.All(progress.All, told => Assert.Equal(told.Loss, told.Parts!["codes"] + (3 * told.Parts["frame_difference"]) + (0.1 * told.Parts["sampler"]), 4));
        Assert.Contains("(codes ", progress.All[0].Detail, StringComparison.Ordinal);
        JsonElement line = JsonDocument.Parse(File.ReadLines(Path.Combine(plan.Folder, "metrics.jsonl")).Last()).RootElement;
        Assert.Equal(progress.All[^1].Parts!["frame_difference"], line.GetProperty("parts").GetProperty("frame_difference").GetDouble(), 6);
    }

    [Fact]
    public void One_target_has_no_parts()
    {
        var progress = new KeptProgress();
        TrainingPlan plan = Micro.Plan(_folder.File("run"), steps: 1);

        Run(Micro.Pretraining, plan, progress);

        Assert.Null(progress.All[0].Parts);
        Assert.DoesNotContain("parts", File.ReadAllText(Path.Combine(plan.Folder, "metrics.jsonl")), StringComparison.Ordinal);
        Assert.DoesNotContain("decoders", File.ReadAllText(Path.Combine(plan.Folder, "model.json")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_sampler_learns_to_show_what_is_hard_to_predict()
    {
        // One place is noise and the others are plain: only what is shown there is worth seeing.
        PretrainingSettings settings = Micro.Pretraining with { Mask = null, Adaptive = new AdaptiveMask { Ratio = 0.5, LossWeight = 1 }, Targets = TargetSettings.Parse("pixels") };
        using var task = new PretrainingTask(settings, new NoisyCorner(Micro.Shape), seed: 3, CPU);
        using var optimiser = new Optimiser(task.Groups(new OptimiserSettings()), new OptimiserSettings());
        double before = NoisyShare(task);
        for (int step = 0; step < 150; step++)
        {
            using DisposeScope scope = NewDisposeScope();
            optimiser.Clear();
            task.Loss(task.Read(step * 4, 4, default), step).backward();
            optimiser.Step(1e-2);
        }

        double after = NoisyShare(task);
        Assert.InRange(before, 0.3, 0.7);
        Assert.True(after > 0.9, $"The noisy place is visible in {before:P0} of the clips before and {after:P0} after.");
    }

    [Fact]
    public void No_tensor_is_left()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var counts = new List<long>();

        Run(Everything, Micro.Plan(_folder.File("run"), steps: 40), new KeptProgress { Then = _ => counts.Add(Tensor.TotalCount) });

        Assert.Equal(40, counts.Count);
        Assert.All(counts, count => Assert.Equal(counts[0], count));
    }

    [Fact]
    public void Fine_tuning_takes_the_encoder_alone()
    {
        TrainingPlan plan = Micro.Plan(_folder.File("encoder"), steps: 2);
        Run(Everything, plan);
        using var classifier = new Classifier(Micro.Shape, 3, CPU);
        Initialiser.Finetuning(classifier, 1);

        WeightsFolder.LoadEncoder(plan.Folder, classifier);

        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(plan.Folder, "model.safetensors"));
        Assert.Equal(file.ReadFloats("encoder.blocks.1.mlp.fc1.weight"), Parameters.Get(classifier.state_dict()["blocks.1.mlp.fc1.weight"]));
    }

    [Fact]
    public void Reconstructions_say_what_was_put_back()
    {
        PretrainingSettings settings = Everything with { Targets = TargetSettings.Parse("normalised_pixels,codes,pixels"), RegressorDepth = 0 };

        IReadOnlyList<Reconstruction> pictures = Run(settings, Micro.Plan(_folder.File("run"), steps: 1));

        Assert.Equal(
            [("normalised_pixels", "mean and deviation of each original cube"), ("normalised_pixels", null), ("pixels", null)],
            pictures[0].Views.Select(view => (view.Target, view.PutBack)));
        Assert.Equal("0 (clip 0)", pictures[0].Sample);

        // Two of the eight tokens are visible in each.
        Assert.All(pictures, picture => Assert.InRange(picture.Masked.Count(value => value == 127), Micro.Shape.ClipBytes * 3 / 4, (Micro.Shape.ClipBytes * 3 / 4) + 50));
    }

    [Fact]
    public void Nothing_is_drawn_of_codes_alone() =>
        Assert.Empty(Run(Everything with { Targets = TargetSettings.Parse("codes") }, Micro.Plan(_folder.File("run"), steps: 1)));

    [Theory]
    [InlineData("pixels,pixels", "'pixels' is given 2 times")]
    [InlineData("pixels,", "no target ''")]
    [InlineData("pixel", "no target 'pixel'")]
    public void Wrong_targets_are_refused(string targets, string expected) => Refused(Everything with { Targets = TargetSettings.Parse(targets) }, expected);

    [Fact]
    public void Wrong_settings_are_refused()
    {
        Refused(Everything with { Targets = [] }, "needs a target");
        Refused(Everything with { Targets = [new TargetSettings { Name = "pixels", DecoderHeads = 3 }] }, "decoder of target 'pixels': decoder_width (8)");
        Refused(Everything with { Targets = [new TargetSettings { Name = "pixels", Weight = 0 }] }, "'pixels': The field Weight");
        Refused(Everything with { Mask = new TubeMask(0.5) }, "not both");
        Refused(Everything with { Adaptive = null }, "not both");
        Refused(Everything with { Adaptive = new AdaptiveMask { Ratio = 0.95 } }, "leaves 0 of 8 tokens visible");
        Refused(Everything with { RegressorDepth = -1 }, "found -1");
    }

    private static void Refused(PretrainingSettings settings, string expected) =>
        Assert.Contains(expected, Assert.Throws<ModelException>(() => new PretrainingTask(settings, new ColouredClips(Micro.Shape), seed: 1, CPU)).Message, StringComparison.Ordinal);

    private static IReadOnlyList<Reconstruction> Run(PretrainingSettings settings, TrainingPlan plan, KeptProgress? progress = null, CancellationToken ct = default) =>
        Pretraining.Run(settings, plan, new ColouredClips(Micro.Shape), 2, progress ?? new KeptProgress(), TimeProvider.System, ct).Pictures;

    // How often the noisy token is among the visible, over clips that training did not see.
    private static double NoisyShare(PretrainingTask task)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable quiet = no_grad();
        ClipBatch batch = task.Read(100000, 200, default);
        MaskedTokens tokens = task.SplitAll(batch, ClipTensor.Bytes(Micro.Shape, batch.Cubes, batch.Count, CPU));
        return tokens.Masks.Average(mask => mask.Visible.Contains(NoisyCorner.Token) ? 1.0 : 0.0);
    }

    /// <summary>Grey clips, but for one token of black and white noise.</summary>
    private sealed class NoisyCorner(VideoTransformerShape shape) : ISampleSource
    {
        public const int Token = 5;

        public ClipSample Read(long number, CancellationToken ct)
        {
            var random = new Video.RandomStream(2, "noisy", (ulong)number);
            byte[] cubes = new byte[shape.ClipBytes];
            Array.Fill(cubes, (byte)128);
            for (int value = 0; value < shape.CubeValues; value++)
                cubes[(Token * shape.CubeValues) + value] = random.NextInt(2) == 0 ? (byte)0 : (byte)255;
            byte[] pixels = new byte[shape.ClipBytes];
            Cubes.Restore<byte>(shape, cubes, pixels);
            return new ClipSample(pixels, -1, $"clip {number}");
        }
    }
}
