using Unreel.Onnx;
using Unreel.Pipelines;

namespace Unreel.Export.Tests;

public sealed class ParityGateTests
{
    [Fact]
    public void Every_clip_is_compared_in_every_batch_size()
    {
        using OnnxModel model = OnnxModel.Open(TinyModel.Bytes(), "tiny");
        List<int> sizes = [];
        ParityGate gate = new(model, (clips, count) =>
        {
            sizes.Add(count);
            return model.Classify(clips.ToArray(), count).Logits;
        });

        ParityReport report = gate.Compare(TinyModel.Clips(5), CancellationToken.None);

        Assert.Equal([1, 1, 1, 1, 1, 2, 2, 2, 4, 4], sizes);
        Assert.Equal(1, report.Top1Agreement);
        Assert.InRange(report.LargestDifference, 0, 1e-5);
        Assert.Equal(5, report.Clips);
    }

    [Fact]
    public void Difference_is_found_wherever_it_is()
    {
        using OnnxModel model = OnnxModel.Open(TinyModel.Bytes(), "tiny");
        ParityGate gate = new(model, (clips, count) =>
        {
            float[] logits = model.Classify(clips.ToArray(), count).Logits;
            if (count == 4)
                logits[^1] += 0.25f;
            return logits;
        });

        ParityReport report = gate.Compare(TinyModel.Clips(4), CancellationToken.None);

        Assert.InRange(report.LargestDifference, 0.2499, 0.2501);
    }

    [Theory]
    [InlineData(2e-3, 1.0)]
    [InlineData(0.0, 0.99)]
    [InlineData(double.NaN, 1.0)]
    [InlineData(double.PositiveInfinity, 1.0)]
    public void Refuses_what_differs_by_more_than_is_accepted(double difference, double agreement)
    {
        ParityReport report = new(difference, 0, agreement, 8, ParityGate.BatchSizes);

        GateRefusedException refusal = Assert.Throws<GateRefusedException>(() => ParityGate.Judge(report, TinyModel.Options));

        Assert.Contains("Nothing was published", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Accepts_what_is_within_the_tolerance() =>
        ParityGate.Judge(new ParityReport(1e-3, 1e-4, 1, 8, ParityGate.BatchSizes), TinyModel.Options);

    [Fact]
    public void Logits_that_are_not_numbers_are_never_close()
    {
        using OnnxModel model = OnnxModel.Open(TinyModel.Bytes(), "tiny");
        ParityGate gate = new(model, (_, count) => [.. Enumerable.Repeat(float.NaN, count * model.Classes)]);

        ParityReport report = gate.Compare(TinyModel.Clips(2), CancellationToken.None);

        Assert.Throws<GateRefusedException>(() => ParityGate.Judge(report, TinyModel.Options));
    }
}
