using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Unreel.Runtimes.OnnxRuntime.Tests;

public sealed class InferenceSessionTests
{
    [Fact]
    public void Metadata_tells_types_shapes_and_symbols()
    {
        using var session = new InferenceSession(TinyModel.MatMul);

        Assert.Equal(["a", "b"], session.InputNames);
        Assert.Equal(["y"], session.OutputNames);
        NodeMetadata a = session.InputMetadata["a"];
        Assert.True(a.IsTensor);
        Assert.False(a.IsString);
        Assert.Equal(OnnxValueType.ONNX_TYPE_TENSOR, a.OnnxValueType);
        Assert.Equal(TensorElementType.Float, a.ElementDataType);
        Assert.Equal(typeof(float), a.ElementType);
        Assert.Equal([-1, 2], a.Dimensions);
        Assert.Equal(["n", ""], a.SymbolicDimensions);
        Assert.Equal(["n", "m"], session.OutputMetadata["y"].SymbolicDimensions);
    }

    [Fact]
    public void Model_metadata_is_kept()
    {
        byte[] model = TinyModel.OneNode("Neg", [("x", TinyModel.Float, [1L])], ("y", TinyModel.Float, [1L]), ("key", "välue"), ("long", new string('x', 100_000)));
        using var session = new InferenceSession(model);

        ModelMetadata metadata = session.ModelMetadata;

        Assert.Equal("tests", metadata.ProducerName);
        Assert.Equal("tiny", metadata.GraphName);
        Assert.Equal("org.example", metadata.Domain);
        Assert.Equal("What it is", metadata.Description);
        Assert.Equal("", metadata.GraphDescription);
        Assert.Equal(42, metadata.Version);
        Assert.Equal(2, metadata.CustomMetadataMap.Count);
        Assert.Equal("välue", metadata.CustomMetadataMap["key"]);
        Assert.Equal(100_000, metadata.CustomMetadataMap["long"].Length);
    }

    [Fact]
    public void A_model_without_metadata_has_an_empty_map()
    {
        using var session = new InferenceSession(TinyModel.Negate);

        Assert.Empty(session.ModelMetadata.CustomMetadataMap);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Runs_on_named_tensors_with_an_open_extent(int rows)
    {
        using var session = new InferenceSession(TinyModel.Negate);
        float[] data = [.. Enumerable.Range(1, rows * 3).Select(i => (float)i)];
        var input = NamedOnnxValue.CreateFromTensor("x", new DenseTensor<float>(data, [rows, 3]));

        using var results = session.Run([input]);

        DisposableNamedOnnxValue y = Assert.Single(results);
        Assert.Equal("y", y.Name);
        Assert.Equal(TensorElementType.Float, y.ElementType);
        Tensor<float> tensor = y.AsTensor<float>();
        Assert.Equal([rows, 3], tensor.Dimensions.ToArray());
        Assert.Equal(data.Select(value => -value), tensor.ToArray());
        Assert.Null(y.AsTensor<double>());
    }

    [Fact]
    public void Runs_on_values()
    {
        using var session = new InferenceSession(TinyModel.MatMul);
        using var a = OrtValue.CreateTensorValueFromMemory(new float[] { 1, 2, 3, 4 }, [2, 2]);
        using var b = OrtValue.CreateTensorValueFromMemory(new float[] { 10, 100 }, [2, 1]);
        using var options = new RunOptions();

        using var results = session.Run(options, ["b", "a"], [b, a], ["y"]);
        using var byName = session.Run(options, new Dictionary<string, OrtValue> { ["a"] = a, ["b"] = b }, session.OutputNames);

        Assert.Equal([210f, 430], results[0].GetTensorDataAsSpan<float>().ToArray());
        Assert.Equal([2L, 1], results[0].GetTensorTypeAndShape().Shape);
        Assert.Equal([210f, 430], byName[0].GetTensorDataAsSpan<float>().ToArray());
    }

    [Fact]
    public void Writes_into_tensors_that_exist()
    {
        using var session = new InferenceSession(TinyModel.Negate);
        float[] result = new float[3];
        using var x = OrtValue.CreateTensorValueFromMemory(new float[] { 1, 2, 3 }, [1, 3]);
        using var y = OrtValue.CreateTensorValueFromMemory(result, [1, 3]);
        using var options = new RunOptions();

        session.Run(options, ["x"], [x], ["y"], [y]);

        Assert.Equal([-1f, -2, -3], result);
    }

    [Fact]
    public void Runs_on_a_binding()
    {
        using var session = new InferenceSession(TinyModel.Negate);
        using var x = OrtValue.CreateTensorValueFromMemory(new float[] { 1, 2, 3 }, [1, 3]);
        using var options = new RunOptions();
        using OrtIoBinding binding = session.CreateIoBinding();

        binding.BindInput("x", x);
        binding.BindOutputToDevice("y", OrtMemoryInfo.DefaultInstance);
        using var results = session.RunWithBoundResults(options, binding);

        Assert.Equal(["y"], binding.GetOutputNames());
        Assert.Equal([-1f, -2, -3], Assert.Single(results).GetTensorDataAsSpan<float>().ToArray());
        binding.ClearBoundInputs();
        Assert.Throws<OnnxRuntimeException>(() => session.RunWithBinding(options, binding));
    }

    [Fact]
    public void Reads_a_file()
    {
        string path = Path.Combine(Path.GetTempPath(), $"mödel-{Guid.NewGuid():N}.onnx");
        File.WriteAllBytes(path, TinyModel.Negate);
        try
        {
            using var session = new InferenceSession(path);
            Assert.Equal(["x"], session.InputNames);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void One_session_serves_many_threads()
    {
        using var session = new InferenceSession(TinyModel.Negate);

        Parallel.For(0, 64, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
        {
            var input = NamedOnnxValue.CreateFromTensor("x", new DenseTensor<float>(new float[] { i, 0, 0 }, [1, 3]));
            using var results = session.Run([input]);
            Assert.Equal(-i, results[0].AsTensor<float>()[0, 0]);
        });
    }
}
