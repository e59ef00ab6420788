using Unreel.Onnx;
using Unreel.Pipelines;
using Unreel.Stages.Tests;
using Unreel.Testing;

namespace Unreel.Export.Tests;

/// <summary>Which providers count, with ones that fail at will.</summary>
public sealed class GateRunTests : IDisposable
{
    private static readonly GateProvider Cpu = new("cpu", new OnnxModelOptions());
    private static readonly GateProvider Cuda = new("cuda", new OnnxModelOptions { Device = OnnxDevice.Cuda });
    private static readonly GateProvider NoCuda = new("cuda", null, "libcublas is missing");
    private static readonly GateProvider Further = new("xnnpack", new OnnxModelOptions { Providers = ["XNNPACK"] });
    private static readonly NetworkAnswers Answers = new([[0], [1]], new Dictionary<string, IReadOnlyList<float[]>> { ["logits"] = [[3, 0], [0, 3]] });

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("fp32")]
    [InlineData("bf16")]
    public void All_that_run_it_are_compared_and_the_first_serves(string precision)
    {
        GateFindings found = Run(precision, [Cuda, Cpu], static _ => false);

        Assert.Equal(["cuda", "cpu"], found.Parity.Cells.Select(cell => cell.Place.Provider).Distinct());
        Assert.Equal((OnnxDevice.Cuda, OnnxOptimisation.All), (found.How.Device, found.How.Optimisation));
        Assert.Equal(2, found.Served.Count);
        Assert.All(found.Providers, provider => Assert.Null(provider.WhyNot));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_processor_need_not_compute_in_what_is_for_GPUs(bool isCudaFirst)
    {
        GateFindings found = Run("bf16", isCudaFirst ? [Cuda, Cpu] : [Cpu, Cuda], static how => how.Device == OnnxDevice.Cpu);

        Assert.Equal(["cuda"], found.Parity.Cells.Select(cell => cell.Place.Provider).Distinct());
        Assert.Equal(OnnxDevice.Cuda, found.How.Device);
        ProviderFindings cpu = found.Providers.Single(provider => provider.Provider == Cpu);
        Assert.Null(cpu.Rows);
        Assert.Contains("no kernel", cpu.WhyNot, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fp32", OnnxDevice.Cpu, "cpu")]
    [InlineData("fp32", OnnxDevice.Cuda, "cuda")]
    [InlineData("bf16", OnnxDevice.Cuda, "cuda")]
    public void A_provider_that_should_run_it_must(string precision, OnnxDevice failing, string named)
    {
        GateRefusedException refusal = Assert.Throws<GateRefusedException>(() => Run(precision, [Cuda, Cpu], how => how.Device == failing));

        Assert.Contains($"cannot be run on {named}", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_that_was_asked_for_must_run_what_is_for_GPUs_too() =>
        Assert.Throws<GateRefusedException>(() => Run("bf16", [Cuda, Cpu], static how => how.Device == OnnxDevice.Cpu, asked: ["cuda", "cpu"]));

    [Fact]
    public void Without_a_GPU_the_levels_count_that_the_processor_can()
    {
        GateFindings found = Run("fp16", [NoCuda, Cpu], static how => how.Optimisation is OnnxOptimisation.All or OnnxOptimisation.Disabled);

        Assert.DoesNotContain(found.Parity.Cells, cell => cell.Place.Level is OnnxOptimisation.All or OnnxOptimisation.Disabled);
        Assert.NotEqual(OnnxOptimisation.All, found.How.Optimisation);
        Assert.Equal(2, found.Served.Count);
        Assert.Equal("libcublas is missing", found.Providers[0].WhyNot);
        Assert.StartsWith("at all, disabled: Model", found.Providers[1].WhyNot, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_nothing_computes_in_it_a_GPU_is_asked_for()
    {
        GateRefusedException refusal = Assert.Throws<GateRefusedException>(() => Run("bf16", [NoCuda, Cpu], static _ => true));

        Assert.Contains("cuda: libcublas is missing; cpu: at ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("The precision bf16 is for GPUs", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new string[0], true)]
    [InlineData(new[] { "xnnpack" }, false)]
    public void A_further_provider_may_fail_unless_it_was_asked_for(string[] asked, bool isExcused)
    {
        Func<GateFindings> run = () => Run("fp32", [Further, Cpu], static how => how.Providers.Count > 0, asked);

        if (isExcused)
            Assert.Contains("no kernel", run().Providers[0].WhyNot, StringComparison.Ordinal);
        else
            Assert.Throws<GateRefusedException>(run);
    }

    // The second batch size fails after the first was compared, and found to differ.
    [Fact]
    public void What_was_compared_before_a_level_failed_does_not_count()
    {
        GateFindings found = Run("bf16", [Cuda, Cpu], static _ => false, answer: (how, count) =>
            how.Device == OnnxDevice.Cuda ? [0, 0] : count == 1 ? [9, -9] : throw new OnnxModelException("m", "has no kernel"));

        Assert.Equal((0, 1), (found.Parity.LargestDifference, found.Parity.Top1Agreement));
        Assert.Equal(["cuda"], found.Parity.Cells.Select(cell => cell.Place.Provider).Distinct());
    }

    private GateFindings Run(string precision, GateProvider[] providers, Predicate<OnnxModelOptions> fails, string[]? asked = null, Func<OnnxModelOptions, int, float[]>? answer = null) =>
        new GateRun(
            how => fails(how) ? throw new OnnxModelException("m", "has no kernel for Softmax") : new Fake(how, answer),
            Answers,
            new GraphQuestions(new InputGeometry(1, 1, 1)),
            AnyOptions.Value with { Providers = asked ?? [], MaxBatch = 2 },
            new FakeContext(_folder.File("work"))).Run(providers, precision, CancellationToken.None);

    // Gives what the network gives, and a little of what a test likes on top; the first byte of a clip is its number.
    private sealed class Fake(OnnxModelOptions how, Func<OnnxModelOptions, int, float[]>? more) : IGraphSession
    {
        public IReadOnlyDictionary<string, FloatTensor> Run(IReadOnlyList<NamedTensor> inputs, IReadOnlyList<string> outputs, CancellationToken ct)
        {
            int count = (int)inputs[0].Shape[0];
            float[] added = more?.Invoke(how, count) ?? [0, 0];
            float[] rows = [.. inputs[0].Bytes.ToArray().SelectMany(clip => Answers.Outputs["logits"][clip].Zip(added, (value, further) => value + further))];
            return new Dictionary<string, FloatTensor> { ["logits"] = new([count, 2], rows) };
        }

        public void Dispose()
        {
        }
    }
}
