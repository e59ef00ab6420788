using Unreel.Onnx;
using Unreel.Pipelines;

namespace Unreel.Export.Tests;

public sealed class ParityGateTests
{
    private static readonly GateLimits Limits = GateLimits.ByPrecision["fp32"];
    private static readonly ParityPlace Place = new("cpu", OnnxOptimisation.All, 1);

    [Theory]
    [InlineData(1, new[] { 1, 1, 1, 1, 1 })]
    [InlineData(2, new[] { 2, 2, 2 })]
    [InlineData(4, new[] { 4, 4 })]
    public void Every_clip_is_compared_and_the_last_batch_is_filled_up(int batch, int[] sizes)
    {
        List<int> asked = [];
        ParityGate gate = new(Answers(5));

        gate.Compare(Place with { Batch = batch }, [.. Enumerable.Range(0, 5)], Fake(Answers(5), (size, _) => asked.Add(size)), CancellationToken.None);

        Assert.Equal(sizes, asked);
        Assert.Equal((1.0, 0.0, 5), (gate.Report.Top1Agreement, gate.Report.LargestDifference, gate.Report.Clips));
    }

    [Fact]
    public void Difference_is_found_wherever_it_is_and_told_by_place()
    {
        ParityGate gate = new(Answers(4));
        gate.Compare(Place, [0, 1, 2, 3], Fake(Answers(4)), CancellationToken.None);
        gate.Compare(new ParityPlace("cuda", OnnxOptimisation.Basic, 4), [0, 1, 2, 3], Fake(Answers(4), (_, rows) => rows[^1] += 0.25f), CancellationToken.None);

        ParityReport report = gate.Report;

        Assert.InRange(report.LargestDifference, 0.2499, 0.2501);
        Assert.Equal(["all", "basic", "batch 1", "batch 4", "cpu", "cuda"], report.Worst().Keys.Order(StringComparer.Ordinal));
        Assert.Equal((0, report.LargestDifference, report.LargestDifference), (report.Worst()["all"], report.Worst()["cuda"], report.Worst()["batch 4"]));
    }

    [Theory]
    [InlineData(2e-3, 1.0, "logits")]
    [InlineData(0.0, 0.99, "same first class")]
    [InlineData(double.NaN, 1.0, "logits")]
    [InlineData(double.PositiveInfinity, 1.0, "logits")]
    public void Refuses_what_differs_by_more_than_is_accepted(double difference, double agreement, string named)
    {
        string? objection = GateJudgement.For(Answers(8), Limits).Objection(Report(difference, agreement), null);

        Assert.Contains("Nothing was published", objection, StringComparison.Ordinal);
        Assert.Contains(named, objection, StringComparison.Ordinal);
    }

    [Fact]
    public void Accepts_what_is_within_the_tolerance() =>
        Assert.Null(GateJudgement.For(Answers(8), Limits).Objection(Report(1e-3, 1), new AccuracyRecord("d", 8, 1, 1) { NetworkTop1 = 1 }));

    [Fact]
    public void Refuses_a_model_that_is_right_less_often_than_the_network()
    {
        AccuracyRecord accuracy = new("d", 8, 0.75, 1) { NetworkTop1 = 0.875 };

        string? objection = GateJudgement.For(Answers(8), Limits).Objection(Report(0, 1), accuracy);

        Assert.Contains("top-1 75 % of 8 labelled clips, the network 87.5 % (accepted loss 0 %)", objection, StringComparison.Ordinal);
        Assert.Null(GateJudgement.For(Answers(8), Limits with { AccuracyLoss = 0.125 }).Objection(Report(0, 1), accuracy));
    }

    [Fact]
    public void Accuracy_may_rise() =>
        Assert.Null(GateJudgement.For(Answers(8), Limits).Objection(Report(0, 1), new AccuracyRecord("d", 8, 1, 1) { NetworkTop1 = 0.5 }));

    [Theory]
    [InlineData(0.001, 1)]
    [InlineData(0.25, 0)]
    public void A_first_class_that_cannot_be_told_from_the_second_is_no_disagreement(float lead, double agreement)
    {
        NetworkAnswers answers = Answers(4, lead);
        ParityGate gate = new(answers);

        // The model puts the network's second class first.
        gate.Compare(Place, [0, 1, 2, 3], Fake(answers, (_, row) => (row[0], row[1]) = (row[1], row[0])), CancellationToken.None);

        Assert.Equal(agreement, gate.Report.Top1Agreement);
    }

    [Fact]
    public void A_clip_agrees_only_if_it_does_so_everywhere()
    {
        ParityGate gate = new(Answers(4));
        foreach (int batch in (int[])[1, 2, 4])
            gate.Compare(Place with { Batch = batch }, [0, 1, 2, 3], Fake(Answers(4), (size, rows) => rows[^1] += size == 2 ? 9 : 0), CancellationToken.None);

        // The last of each batch of two.
        Assert.Equal(0.5, gate.Report.Top1Agreement);
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
        ParityReport report = Report(measured, 1) with { MeanDifference = measured };

        report = report.Rounded(new GateJudgement(9.7e-4, new Dictionary<string, double> { ["logits"] = 9.7e-4 }, Limits));

        Assert.Equal((published, published, published), (report.LargestDifference, report.MeanDifference, report.Cells[0].Largest));
    }

    [Fact]
    public void Logits_that_are_not_numbers_are_never_close()
    {
        ParityGate gate = new(Answers(2));
        gate.Compare(Place, [0, 1], Fake(Answers(2), (_, rows) => rows[0] = float.NaN), CancellationToken.None);

        Assert.NotNull(GateJudgement.For(Answers(2), Limits).Objection(gate.Report, null));
    }

    [Theory]
    [InlineData("fp32", 20, 1e-3)]
    [InlineData("fp16", 0.5, 1e-2)]
    [InlineData("fp16", 20, 0.2)]
    [InlineData("int8_static", 20, 4)]
    public void Coarser_precisions_may_be_off_by_a_share_of_the_largest_logit(string precision, float largest, double bound)
    {
        NetworkAnswers answers = new([[]], new Dictionary<string, IReadOnlyList<float[]>> { ["logits"] = [[-largest, 0]] });

        Assert.Equal(bound, GateJudgement.For(answers, GateLimits.ByPrecision[precision]).Bound, 6);
    }

    [Theory]
    [InlineData("fp32", true)]
    [InlineData("bf16", true)]
    [InlineData("int8_dynamic", false)]
    public void Features_decide_where_the_precision_is_fine(string precision, bool decide)
    {
        NetworkAnswers answers = new([[]], new Dictionary<string, IReadOnlyList<float[]>> { ["logits"] = [[1, 0]], ["features"] = [[4, 2]] });

        Assert.Equal(decide, GateJudgement.For(answers, GateLimits.ByPrecision[precision]).Bounds.ContainsKey("features"));
    }

    [Fact]
    public void A_tolerance_of_ones_own_changes_nothing_of_what_decides()
    {
        NetworkAnswers answers = new([[]], new Dictionary<string, IReadOnlyList<float[]>> { ["logits"] = [[1, 0]], ["features"] = [[4, 2]] });

        GateLimits limits = GateLimits.Of(AnyOptions.Value with { Tolerance = 0.5 }, "int8_static");

        Assert.Equal(["logits"], GateJudgement.For(answers, limits).Bounds.Keys);
    }

    [Theory]
    [InlineData("fp32", null, 1e-3)]
    [InlineData("int8_static", null, 0.2)]
    [InlineData("int8_static", 0.0, 0.2)]
    [InlineData("fp32", 0.5, 0.5)]
    [InlineData("fp32", 40.0, 1)]
    public void Probabilities_are_held_to_their_own_bound_however_large_logits_are(string precision, double? tolerance, double bound)
    {
        NetworkAnswers answers = new([[]], new Dictionary<string, IReadOnlyList<float[]>> { ["logits"] = [[30, 0]], ["probabilities"] = [[1, 0]] });

        Assert.Equal(bound, GateJudgement.For(answers, GateLimits.Of(AnyOptions.Value with { Tolerance = tolerance }, precision)).Bounds["probabilities"]);
    }

    [Fact]
    public void No_precision_accepts_any_probability() => Assert.All(GateLimits.ByPrecision.Values, limits => Assert.InRange(limits.Probabilities, 1e-4, 0.3));

    [Fact]
    public void The_clip_that_is_looked_at_is_the_one_whose_output_is_beyond_its_bound()
    {
        NetworkAnswers answers = new(
            [[0], [1]],
            new Dictionary<string, IReadOnlyList<float[]>> { ["logits"] = [[3, 0], [3, 0]], ["probabilities"] = [[1, 0], [1, 0]] });
        ParityGate gate = new(answers);
        gate.Compare(
            Place,
            [0, 1],
            (clips, _) => new Dictionary<string, FloatTensor>
            {
                ["logits"] = new([1, 2], clips[0] == 0 ? [3.0009f, 0] : [3, 0]),
                ["probabilities"] = new([1, 2], clips[0] == 1 ? [0.9f, 0.1f] : [1, 0]),
            },
            CancellationToken.None);

        Assert.Equal(1, GateJudgement.For(answers, Limits).Worst(gate.Report).Clip);
    }

    [Fact]
    public void Where_only_the_first_class_is_wrong_such_a_clip_is_looked_at()
    {
        NetworkAnswers answers = Answers(3, lead: 0.01f);
        ParityGate gate = new(answers);
        gate.Compare(Place, [0, 1, 2], Fake(answers), CancellationToken.None);
        gate.Compare(Place with { Batch = 3 }, [0, 1, 2], Fake(answers, (_, rows) => rows[^2] += 0.05f), CancellationToken.None);

        (ParityCell cell, int clip) = GateJudgement.For(answers, Limits with { Logits = 1 }).Worst(gate.Report);

        Assert.Equal((3, 2), (cell.Place.Batch, clip));
    }

    [Fact]
    public void Features_differ_by_a_share_of_the_largest()
    {
        NetworkAnswers answers = new([[]], new Dictionary<string, IReadOnlyList<float[]>> { ["features"] = [[-50, 2]] });
        ParityGate gate = new(answers);

        gate.Compare(Place, [0], (_, _) => new Dictionary<string, FloatTensor> { ["features"] = new([1, 2], [-50, 3]) }, CancellationToken.None);

        Assert.Equal(0.02, gate.Report.LargestDifference, 9);
    }

    [Fact]
    public void The_options_come_before_the_precisions_own_limits()
    {
        ExportOptions options = AnyOptions.Value with { Tolerance = 0.5, MinTop1Agreement = 0.25, MaxAccuracyLoss = 0.125 };

        Assert.Equal(new GateLimits(0.5, 0, 0.25, 0.125, 3e-2, 0.5) { IsCoarse = true }, GateLimits.Of(options, "int8_static"));
        Assert.Equal(GateLimits.ByPrecision["int8_static"], GateLimits.Of(AnyOptions.Value, "int8_static"));
    }

    [Fact]
    public void A_graph_that_gives_too_few_values_is_named()
    {
        OnnxModelException problem = Assert.Throws<OnnxModelException>(() => new ParityGate(Answers(1)).Compare(
            Place, [0], (_, _) => new Dictionary<string, FloatTensor> { ["logits"] = new([1, 2], [1, 2]) }, CancellationToken.None));

        Assert.Contains("'logits'", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_provider_that_cannot_be_used_is_refused_if_it_was_asked_for()
    {
        GateProvider[] present = [new("cuda", null, "libcublas is missing"), new("cpu", new OnnxModelOptions())];

        Assert.Equal(present, GateProvider.Choose(present, []));
        Assert.Equal([present[1]], GateProvider.Choose(present, ["cpu"]));
        Assert.Contains("libcublas", Assert.Throws<UsageException>(() => GateProvider.Choose(present, ["cuda"])).Message, StringComparison.Ordinal);
        Assert.Contains("cuda, cpu", Assert.Throws<UsageException>(() => GateProvider.Choose(present, ["tpu"])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(4, new[] { 1, 2, 4 })]
    [InlineData(2, new[] { 1, 2 })]
    [InlineData(1, new[] { 1 })]
    public void One_two_and_the_largest_batch_are_tried(int most, int[] sizes) => Assert.Equal(sizes, GateRun.BatchSizes(most));

    private static NetworkAnswers Answers(int clips, float lead = 3) => new(
        [.. Enumerable.Range(0, clips).Select(clip => new[] { (byte)clip })],
        new Dictionary<string, IReadOnlyList<float[]>> { ["logits"] = [.. Enumerable.Range(0, clips).Select(clip => new float[] { clip + lead, clip, clip - 2 })] });

    // Gives what the network gives, changed; the first byte of a clip is its number.
    private static AnswersOf Fake(NetworkAnswers answers, Action<int, Span<float>>? change = null) => (clips, count) =>
    {
        float[] rows = [.. clips.SelectMany(clip => answers.Outputs["logits"][clip])];
        change?.Invoke(count, rows);
        return new Dictionary<string, FloatTensor> { ["logits"] = new([count, rows.Length / count], rows) };
    };

    private static ParityReport Report(double difference, double agreement) =>
        ParityReport.Of([new ParityCell(Place, 8, new Dictionary<string, double> { ["logits"] = difference }, 0, agreement)], 8, agreement);
}
