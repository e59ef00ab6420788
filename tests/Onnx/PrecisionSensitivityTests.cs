using Unreel.Onnx.Format;

namespace Unreel.Onnx.Tests;

/// <summary>Layers kept in float by what quantising them does to the logits.</summary>
public sealed class PrecisionSensitivityTests
{
    private static readonly PrecisionSettings Coarse = new() { Precision = GraphPrecision.Int4Weights, Flavour = GraphFlavour.Ort, BlockSize = 256, Threads = 1 };

    [Fact]
    public void A_limit_that_holds_leaves_all_layers_quantised_and_unmeasured()
    {
        PrecisionReport report = PrecisionSupport.Apply(Coarse with { MaxLogitShift = 5 }, PrecisionSupport.Clips()).Report;

        Assert.InRange(report.Shift!.Value, 1e-3, 5);
        Assert.InRange(report.Top1Agreement!.Value, 0, 1);
        Assert.Equal((4, 0, 5.0), (report.Clips, report.ClipsPerLayer, report.Limit));
        Assert.All(report.Layers, layer => Assert.Equal((null, false), (layer.Shift, layer.IsFloat)));
    }

    [Fact]
    public void A_limit_that_does_not_hold_keeps_the_worst_layers_and_no_others()
    {
        PrecisionReport all = PrecisionSupport.Apply(Coarse with { MaxLogitShift = 5 }, PrecisionSupport.Clips()).Report;
        double limit = all.Shift!.Value / 2;

        PrecisionResult result = PrecisionSupport.Apply(Coarse with { MaxLogitShift = limit }, PrecisionSupport.Clips());

        PrecisionReport report = result.Report;
        Assert.InRange(report.Shift!.Value, 0, limit);
        LayerEffect[] kept = [.. report.Layers.Where(layer => layer.IsFloat)], open = [.. report.Layers.Where(layer => !layer.IsFloat)];
        Assert.All(kept, layer => Assert.Equal(LayerEffect.Effect, layer.Reason));
        Assert.NotEmpty(kept);
        Assert.NotEmpty(open);
        Assert.True(kept.Min(layer => layer.Shift) >= open.Max(layer => layer.Shift));
        Assert.Equal(open.Length, result.Document.Model.Graph.Node.Where(node => node.OpType == "MatMulNBits").Select(node => node.Input[1][..node.Input[1].LastIndexOf(".weight", StringComparison.Ordinal)]).Distinct().Count());
    }

    // The layer whose weights are made a hundred times coarser than the others' is the one to be found.
    [Fact]
    public void The_layer_that_hurts_is_found_and_layers_asked_for_are_not_measured()
    {
        var editor = new GraphEditor(TinyClassifier.Document);
        Initializer weight = editor.Constant("blocks.1.mlp.fc1.weight.transposed")!;
        var spoilt = new Initializer(weight.Name, weight.Type, weight.Shape, () =>
        {
            float[] values = weight.ReadFloats();
            for (int output = 0; output < values.Length; output += 7)
                values[output] *= 40;
            return RawData.Of<float>(values);
        });
        var document = new OnnxDocument(TinyClassifier.Document.Model, [.. TinyClassifier.Document.Initializers.Select(constant => constant.Name == weight.Name ? spoilt : constant)]);

        PrecisionReport report = PrecisionSupport.Apply(Coarse with { MaxLogitShift = 5, MeasureLayers = true, KeepFloat = ["head"] }, PrecisionSupport.Clips(), document).Report;

        Assert.Equal("blocks.1.mlp.fc1", report.Layers.MaxBy(layer => layer.Shift)!.Name);
        Assert.Equal((null, true, LayerEffect.Asked), report.Layers.Where(layer => layer.Name == "head").Select(layer => (layer.Shift, layer.IsFloat, layer.Reason)).Single());
        Assert.Equal(4, report.ClipsPerLayer);
    }

    [Fact]
    public void A_limit_that_nothing_holds_is_refused()
    {
        string message = Assert.Throws<PrecisionException>(() => PrecisionSupport.Apply(Coarse with { MaxLogitShift = 1e-7 }, PrecisionSupport.Clips())).Message;

        Assert.StartsWith("No layer can be quantised: with all but one of 10 in float the logits still shift by more than 1E-07", message, StringComparison.Ordinal);
    }

    // A layer that makes logits no numbers is worse than any that shifts them.
    [Theory]
    [InlineData(1e9)]
    [InlineData(null)]
    public void A_layer_that_makes_no_numbers_stays_in_float(double? limit)
    {
        const string spoilt = "blocks.0.mlp.fc1";
        OnnxDocument document = TinyClassifier.Document, broken = Broken(document, $"{spoilt}.weight.transposed");
        DirectoryInfo parent = Directory.CreateTempSubdirectory("unreel-precision");
        PrecisionReport report;
        using (var folder = new TrialFolder(parent.FullName))
        {
            var search = new SensitivitySearch(document, kept => kept.Contains(spoilt) ? document : broken, ["blocks.0.attn.proj", spoilt, "head"], new Dictionary<string, string>());
            report = search.Run(Coarse with { MaxLogitShift = limit, MeasureLayers = true }, PrecisionSupport.Clips(), folder, new Listener([]), CancellationToken.None).Report;
        }

        parent.Delete();
        Assert.Equal([(0, false), (double.NaN, true), (0, false)], report.Layers.Select(layer => (layer.Shift!.Value, layer.IsFloat)));
        Assert.Equal((0, LayerEffect.Effect), (report.Shift, report.Layers[1].Reason));

        // Under a name of its own: trials share constants.
        static OnnxDocument Broken(OnnxDocument document, string constant)
        {
            var editor = new GraphEditor(document);
            Initializer weight = editor.Constant(constant)!;
            NodeProto node = editor.Nodes.Single(node => node.Input.Contains(constant)), other = node.Clone();
            other.Input[1] = editor.Add(new Initializer("nan", weight.Type, weight.Shape, () => RawData.Of<float>(Enumerable.Repeat(float.NaN, (int)weight.Count).ToArray())));
            editor.Replace(node, other);
            return editor.Build();
        }
    }

    [Fact]
    public void A_limit_without_clips_is_refused()
    {
        Assert.Equal("A limit of the logits' shift, as well as each layer's effect, needs calibration clips to be measured on; found none", Refusal(Coarse with { MaxLogitShift = 0.1 }));
        Assert.Equal(Refusal(Coarse with { MaxLogitShift = 0.1 }), Refusal(Coarse with { MeasureLayers = true }));

        static string Refusal(PrecisionSettings settings) => Assert.Throws<PrecisionException>(() => PrecisionSupport.Apply(settings)).Message;
    }

    [Fact]
    public void A_limit_of_what_takes_more_than_clips_is_refused() => Assert.EndsWith(
        "needs a model that runs on clips and nothing else; this one takes 'video', 'visible'",
        Assert.Throws<PrecisionException>(() => PrecisionSupport.Apply(Coarse with { MaxLogitShift = 0.1 }, PrecisionSupport.Clips(), TinyAutoencoder.Reconstruction())).Message,
        StringComparison.Ordinal);

    [Fact]
    public void The_same_work_gives_the_same_report()
    {
        PrecisionSettings settings = new() { Precision = GraphPrecision.Int8Static, MaxLogitShift = 5, MeasureLayers = true, Threads = 1 };

        Assert.Equal(PrecisionSupport.Apply(settings, PrecisionSupport.Clips()).Report.Layers, PrecisionSupport.Apply(settings, PrecisionSupport.Clips()).Report.Layers);
    }

    [Fact]
    public void Progress_is_told_and_goes_on()
    {
        List<PrecisionProgress> heard = [];

        PrecisionSupport.Apply(new PrecisionSettings { Precision = GraphPrecision.Int8Static, MaxLogitShift = 5, MeasureLayers = true }, PrecisionSupport.Clips(), hear: heard.Add);

        Assert.Equal(["calibrating", "measuring the model in fp32", "measuring each layer's effect"], heard.Select(progress => progress.Work).Distinct());
        Assert.Equal([1, 2, 3, 4], heard.Where(progress => progress.Work == "calibrating").Select(progress => progress.Done).Take(4));
        Assert.All(heard.Where(progress => progress.Work == "calibrating"), progress => Assert.InRange(progress.Done, 1, progress.Total));
    }

    [Theory]
    [InlineData("calibrating")]
    [InlineData("measuring each layer's effect")]
    public void It_can_be_cancelled_and_leaves_nothing(string during)
    {
        using var stop = new CancellationTokenSource();
        DirectoryInfo folder = Directory.CreateTempSubdirectory("unreel-precision");
        try
        {
            var ear = new Stopper(during, stop);
            var settings = new PrecisionSettings { Precision = GraphPrecision.Int8Static, MaxLogitShift = 5, MeasureLayers = true };

            Assert.Throws<OperationCanceledException>(() => PrecisionPass.Apply(TinyClassifier.Document, settings, PrecisionSupport.Clips(), folder.FullName, ear, stop.Token));
            Assert.Empty(folder.EnumerateFileSystemInfos());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Calibration_fetches_a_few_values_at_a_time()
    {
        string[] values = [.. StaticQuantiser.ValuesOf(TinyClassifier.Document, attention: false)];
        List<PrecisionProgress> heard = [];
        string parent = Directory.CreateTempSubdirectory("unreel-precision").FullName;
        using (var folder = new TrialFolder(parent))
        {
            Dictionary<string, TensorRange> few = Run(folder, 2, heard), all = Run(folder, 100, []);

            Assert.Equal(values.Order(), few.Keys.Order());
            Assert.Equal(all.OrderBy(pair => pair.Key), few.OrderBy(pair => pair.Key));
            Assert.Equal((values.Length + 1) / 2 * 4, heard.Count);
        }

        Directory.Delete(parent);

        Dictionary<string, TensorRange> Run(TrialFolder folder, int atATime, List<PrecisionProgress> list) =>
            new Calibrator(TinyClassifier.Document, PrecisionSupport.Clips(), folder, threads: 1, atATime).Run(values, CalibrationMethod.MinMax, new Listener(list), CancellationToken.None);
    }

    private sealed class Listener(List<PrecisionProgress> list) : IProgress<PrecisionProgress>
    {
        public void Report(PrecisionProgress value) => list.Add(value);
    }

    private sealed class Stopper(string during, CancellationTokenSource stop) : IProgress<PrecisionProgress>
    {
        public void Report(PrecisionProgress value)
        {
            if (value.Work == during && value.Done > 0)
                stop.Cancel();
        }
    }
}
