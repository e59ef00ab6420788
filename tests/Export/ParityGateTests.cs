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
        }, 1e-3);

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
        }, 1e-3);

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

    [Theory]
    [InlineData(0.5, 1)]
    [InlineData(0.1, 0)]
    public void A_first_class_that_the_tolerance_cannot_tell_apart_is_no_disagreement(double tolerance, double agreement)
    {
        using OnnxModel model = OnnxModel.Open(TinyModel.Bytes(), "tiny");

        // The network puts the model's second class first by .25.
        ParityGate gate = new(model, (clips, count) =>
        {
            float[] logits = model.Classify(clips.ToArray(), count).Logits;
            for (int clip = 0; clip < count; clip++)
            {
                Span<float> row = logits.AsSpan(clip * model.Classes, model.Classes);
                int first = row.IndexOf(System.Numerics.Tensors.TensorPrimitives.Max((ReadOnlySpan<float>)row));
                row[(first + 1) % row.Length] = row[first] + 0.25f;
            }

            return logits;
        }, tolerance);

        Assert.Equal(agreement, gate.Compare(TinyModel.Clips(4), CancellationToken.None).Top1Agreement);
    }

    [Theory]
    [InlineData(3.2e-7, 4e-7)]
    [InlineData(4e-7, 4e-7)]
    [InlineData(9.1e-6, 1e-5)]
    [InlineData(9.6e-4, 9.7e-4)]
    [InlineData(0.0123, 0.02)]
    [InlineData(0, 0)]
    [InlineData(double.NaN, double.NaN)]
    [InlineData(double.PositiveInfinity, double.PositiveInfinity)]
    public void Differences_are_published_rounded_up_to_one_digit(double measured, double published)
    {
        ParityReport report = new ParityReport(measured, measured, 1, 8, ParityGate.BatchSizes).Rounded(tolerance: 9.7e-4);

        Assert.Equal((published, published), (report.LargestDifference, report.MeanDifference));
    }

    [Fact]
    public void Accepts_what_is_within_the_tolerance() =>
        ParityGate.Judge(new ParityReport(1e-3, 1e-4, 1, 8, ParityGate.BatchSizes), TinyModel.Options);

    [Fact]
    public void Logits_that_are_not_numbers_are_never_close()
    {
        using OnnxModel model = OnnxModel.Open(TinyModel.Bytes(), "tiny");
        ParityGate gate = new(model, (_, count) => [.. Enumerable.Repeat(float.NaN, count * model.Classes)], 1e-3);

        ParityReport report = gate.Compare(TinyModel.Clips(2), CancellationToken.None);

        Assert.Throws<GateRefusedException>(() => ParityGate.Judge(report, TinyModel.Options));
    }
}
