using TorchSharp;
using static TorchSharp.torch;

namespace Unreel.Modeling.Tests;

[Collection("torch")]
public sealed class PrecisionTests : IDisposable
{
    private readonly Unreel.Testing.TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Bfloat16_trains_as_floats_do()
    {
        double floats = FinalLoss(Precision.Fp32), halves = FinalLoss(Precision.Bf16);

        Assert.InRange(halves / floats, 0.98, 1.02);
    }

    [Theory]
    [InlineData(Precision.Fp32)]
    [InlineData(Precision.Bf16)]
    public void Weights_and_their_gradients_are_floats(Precision precision)
    {
        using DisposeScope scope = NewDisposeScope();
        using var pretraining = new PretrainingTask(Micro.Pretraining with { Precision = precision }, new ColouredClips(Micro.Shape), seed: 2, CPU);
        using var finetuning = new FinetuningTask(Micro.Finetuning() with { Precision = precision }, new ColouredClips(Micro.Shape), seed: 2, CPU);
        foreach (ITrainingTask task in new ITrainingTask[] { pretraining, finetuning })
        {
            using ClipBatch batch = task.Read(0, 2, default);
            Tensor loss = task.Loss(batch, 0);
            loss.backward();

            Assert.Equal(ScalarType.Float32, loss.dtype);
            Assert.All(Parameters.Of(task.Model), entry => Assert.Equal((ScalarType.Float32, ScalarType.Float32), (entry.Parameter.dtype, entry.Parameter.grad!.dtype)));
        }
    }

    [Fact]
    public void Losses_in_bfloat16_differ_by_rounding_alone()
    {
        using DisposeScope scope = NewDisposeScope();
        float[] losses = [.. new[] { Precision.Fp32, Precision.Bf16 }.Select(precision =>
        {
            using var task = new PretrainingTask(Micro.Pretraining with { Precision = precision }, new ColouredClips(Micro.Shape), seed: 2, CPU);
            using ClipBatch batch = task.Read(0, 2, default);
            return task.Loss(batch, 0).item<float>();
        })];

        Assert.NotEqual(losses[0], losses[1]);
        Assert.InRange(losses[1] / losses[0], 0.99, 1.01);
    }

    [Fact]
    public void Cubes_normalised_in_one_pass_are_those_of_the_operators()
    {
        using DisposeScope scope = NewDisposeScope();
        // 100 pixels: six whole groups of vectors and a rest. The last cube is all of one value.
        Tensor cubesBNC = randint(0, 256, [2, 3, 300]).to(ScalarType.Byte);
        cubesBNC[1, 2] = zeros(300, ScalarType.Byte) + 7;
        Tensor tokensBM = tensor(new long[,] { { 2, 0 }, { 1, 2 } });

        Tensor actual = CubeStatistics.Normalised(cubesBNC, tokensBM, 1e-6).to(ScalarType.Float64);

        Tensor pixels = NormalisedPixels.Channels(ClipTensor.Select(cubesBNC, tokensBM).to(ScalarType.Float64) / 255);
        Tensor expected = (pixels - pixels.mean([2], keepdim: true)) / (pixels.std([2], unbiased: true, keepdim: true) + 1e-6);
        Assert.True((actual - expected.view(actual.shape)).abs().max().item<double>() < 1e-5);
    }

    [Fact]
    public void Bytes_scaled_in_one_pass_are_those_of_the_operators()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor cubesBNC = randint(0, 256, [2, 3, 300]).to(ScalarType.Byte);

        Tensor actual = ClipTensor.Normalised(cubesBNC, PixelNormalisation.ImageNet);

        Tensor expected = ClipTensor.Normalised(cubesBNC.to(ScalarType.Float32), PixelNormalisation.ImageNet);
        Assert.True((actual - expected).abs().max().item<float>() < 1e-5);
    }

    [Theory]
    [InlineData("flags\t\t: fpu avx2 avx512f avx512_bf16 amx_tile", true)]
    [InlineData("flags\t\t: fpu avx2 avx512f", false)]
    [InlineData("Features\t: fp asimd bf16", true)]
    [InlineData("model name : unknown", true)]
    public void Instructions_are_told_from_the_processors_description(string line, bool expected) =>
        Assert.Equal(expected, Processor.HasInstructions(["processor : 0", line]));

    private double FinalLoss(Precision precision) => Pretraining.Run(
        Micro.Pretraining with { Precision = precision }, Micro.Plan(_folder.File(precision.ToString()), steps: 300),
        new ColouredClips(Micro.Shape), 0, new KeptProgress(), TimeProvider.System, default).Result.FinalLoss;
}
