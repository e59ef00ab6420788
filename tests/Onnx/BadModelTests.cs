namespace Unreel.Onnx.Tests;

/// <summary>Files that are no model, half a model, or not the model they claim to be.</summary>
public sealed class BadModelTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("unreel-onnx");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_missing_file_is_named()
    {
        string path = Path.Combine(_folder.FullName, "none.onnx");

        Assert.Equal($"Model '{path}' does not exist", Assert.Throws<OnnxModelException>(() => OnnxModel.Open(path)).Message);
        Assert.Equal($"Model '{path}' does not exist", Assert.Throws<OnnxModelException>(() => OnnxDocument.Read(path)).Message);
    }

    [Fact]
    public void A_folder_is_named() =>
        Assert.Equal($"Model '{_folder.FullName}' is a folder, expected a file", Assert.Throws<OnnxModelException>(() => OnnxModel.Open(_folder.FullName)).Message);

    [Fact]
    public void An_empty_file_is_named() =>
        Assert.EndsWith("is empty", Assert.Throws<OnnxModelException>(() => OnnxModel.Open(Write([]))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(5000)]
    [InlineData(-1)]
    [InlineData(-40)]
    public void A_truncated_file_is_named(int length)
    {
        byte[] whole = TinyClassifier.Bytes;
        string path = Write(whole[..(length > 0 ? length : whole.Length + length)]);

        var exception = Assert.Throws<OnnxModelException>(() => OnnxModel.Open(path));

        Assert.StartsWith($"Model '{path}' is truncated or no ONNX model", exception.Message, StringComparison.Ordinal);
        Assert.Throws<OnnxModelException>(() => OnnxFile.ReadContract(path));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Noise_is_refused(int seed)
    {
        string path = Write(SeededFloats.Bytes(5000, seed));

        var exception = Assert.Throws<OnnxModelException>(() => OnnxModel.Open(path));

        Assert.Contains(path, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_model_is_refused_or_runs_but_never_crashes()
    {
        var random = new Random(7);
        int refused = 0;
        for (int i = 0; i < 200; i++)
        {
            // The last fifth holds node names, shapes and the contract rather than weights.
            byte[] damaged = [.. TinyClassifier.Bytes];
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            damaged[random.Next(0, 4000)] ^= (byte)(1 << random.Next(8));
            try
            {
                using OnnxModel model = OnnxModel.Open(damaged, "damaged");
                model.Classify(new byte[model.Contract.Input.ClipBytes], 1);
            }
            catch (Exception exception) when (exception is OnnxModelException or ContractException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 1, 200);
    }

    [Fact]
    public void A_model_without_contract_is_refused()
    {
        var graph = new GraphBuilder("test");
        graph.Output("y", graph.Node("Neg", [graph.Input("x", ElementType.Float, 1)]), ElementType.Float, 1);

        var exception = Assert.Throws<ContractException>(() => OnnxModel.Open(graph.Build().ToArray(), "bare.onnx"));

        Assert.Equal("Contract of 'bare.onnx' is missing: the model has no 'unreel.contract' in its metadata", exception.Message);
    }

    [Fact]
    public void A_malformed_contract_names_its_model()
    {
        var graph = new GraphBuilder("test");
        graph.Output("y", graph.Node("Neg", [graph.Input("x", ElementType.Float, 1)]), ElementType.Float, 1);
        graph.Metadata(ModelContract.Key, """{"version":3}""");

        var exception = Assert.Throws<ContractException>(() => OnnxModel.Open(graph.Build().ToArray(), "new.onnx"));

        Assert.Equal("Contract of 'new.onnx' version: expected 1 to 2, found 3", exception.Message);
    }

    [Fact]
    public void An_operator_that_does_not_exist_is_named_without_the_library_s_own_paths()
    {
        var graph = new GraphBuilder("test");
        graph.Output("y", graph.Node("NoSuchOperator", [graph.Input("x", ElementType.Float, 1)]), ElementType.Float, 1);
        graph.Metadata(ModelContract.Key, TinyClassifier.Contract().ToJson());

        var exception = Assert.Throws<OnnxModelException>(() => OnnxModel.Open(graph.Build().ToArray(), "odd.onnx"));

        Assert.StartsWith("Model 'odd.onnx' cannot be loaded: ", exception.Message, StringComparison.Ordinal);
        Assert.Contains("NoSuchOperator", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("ErrorCode", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("onnxruntime_src", exception.Message, StringComparison.Ordinal);
    }

    [NoCudaFact]
    public void A_device_that_is_not_there_is_named()
    {
        var exception = Assert.Throws<OnnxModelException>(() => OnnxModel.Open(TinyClassifier.Bytes, "tiny", new OnnxModelOptions { Device = OnnxDevice.Cuda }));

        Assert.StartsWith("Model 'tiny' was asked to run on CUDA device 0, which cannot be used: ", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("onnxruntime_src", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("labels")]
    [InlineData("geometry")]
    public void A_contract_that_does_not_fit_its_model_is_refused(string what)
    {
        ModelContract contract = TinyClassifier.Contract();
        contract = what == "labels" ? contract with { Labels = ["a", "b"] } : contract with { Input = new InputGeometry(4, 16, 32) };
        byte[] model = TinyClassifier.Document.WithContract(contract).ToArray();

        var exception = Assert.Throws<OnnxModelException>(() => OnnxModel.Open(model, "odd.onnx"));

        string expected = what == "labels"
            ? "Model 'odd.onnx' has 'logits' of shape [open, 5], expected [open, 2] by its contract"
            : "Model 'odd.onnx' has 'video' of shape [open, 4, 16, 16, 3], expected [open, 4, 16, 32, 3] by its contract";
        Assert.Equal(expected, exception.Message);
    }

    [Theory]
    [InlineData("video", ElementType.Float, "has 'video' of Float, expected UInt8")]
    [InlineData("clip", ElementType.UInt8, "has the inputs [clip], expected [video]")]
    public void A_model_with_another_input_is_refused(string input, ElementType type, string complaint)
    {
        ModelContract contract = TinyClassifier.Contract();
        var graph = new GraphBuilder("test");
        Value x = graph.Input(input, type, "batch", 4, 16, 16, 3);
        Value flat = graph.Node("Cast", [graph.Node("Reshape", [x, graph.Integers(0, -1)])], ("to", 1));
        Value five = graph.Node("Slice", [flat, graph.Integers(0), graph.Integers(5), graph.Integers(1)]);
        foreach (string output in new[] { "logits", "probabilities", "features" })
            graph.Output(output, graph.Node("Neg", [five]), ElementType.Float, "batch", 5);
        graph.Metadata(ModelContract.Key, contract.ToJson());

        var exception = Assert.Throws<OnnxModelException>(() => OnnxModel.Open(graph.Build().ToArray(), "odd.onnx"));

        Assert.Equal($"Model 'odd.onnx' {complaint}", exception.Message);
    }

    [Fact]
    public void A_model_with_other_outputs_is_refused()
    {
        var graph = new GraphBuilder("test");
        graph.Output("scores", graph.Node("Cast", [graph.Input("video", ElementType.UInt8, "batch", 4, 16, 16, 3)], ("to", 1)), ElementType.Float);
        graph.Metadata(ModelContract.Key, TinyClassifier.Contract().ToJson());

        var exception = Assert.Throws<OnnxModelException>(() => OnnxModel.Open(graph.Build().ToArray(), "odd.onnx"));

        Assert.Equal("Model 'odd.onnx' has the outputs [scores], expected [logits, probabilities]", exception.Message);
    }

    private sealed class NoCudaFactAttribute : FactAttribute
    {
        public NoCudaFactAttribute()
        {
            if (OnnxRuntimeInfo.WhyNoCuda() is null)
                Skip = "CUDA works on this machine";
        }
    }

    private string Write(byte[] bytes)
    {
        string path = Path.Combine(_folder.FullName, "bad.onnx");
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
