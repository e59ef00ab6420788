using Unreel.Onnx.Format;

namespace Unreel.Onnx.Tests;

/// <summary>Models written and read constant by constant, in one file or two.</summary>
public sealed class OnnxDocumentTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("unreel-onnx");

    private string File_ => Path.Combine(_folder.FullName, "model.onnx");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void What_was_written_is_read_back_and_written_the_same()
    {
        TinyClassifier.Document.Save(File_);

        Assert.Equal(TinyClassifier.Bytes, OnnxDocument.Read(File_).ToArray());
        Assert.Equal(TinyClassifier.Bytes, OnnxDocument.Read(new MemoryStream(TinyClassifier.Bytes), "memory").ToArray());
    }

    [Fact]
    public void Protobuf_s_own_reader_understands_it()
    {
        ModelProto model = ModelProto.Parser.ParseFrom(TinyClassifier.Bytes);

        Assert.Equal(TinyClassifier.Document.Initializers.Select(initializer => initializer.Name), model.Graph.Initializer.Select(tensor => tensor.Name));
        Assert.Equal(TinyClassifier.Document.Initializers[5].Read().ToArray(), model.Graph.Initializer[5].RawData.ToByteArray());
    }

    [Fact]
    public void Weights_in_a_file_of_their_own_give_the_same_answers()
    {
        IReadOnlyList<string> files = TinyClassifier.Document.Save(File_, externalAbove: 1000);
        byte[] clip = SeededFloats.Bytes(TinyClassifier.Contract().Input.ClipBytes, 3);

        using OnnxModel whole = OnnxModel.Open(TinyClassifier.Bytes, "whole");
        using OnnxModel split = OnnxModel.Open(File_);

        Assert.Equal([File_, File_ + ".data"], files);
        Assert.Equal(whole.Classify(clip, 1).Logits, split.Classify(clip, 1).Logits);
        Assert.Equal(TinyClassifier.Bytes, OnnxDocument.Read(File_).ToArray());
    }

    [Fact]
    public void External_weights_begin_at_pages()
    {
        TinyClassifier.Document.Save(File_, externalAbove: 1000);

        TensorProto[] external = [.. ModelProto.Parser.ParseFrom(File.ReadAllBytes(File_)).Graph.Initializer.Where(tensor => tensor.ExternalData.Count > 0)];

        Assert.True(external.Length > 3);
        Assert.All(external, tensor => Assert.Equal(0, long.Parse(tensor.ExternalData.Single(entry => entry.Key == "offset").Value, System.Globalization.CultureInfo.InvariantCulture) % 65536));
    }

    [Fact]
    public void Weights_whose_file_is_missing_are_named()
    {
        TinyClassifier.Document.Save(File_, externalAbove: 1000);
        File.Delete(File_ + ".data");

        string message = Assert.Throws<OnnxModelException>(() => OnnxDocument.Read(File_)).Message;

        Assert.StartsWith($"Model '{File_}' has the constant '", message, StringComparison.Ordinal);
        Assert.EndsWith("is in 'model.onnx.data', which does not exist", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../weights")]
    [InlineData("/etc/hostname")]
    public void Weights_outside_the_model_s_folder_are_refused(string location)
    {
        ModelProto model = ModelProto.Parser.ParseFrom(TinyClassifier.Bytes);
        TensorProto tensor = model.Graph.Initializer[0];
        tensor.ClearRawData();
        tensor.DataLocation = TensorProto.Types.DataLocation.External;
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = location });
        File.WriteAllBytes(File_, Google.Protobuf.MessageExtensions.ToByteArray(model));

        Assert.Contains($"is in '{location}', which is not beside the model", Assert.Throws<OnnxModelException>(() => OnnxDocument.Read(File_)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_said_twice_of_a_file_is_named() =>
        Refused(tensor => tensor.ExternalData.Add([Entry("location", "w"), Entry("location", "v")]), "says 'location' twice");

    [Fact]
    public void An_extent_below_zero_is_named() => Refused(tensor => tensor.Dims[0] = -1, "expected no extent below 0");

    [Fact]
    public void A_link_out_of_the_model_s_folder_is_not_followed()
    {
        Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(File_)!, "elsewhere"));
        string inside = Path.Combine(Path.GetDirectoryName(File_)!, "inside");
        Directory.CreateDirectory(inside);
        File.WriteAllBytes(Path.Combine(inside, "..", "elsewhere", "secret"), new byte[1 << 20]);
        File.CreateSymbolicLink(Path.Combine(inside, "w"), Path.Combine("..", "elsewhere", "secret"));
        Directory.CreateSymbolicLink(Path.Combine(inside, "d"), Path.Combine("..", "elsewhere"));

        Refused(tensor => tensor.ExternalData.Add(Entry("location", "w")), "'w' is a link out of the model's folder", Path.Combine(inside, "model.onnx"));
        Refused(tensor => tensor.ExternalData.Add(Entry("location", "d/secret")), "'d' is a link out of the model's folder", Path.Combine(inside, "model.onnx"));
    }

    [Fact]
    public void Files_of_weights_are_told()
    {
        TinyClassifier.Document.Save(File_, externalAbove: 1000);

        Assert.Equal([File_ + ".data"], OnnxDocument.Read(File_).ExternalFiles);
        Assert.Empty(TinyClassifier.Document.ExternalFiles);
    }

    // A text of 17 MB: as much as a model to be run may have, and more than a look is worth.
    [Fact]
    public void A_look_reads_less_than_a_use()
    {
        ModelProto model = ModelProto.Parser.ParseFrom(TinyClassifier.Bytes);
        model.DocString = new string('a', 17 << 20);
        using var stream = new MemoryStream(Google.Protobuf.MessageExtensions.ToByteArray(model));

        Assert.Contains("at most 16777216 are read", Assert.Throws<OnnxModelException>(() => ModelOutline.Read(stream, "large")).Message, StringComparison.Ordinal);
        stream.Position = 0;
        Assert.NotNull(OnnxDocument.Read(stream, "large"));
    }

    private static StringStringEntryProto Entry(string key, string value) => new() { Key = key, Value = value };

    private void Refused(Action<TensorProto> change, string complaint, string? file = null)
    {
        ModelProto model = ModelProto.Parser.ParseFrom(TinyClassifier.Bytes);
        TensorProto tensor = model.Graph.Initializer[0];
        tensor.ClearRawData();
        tensor.DataLocation = TensorProto.Types.DataLocation.External;
        change(tensor);
        File.WriteAllBytes(file ?? File_, Google.Protobuf.MessageExtensions.ToByteArray(model));

        Assert.Contains(complaint, Assert.Throws<OnnxModelException>(() => OnnxDocument.Read(file ?? File_)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_editor_keeps_what_it_does_not_touch()
    {
        var editor = new GraphEditor(TinyClassifier.Document);

        Assert.Equal(TinyClassifier.Bytes, editor.Build().ToArray());
    }

    [Fact]
    public void An_editor_drops_constants_that_nothing_reads()
    {
        var editor = new GraphEditor(TinyClassifier.Document);
        NodeProto first = editor.Nodes.First(node => node.OpType == "LayerNormalization");
        editor.Replace(first, new NodeProto { OpType = "Identity", Name = first.Name, Input = { first.Input[0] }, Output = { first.Output[0] } });

        IEnumerable<string> kept = editor.Build().Initializers.Select(initializer => initializer.Name);

        Assert.DoesNotContain("blocks.0.norm1.weight", kept);
        Assert.Contains("blocks.0.norm2.weight", kept);
    }

    [Fact]
    public void Values_carry_the_names_of_their_modules()
    {
        var graph = new GraphBuilder("test", new GraphStyle(GraphFlavour.Ort));
        Value y = graph.Named("blocks.0", graph.Node("com.example.Neg", [graph.Input("x", ElementType.Float, 1), default]));
        graph.Output("y", graph.Node("Neg", [y]), ElementType.Float, 1);

        OnnxDocument document = graph.Build();

        Assert.Equal("blocks.0", document.Model.Graph.Node[0].Output[0]);
        Assert.Equal(("com.example", "Neg", ""), (document.Model.Graph.Node[0].Domain, document.Model.Graph.Node[0].OpType, document.Model.Graph.Node[0].Input[1]));
        Assert.Equal(["", "com.example"], document.Model.OpsetImport.Select(opset => opset.Domain));
    }
}
