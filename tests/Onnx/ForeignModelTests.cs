using System.Text.Json.Nodes;
using Unreel.Onnx.Format;
using Unreel.Testing;

namespace Unreel.Onnx.Tests;

public sealed class ForeignModelTests : IDisposable
{
    private const float Tolerance = 2e-5f;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("bcthw")]
    [InlineData("btchw")]
    [InlineData("bthwc")]
    public void The_layout_is_read_from_the_shape(string layout)
    {
        ForeignModel model = Open(ForeignGraphs.Write(layout));

        Assert.Equal((layout, new InputGeometry(4, 16, 16), null, ForeignAnswer.Logits, 3), (model.Layout, model.Geometry, model.Batch, model.Gives, model.Classes));
        Answers(model, new ForeignOptions());
    }

    [Theory]
    [InlineData("bhwct")]
    [InlineData("bhwtc")]
    [InlineData("bchwt")]
    public void Any_other_layout_is_asked_for(string layout)
    {
        ForeignOptions options = new() { Layout = layout };

        Answers(Open(ForeignGraphs.Write(layout), options), options);
    }

    [Theory]
    [InlineData(ElementType.Float16, 2e-2f)]
    [InlineData(ElementType.Double, Tolerance)]
    public void Other_floats_are_cast_to(ElementType type, float tolerance) => Answers(Open(ForeignGraphs.Write(type: type)), new ForeignOptions(), tolerance);

    [Fact]
    public void A_model_of_bytes_is_fed_as_it_is() =>
        Answers(Open(ForeignGraphs.Write(type: ElementType.UInt8)), new ForeignOptions { White = 255, Mean = [0, 0, 0], Std = [1, 1, 1] }, 1e-3f);

    [Fact]
    public void Range_mean_deviation_and_order_of_channels_are_asked_for()
    {
        ForeignOptions options = new() { White = 255, Mean = [120, 110, 100], Std = [50, 60, 70], IsBgr = true };

        Answers(Open(ForeignGraphs.Write(), options), options);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_batch_that_is_fixed_is_filled_and_taken_apart(int batch)
    {
        ForeignModel model = Open(ForeignGraphs.Write(extents: ForeignGraphs.Extents("bcthw", batch)));

        Assert.Equal(batch, model.Batch);
        Assert.Equal(batch, Answers(model, new ForeignOptions()).Batch);
    }

    [Fact]
    public void Softmax_is_seen_and_its_input_taken_for_logits()
    {
        ForeignModel model = Open(ForeignGraphs.Write(end: "Softmax"));

        Assert.Equal(ForeignAnswer.Probabilities, model.Gives);
        Answers(model, new ForeignOptions());
    }

    [Fact]
    public void Logits_of_told_probabilities_are_their_logarithms()
    {
        OnnxDocument probabilities = ForeignGraphs.Write(end: "Softmax", change: model => model.Graph.Node.Add(new NodeProto { OpType = "Neg", Name = "a", Input = { "y" }, Output = { "z" } }));
        probabilities.Model.Graph.Node.Add(new NodeProto { OpType = "Abs", Name = "b", Input = { "z" }, Output = { "p" } });
        probabilities.Model.Graph.Output[0].Name = "p";
        ForeignOptions options = new() { Gives = ForeignAnswer.Probabilities };
        using OnnxModel model = Import(Open(probabilities, options));
        byte[] clips = ForeignGraphs.Clips(1);

        Predictions given = model.Classify(clips, 1);

        double[] expected = ForeignGraphs.Logits(clips, 0, options);
        FloatAssert.Close(Softmax(expected), given.Probabilities, Tolerance);
        FloatAssert.Close([.. Softmax(expected).Select(share => Math.Log(share))], given.Logits, 1e-4f);
    }

    [Fact]
    public void Names_of_ours_may_be_taken()
    {
        OnnxDocument document = ForeignGraphs.Write(end: "Softmax", input: "video", output: "logits");
        foreach (NodeProto node in document.Model.Graph.Node)
        {
            node.Name = "";
            for (int at = 0; at < node.Input.Count; at++)
                node.Input[at] = node.Input[at].StartsWith("ReduceMean", StringComparison.Ordinal) ? "probabilities" : node.Input[at];
            for (int at = 0; at < node.Output.Count; at++)
                node.Output[at] = node.Output[at].StartsWith("ReduceMean", StringComparison.Ordinal) ? "probabilities" : node.Output[at];
        }

        Answers(Open(document), new ForeignOptions());
    }

    [Fact]
    public void Weights_in_files_of_their_own_are_taken_along()
    {
        var graph = new GraphBuilder("foreign");
        Value x = graph.Node("Reshape", [graph.Input("x", ElementType.Float, "n", 3, 4, 16, 16), graph.Integers(0, -1)]);
        float[] weights = SeededFloats.Uniform(3072 * 3, seed: 2, scale: 0.01f);
        graph.Output("y", graph.Node("MatMul", [x, graph.Floats("w", [3072, 3], weights)]), ElementType.Float, "n", 3);
        graph.Build().Save(_folder.File("foreign.onnx"), externalAbove: 0);
        Assert.True(File.Exists(_folder.File("foreign.onnx.data")));

        ForeignModel model = ForeignModel.Open(_folder.File("foreign.onnx"), new ForeignOptions());
        model.Write(ForeignGraphs.Labels, [], "sha256:00").Save(_folder.File("whole.onnx"));
        Directory.CreateDirectory(_folder.File("apart"));
        model.Write(ForeignGraphs.Labels, [], "sha256:00").Save(_folder.File("apart", "model.onnx"), externalAbove: 0);
        File.Delete(_folder.File("foreign.onnx.data"));

        ForeignTrial.Run(_folder.File("whole.onnx"));
        ForeignTrial.Run(_folder.File("apart", "model.onnx"));
        Assert.Equal(["model.onnx", "model.onnx.data"], Directory.GetFiles(_folder.File("apart")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("labels", """["red","green","blue"]""")]
    [InlineData("id2label", """{"0":"red","2":"blue","1":"green"}""")]
    [InlineData("names", "{0: 'red', 1: 'green', 2: \"blue\"}")]
    [InlineData("Classes", "red, green, blue")]
    [InlineData("class_names", "red\ngreen\nblue\n")]
    [InlineData("labels", "['red', 'green', 'blue']")]
    public void Labels_are_found_in_the_metadata(string key, string text)
    {
        ForeignModel model = Open(ForeignGraphs.Write(change: model => model.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = text })));

        Assert.Equal(ForeignGraphs.Labels, model.Labels);
    }

    [Theory]
    [InlineData("names", "{1: 'red', 2: 'green'}")]
    [InlineData("author", "red, green, blue")]
    [InlineData("labels", "")]
    public void What_is_no_list_of_labels_is_not_taken_for_one(string key, string text) =>
        Assert.Null(Open(ForeignGraphs.Write(change: model => model.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = text }))).Labels);

    private ForeignModel Open(OnnxDocument document, ForeignOptions? options = null)
    {
        document.Save(_folder.File("foreign.onnx"));
        return ForeignModel.Open(_folder.File("foreign.onnx"), options ?? new ForeignOptions());
    }

    private OnnxModel Import(ForeignModel model)
    {
        model.Write(ForeignGraphs.Labels, new JsonObject { ["stride"] = 4 }, "sha256:00").Save(_folder.File("model.onnx"));
        ForeignTrial.Run(_folder.File("model.onnx"));
        return OnnxModel.Open(_folder.File("model.onnx"));
    }

    private ModelContract Answers(ForeignModel foreign, ForeignOptions options, float tolerance = Tolerance)
    {
        using OnnxModel model = Import(foreign);
        byte[] clips = ForeignGraphs.Clips(3);

        Predictions given = model.Classify(clips, 3);

        for (int clip = 0; clip < 3; clip++)
        {
            double[] expected = ForeignGraphs.Logits(clips, clip, options);
            FloatAssert.Close(expected, given.LogitsOf(clip).ToArray(), tolerance);
            FloatAssert.Close(Softmax(expected), given.ProbabilitiesOf(clip).ToArray(), tolerance);
        }

        Assert.Equal((0, "foreign"), (model.Width, model.Contract.Precision));
        return model.Contract;
    }

    private static double[] Softmax(double[] logits)
    {
        double most = logits.Max();
        double sum = logits.Sum(logit => Math.Exp(logit - most));
        return [.. logits.Select(logit => Math.Exp(logit - most) / sum)];
    }
}
