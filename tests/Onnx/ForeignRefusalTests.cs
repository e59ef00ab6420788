using System.Text.Json.Nodes;
using Unreel.Onnx.Format;
using Unreel.Testing;

namespace Unreel.Onnx.Tests;

public sealed class ForeignRefusalTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_sequence_is_named() =>
        Refused(ForeignGraphs.Write(change: model => model.Graph.Input[0].Type = new TypeProto { SequenceType = new TypeProto.Types.Other() }), "'x' (a sequence)");

    [Fact]
    public void Text_is_named() =>
        Refused(ForeignGraphs.Write(change: model => model.Graph.Input[0].Type.TensorType.ElemType = (int)ElementType.String), "tensor of String");

    [Fact]
    public void Pictures_are_named() =>
        Refused(ForeignGraphs.Write(extents: ["n", 3, 16, 16]), "has the input 'x' (tensor of Float [n, 3, 16, 16]) of 4 extents", "model of single pictures");

    [Fact]
    public void Too_few_extents_are_named() => Refused(ForeignGraphs.Write(extents: ["n", 3]), "of 2 extents; expected five");

    [Fact]
    public void Several_inputs_are_named() =>
        Refused(ForeignGraphs.Write(change: Second), "needs 2 inputs, 'x' (tensor of Float [n, 3, 4, 16, 16]), 'mask' (tensor of Bool)");

    [Fact]
    public void An_input_that_may_be_left_out_is_no_hindrance()
    {
        OnnxDocument document = ForeignGraphs.Write(change: model =>
        {
            Second(model);
            model.Graph.Input[1].Type = new TypeProto { OptionalType = new TypeProto.Types.Other() };
        });
        document.Save(_folder.File("foreign.onnx"));

        Assert.Equal("bcthw", ForeignModel.Open(_folder.File("foreign.onnx"), new ForeignOptions()).Layout);
    }

    [Fact]
    public void An_input_that_is_not_there_is_named() => Refused(ForeignGraphs.Write(), new ForeignOptions { Input = "y" }, "has no input 'y' (--input); it has 'x'");

    [Fact]
    public void A_shape_that_says_nothing_is_asked_for()
    {
        Refused(ForeignGraphs.Write(extents: ["n", "a", "b", "c", "d"]), "[?, ?, ?, ?, ?], which does not say which extent is which", "--layout");
        Refused(ForeignGraphs.Write(extents: ["n", "a", "b", "c", "d"]), new ForeignOptions { Layout = "bcthw" }, "leaves the extent 't' of 'x' open", "--frames");
        Refused(ForeignGraphs.Write(extents: ["n", "a", "b", "c", "d"]), new ForeignOptions { Layout = "bcthw", Frames = 4 }, "leaves the extent 'h' of 'x' open", "--size");
        Refused(ForeignGraphs.Write(extents: ["n", 3, 3, 16, 16]), "[?, 3, 3, 16, 16], which does not say");
        Refused(ForeignGraphs.Write(change: model => model.Graph.Input[0].Type.TensorType.Shape = null), "does not say the shape of 'x'");
    }

    [Fact]
    public void Everything_open_is_no_hindrance_once_it_is_said()
    {
        ForeignGraphs.Write(extents: ["n", "a", "b", "c", "d"]).Save(_folder.File("foreign.onnx"));

        ForeignModel model = ForeignModel.Open(_folder.File("foreign.onnx"), new ForeignOptions { Layout = "BCTHW", Frames = 6, Size = 32 });
        model.Write(ForeignGraphs.Labels, [], "sha256:00").Save(_folder.File("model.onnx"));

        Assert.Equal(new InputGeometry(6, 32, 32), model.Geometry);
        ForeignTrial.Run(_folder.File("model.onnx"));
    }

    [Fact]
    public void Options_that_contradict_the_model_are_named()
    {
        Refused(ForeignGraphs.Write(), new ForeignOptions { Frames = 8 }, "takes 4 in the extent 't' of 'x', but --frames says 8");
        Refused(ForeignGraphs.Write(), new ForeignOptions { Size = 8 }, "takes 16 in the extent 'h' of 'x', but --size says 8");
        Refused(ForeignGraphs.Write(extents: ForeignGraphs.Extents("bcthw", 2)), new ForeignOptions { Batch = 1 }, "takes 2 clips at once in 'x', but --batch says 1");
        Refused(ForeignGraphs.Write(), new ForeignOptions { Layout = "btchw" }, "has 4 where the layout 'btchw' has the channels");
        Refused(ForeignGraphs.Write(), new ForeignOptions { Layout = "cbthw" }, "cannot have the layout 'cbthw'");
        Refused(ForeignGraphs.Write(), new ForeignOptions { Mean = [0, 1] }, "needs 3 numbers each in --mean and --std, found 2 and 3");
        Refused(ForeignGraphs.Write(), new ForeignOptions { Std = [1, 0, 1] }, "positive ones in --std");
        Refused(ForeignGraphs.Write(), new ForeignOptions { Output = "z" }, "has no output 'z' of two extents");
    }

    [Fact]
    public void Frames_that_are_not_square_are_named() => Refused(ForeignGraphs.Write(extents: ["n", 3, 4, 16, 32]), "takes frames of 16 x 32");

    [Theory]
    [InlineData("ai.onnx.training")]
    [InlineData("ai.onnx.preview.training")]
    public void Operators_of_training_are_named(string domain) =>
        Refused(ForeignGraphs.Write(change: model => model.Graph.Node[0].Domain = domain), $"{domain}.ReduceMean", "for training");

    [Fact]
    public void A_graph_of_training_is_named()
    {
        // Field 20 of the model, of no bytes.
        File.WriteAllBytes(_folder.File("foreign.onnx"), [.. ForeignGraphs.Write().ToArray(), 0xA2, 0x01, 0x00]);

        OnnxModelException refusal = Assert.Throws<OnnxModelException>(() => ForeignModel.Open(_folder.File("foreign.onnx"), new ForeignOptions()));

        Assert.Contains("holds a graph for training", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_opset_too_old_is_named() => Refused(ForeignGraphs.Write(change: model => model.OpsetImport[0].Version = 7), "is written in opset 7; expected 8 or newer");

    [Fact]
    public void Several_labels_at_once_are_named() => Refused(ForeignGraphs.Write(end: "Sigmoid"), "ends in Sigmoid");

    [Fact]
    public void Several_outputs_are_asked_about()
    {
        Refused(ForeignGraphs.Write(change: Another), "gives 'y' [n, 3], 'w' [n, 3]; say which holds the classes with --output");
        ForeignGraphs.Write(change: Another).Save(_folder.File("foreign.onnx"));
        Assert.Equal(3, ForeignModel.Open(_folder.File("foreign.onnx"), new ForeignOptions { Output = "w" }).Classes);

        static void Another(ModelProto model)
        {
            model.Graph.Node.Add(new NodeProto { OpType = "Neg", Name = "neg", Input = { "y" }, Output = { "w" } });
            model.Graph.Output.Add(model.Graph.Output[0].Clone());
            model.Graph.Output[1].Name = "w";
        }
    }

    [Fact]
    public void Labels_that_do_not_match_the_classes_are_named()
    {
        ForeignGraphs.Write().Save(_folder.File("foreign.onnx"));
        ForeignModel model = ForeignModel.Open(_folder.File("foreign.onnx"), new ForeignOptions());

        Assert.Contains("has 3 classes in 'y', but there are 2 labels", Assert.Throws<OnnxModelException>(() => model.Write(["a", "b"], [], "sha256:00")).Message, StringComparison.Ordinal);
        Assert.Contains("'a' is there twice", Assert.Throws<ContractException>(() => model.Write(["a", "a", "b"], [], "sha256:00")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_that_do_not_match_classes_left_open_are_found_by_trying()
    {
        ForeignGraphs.Write(change: model => model.Graph.Output[0].Type.TensorType.Shape.Dim[1] = new TensorShapeProto.Types.Dimension { DimParam = "k" }).Save(_folder.File("foreign.onnx"));
        ForeignModel model = ForeignModel.Open(_folder.File("foreign.onnx"), new ForeignOptions());
        model.Write(["a", "b"], [], "sha256:00").Save(_folder.File("model.onnx"));

        Assert.Null(model.Classes);
        Assert.Throws<OnnxModelException>(() => ForeignTrial.Run(_folder.File("model.onnx")));
    }

    [Fact]
    public void Numbers_that_are_not_finite_are_found_by_trying() => NotRun(ForeignGraphs.Write(), "not finite", change: options => options with { Mean = [3e38f, 0, 0], Std = [1e-10f, 1, 1] });

    [Fact]
    public void Probabilities_that_are_none_are_found_by_trying() =>
        NotRun(ForeignGraphs.Write(), "expected 1; say --output-holds logits", change: options => options with { Gives = ForeignAnswer.Probabilities });

    [Fact]
    public void A_batch_that_is_open_in_name_only_is_found_by_trying()
    {
        var graph = new GraphBuilder("foreign");
        Value x = graph.Node("Reshape", [graph.Input("x", ElementType.Float, "n", 3, 4, 16, 16), graph.Integers(1, 3, -1)]);
        Value y = graph.Node("Reshape", [graph.Node("ReduceMean", [x], ("axes", (long[])[2]), ("keepdims", 0)), graph.Integers(-1, 3)]);
        graph.Output("y", y, ElementType.Float, "n", 3);
        OnnxDocument document = graph.Build();

        NotRun(document, "say --batch 1");
        document.Save(_folder.File("foreign.onnx"));
        ForeignModel.Open(_folder.File("foreign.onnx"), new ForeignOptions { Batch = 1 }).Write(ForeignGraphs.Labels, [], "sha256:00").Save(_folder.File("model.onnx"));
        ForeignTrial.Run(_folder.File("model.onnx"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(40)]
    public void A_damaged_file_is_named(int bytes)
    {
        File.WriteAllBytes(_folder.File("foreign.onnx"), ForeignGraphs.Write().ToArray()[..bytes]);

        Assert.Contains("foreign.onnx", Assert.Throws<OnnxModelException>(() => ForeignModel.Open(_folder.File("foreign.onnx"), new ForeignOptions())).Message, StringComparison.Ordinal);
    }

    private static void Second(ModelProto model) => model.Graph.Input.Add(new ValueInfoProto
    {
        Name = "mask",
        Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)ElementType.Bool } },
    });

    private void Refused(OnnxDocument document, params string[] named) => Refused(document, new ForeignOptions(), named);

    private void Refused(OnnxDocument document, ForeignOptions options, params string[] named)
    {
        document.Save(_folder.File("foreign.onnx"));

        OnnxModelException refusal = Assert.Throws<OnnxModelException>(() => ForeignModel.Open(_folder.File("foreign.onnx"), options));

        Assert.All(named, part => Assert.Contains(part, refusal.Message, StringComparison.Ordinal));
    }

    private void NotRun(OnnxDocument document, string named, Func<ForeignOptions, ForeignOptions>? change = null)
    {
        document.Save(_folder.File("foreign.onnx"));
        ForeignOptions options = new();
        ForeignModel.Open(_folder.File("foreign.onnx"), change?.Invoke(options) ?? options).Write(ForeignGraphs.Labels, new JsonObject(), "sha256:00").Save(_folder.File("model.onnx"));

        Assert.Contains(named, Assert.Throws<OnnxModelException>(() => ForeignTrial.Run(_folder.File("model.onnx"))).Message, StringComparison.Ordinal);
    }
}
