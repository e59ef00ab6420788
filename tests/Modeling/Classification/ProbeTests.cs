using TorchSharp;
using Unreel.Testing;
using static TorchSharp.torch;

namespace Unreel.Modeling.Tests;

/// <summary>Encoders that stay as they are, and heads of several kinds on them.</summary>
[Collection("torch")]
public sealed class ProbeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0, ClassifierHead.Linear, new[] { "patch_embed." })]
    [InlineData(1, ClassifierHead.Linear, new[] { "patch_embed.", "blocks.0." })]
    [InlineData(2, ClassifierHead.Linear, new[] { "patch_embed.", "blocks.0.", "blocks.1.", "fc_norm." })]
    [InlineData(2, ClassifierHead.BatchNorm, new[] { "patch_embed.", "blocks.0.", "blocks.1.", "fc_norm." })]
    [InlineData(2, ClassifierHead.Attentive, new[] { "patch_embed.", "blocks.0.", "blocks.1." })]
    public void What_is_frozen_stays_and_all_else_learns(int frozen, ClassifierHead head, string[] still)
    {
        FinetuningSettings settings = Settings(frozen, head);
        Dictionary<string, float[]> before = Before(settings);

        Train(settings, _folder.File("run"), steps: 3);

        foreach ((string name, float[] values) in After(_folder.File("run")))
        {
            bool changed = !values.AsSpan().SequenceEqual(before[name]);
            Assert.True(changed != still.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)), $"{name} {(changed ? "changed" : "did not change")}.");
        }
    }

    [Fact]
    public void A_checkpoint_leaves_out_what_is_frozen_and_keeps_what_a_batch_norm_saw()
    {
        Train(Settings(2, ClassifierHead.BatchNorm), _folder.File("run"), steps: 2);

        using SafetensorsFile checkpoint = SafetensorsFile.Open(_folder.File("run", CheckpointFiles.Name));
        Assert.Equal(
            ["model.head.bias", "model.head.weight", "model.head_norm.running_mean", "model.head_norm.running_var"],
            checkpoint.Tensors.Keys.Where(name => name.StartsWith("model.", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.All(checkpoint.Tensors.Keys.Where(name => name.StartsWith("optimiser.", StringComparison.Ordinal)), name => Assert.StartsWith("optimiser.head.", name, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(ClassifierHead.BatchNorm, OptimiserKind.Sgd)]
    [InlineData(ClassifierHead.Attentive, OptimiserKind.AdamW)]
    public void A_resumed_probe_ends_with_the_same_bytes(ClassifierHead head, OptimiserKind kind)
    {
        FinetuningSettings settings = Settings(2, head) with { Mixing = new MixingSettings { Mixup = 0.8, Cutmix = 1 } };
        Train(settings, _folder.File("whole"), steps: 10, kind);
        using var stop = new CancellationTokenSource();

        Assert.Throws<OperationCanceledException>(() => Train(settings, _folder.File("parts"), steps: 10, kind, told => { if (told.Step == 4) stop.Cancel(); }, stop.Token));
        Train(settings, _folder.File("parts"), steps: 10, kind);

        Assert.Equal(File.ReadAllBytes(_folder.File("whole", "model.safetensors")), File.ReadAllBytes(_folder.File("parts", "model.safetensors")));
    }

    [Fact]
    public void What_a_batch_norm_did_the_linear_layer_does_in_the_end()
    {
        FinetuningSettings settings = Settings(2, ClassifierHead.BatchNorm);
        using var task = new FinetuningTask(settings, new ColouredClips(Micro.Shape), seed: 2, CPU);
        Values.Filled(task.Network, 0.3);
        using DisposeScope scope = NewDisposeScope();
        using (ClipBatch seen = task.Read(0, 6, default))
            task.Loss(seen, 0).backward();
        Tensor cubes = rand([3, Micro.Shape.Tokens, Micro.Shape.CubeValues]);
        Tensor features = task.Network.Features(cubes, null);
        Tensor mean = task.State.Single(entry => entry.Name == "head_norm.running_mean").Tensor, variance = task.State.Single(entry => entry.Name == "head_norm.running_var").Tensor;
        float[] expected = Parameters.Get(task.Network.Logits((features - mean) / (variance + 1e-6).sqrt(), null));

        task.Finish();

        Assert.NotEqual(0, mean.abs().sum().item<float>());
        Values.Close([.. expected.Select(value => (double)value)], Parameters.Get(task.Network.call(cubes)), 1e-4);
    }

    // Running statistics after one batch: .9 of the first values (0 and 1) and .1 of the batch's, the variance unbiased.
    [Fact]
    public void A_batch_norm_remembers_a_tenth_of_every_batch()
    {
        using var task = new FinetuningTask(Settings(2, ClassifierHead.BatchNorm), new ColouredClips(Micro.Shape), seed: 2, CPU);
        Values.Filled(task.Network, 0.3);
        using DisposeScope scope = NewDisposeScope();
        using ClipBatch batch = task.Read(0, 5, default);
        Tensor input = ClipTensor.Input(Micro.Shape, ClipTensor.Bytes(Micro.Shape, batch.Cubes, 5, CPU), PixelNormalisation.ImageNet);
        float[] features = Parameters.Get(task.Network.Features(input, null));

        task.Loss(batch, 0);

        float[] mean = Parameters.Get(task.State[^2].Tensor), variance = Parameters.Get(task.State[^1].Tensor);
        for (int column = 0; column < Micro.Shape.Width; column++)
        {
            double[] values = [.. Enumerable.Range(0, 5).Select(row => (double)features[(row * Micro.Shape.Width) + column])];
            Assert.Equal(0.1 * values.Average(), mean[column], 5);
            Assert.Equal(0.9 + (0.1 * values.Sum(value => Math.Pow(value - values.Average(), 2)) / 4), variance[column], 5);
        }
    }

    [Fact]
    public void A_classifier_with_a_learned_pooling_is_read_as_it_was_written_and_not_as_another()
    {
        FinetuningSettings settings = Settings(null, ClassifierHead.Attentive);
        Train(settings, _folder.File("run"), steps: 1);

        Assert.Equal(TokenPooling.Attentive, ModelDescription.Read(_folder.File("run")).Pooling);
        using ClassifierModel model = ClassifierModel.Load(_folder.File("run"), new TorchOptions { Device = "cpu", Threads = 1 });
        Assert.Contains("pool.query", model.Weights.Keys);
        var refused = Assert.Throws<ModelException>(() => WeightExport.Run(_folder.File("run"), WeightFormat.Videomae, _folder.File("out.pth")));
        Assert.Contains("pools its tokens by attention", refused.Message, StringComparison.Ordinal);

        string document = File.ReadAllText(_folder.File("run", "model.json"));
        File.WriteAllText(_folder.File("run", "model.json"), document.Replace("\"attentive\"", "\"max\"", StringComparison.Ordinal));
        Assert.Contains("found 'max'", Assert.Throws<ModelException>(() => ModelDescription.Read(_folder.File("run"))).Message, StringComparison.Ordinal);
    }

    // An encoder can come out of a classifier whatever its head, and go into one of another.
    [Fact]
    public void An_encoder_changes_heads()
    {
        Train(Settings(null, ClassifierHead.Attentive), _folder.File("attentive"), steps: 1);
        FinetuningSettings settings = Micro.Finetuning(_folder.File("attentive")) with { Head = ClassifierHead.Linear };

        using var task = new FinetuningTask(settings, new ColouredClips(Micro.Shape), seed: 9, CPU);

        using SafetensorsFile file = SafetensorsFile.Open(_folder.File("attentive", "model.safetensors"));
        Assert.Equal(file.ReadFloats("blocks.1.mlp.fc1.weight"), Parameters.Get(Parameters.Of(task.Network).Single(entry => entry.Name == "blocks.1.mlp.fc1.weight").Parameter));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(-1)]
    public void More_blocks_than_there_are_cannot_be_frozen(int frozen) =>
        Assert.Contains($"{frozen} blocks", Assert.Throws<ModelException>(() => Train(Settings(frozen, ClassifierHead.Linear), _folder.File("run"), steps: 1)).Message, StringComparison.Ordinal);

    [Fact]
    public void Nothing_is_kept_for_a_way_back_through_a_frozen_encoder()
    {
        using var task = new FinetuningTask(Settings(2, ClassifierHead.Linear), new ColouredClips(Micro.Shape), seed: 2, CPU);
        using DisposeScope scope = NewDisposeScope();

        Assert.False(task.Network.Features(rand([2, Micro.Shape.Tokens, Micro.Shape.CubeValues]), null).requires_grad);
    }

    private static FinetuningSettings Settings(int? frozen, ClassifierHead head) => Micro.Finetuning() with { FrozenBlocks = frozen, Head = head, DropPath = 0, Dropout = 0 };

    private static void Train(FinetuningSettings settings, string folder, long steps, OptimiserKind kind = OptimiserKind.AdamW, Action<TrainingProgress>? then = null, CancellationToken ct = default)
    {
        // Large steps, so that every value moves although the head begins near zero; two parts a step.
        TrainingPlan plan = Micro.Plan(folder, steps) with { BatchSize = 8, Accumulate = 2, Optimiser = new OptimiserSettings { Kind = kind } };
        Finetuning.Run(settings, plan, new ColouredClips(Micro.Shape), new KeptProgress { Then = then }, TimeProvider.System, ct);
    }

    private static Dictionary<string, float[]> Before(FinetuningSettings settings)
    {
        using var task = new FinetuningTask(settings, new ColouredClips(Micro.Shape), seed: 5, CPU);
        return Parameters.Of(task.Network).ToDictionary(entry => entry.Name, entry => Parameters.Get(entry.Parameter));
    }

    private static Dictionary<string, float[]> After(string folder)
    {
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(folder, "model.safetensors"));
        return file.Tensors.Keys.ToDictionary(name => name, file.ReadFloats);
    }
}
