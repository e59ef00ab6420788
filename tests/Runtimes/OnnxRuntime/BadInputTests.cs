using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Unreel.Runtimes.OnnxRuntime.Tests;

/// <summary>What does not fit throws, with the library's own words; the process lives on.</summary>
public sealed class BadInputTests
{
    [Fact]
    public void A_missing_file_throws()
    {
        var exception = Assert.Throws<OnnxRuntimeException>(() => new InferenceSession("/no/such/model.onnx"));

        Assert.StartsWith("[ErrorCode:NoSuchFile]", exception.Message, StringComparison.Ordinal);
        Assert.Contains("/no/such/model.onnx", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(60)]
    public void A_truncated_model_throws(int length)
    {
        byte[] model = TinyModel.Negate[..length];

        var exception = Assert.Throws<OnnxRuntimeException>(() => new InferenceSession(model));

        Assert.StartsWith("[ErrorCode:", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_no_model_throw()
    {
        byte[] noise = new byte[1000];
        new Random(1).NextBytes(noise);

        var exception = Assert.Throws<OnnxRuntimeException>(() => new InferenceSession(noise));

        Assert.StartsWith("[ErrorCode:InvalidProtobuf]", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_operator_that_does_not_exist_throws()
    {
        byte[] model = TinyModel.OneNode("NoSuchOperator", [("x", TinyModel.Float, [1L])], ("y", TinyModel.Float, [1L]));

        var exception = Assert.Throws<OnnxRuntimeException>(() => new InferenceSession(model));

        Assert.Contains("NoSuchOperator", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_input_name_throws()
    {
        using var session = new InferenceSession(TinyModel.Negate);
        var input = NamedOnnxValue.CreateFromTensor("wrong", new DenseTensor<float>([1, 3]));

        var exception = Assert.Throws<OnnxRuntimeException>(() => session.Run([input]));

        Assert.Equal("[ErrorCode:InvalidArgument] Input name: 'wrong' is not in the metadata", exception.Message);
    }

    [Fact]
    public void A_wrong_output_name_throws()
    {
        using var session = new InferenceSession(TinyModel.Negate);
        var input = NamedOnnxValue.CreateFromTensor("x", new DenseTensor<float>([1, 3]));

        var exception = Assert.Throws<OnnxRuntimeException>(() => session.Run([input], ["wrong"]));

        Assert.Equal("[ErrorCode:InvalidArgument] Output name: 'wrong' is not in the metadata", exception.Message);
    }

    [Fact]
    public void A_missing_input_throws()
    {
        using var session = new InferenceSession(TinyModel.MatMul);
        var a = NamedOnnxValue.CreateFromTensor("a", new DenseTensor<float>([2, 2]));

        Assert.Throws<OnnxRuntimeException>(() => session.Run([a]));
    }

    [Fact]
    public void A_tensor_of_another_type_throws()
    {
        using var session = new InferenceSession(TinyModel.Negate);
        var input = NamedOnnxValue.CreateFromTensor("x", new DenseTensor<double>([1, 3]));

        var exception = Assert.Throws<OnnxRuntimeException>(() => session.Run([input]));

        Assert.Equal("[ErrorCode:InvalidArgument] Tensor element data type discovered: Double metadata expected: Float", exception.Message);
    }

    [Fact]
    public void A_value_of_another_type_throws()
    {
        using var session = new InferenceSession(TinyModel.Negate);
        using var x = OrtValue.CreateTensorValueFromMemory(new byte[3], [1, 3]);
        using var options = new RunOptions();

        var exception = Assert.Throws<OnnxRuntimeException>(() => session.Run(options, ["x"], [x], ["y"]));

        Assert.Contains("Unexpected input data type", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(1, 3, 1)]
    [InlineData(1, 4)]
    public void A_wrong_shape_throws(params int[] shape)
    {
        using var session = new InferenceSession(TinyModel.Negate);
        var input = NamedOnnxValue.CreateFromTensor("x", new DenseTensor<float>(shape));

        var exception = Assert.Throws<OnnxRuntimeException>(() => session.Run([input]));

        Assert.StartsWith("[ErrorCode:InvalidArgument]", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_output_of_the_wrong_shape_throws()
    {
        using var session = new InferenceSession(TinyModel.Negate);
        using var x = OrtValue.CreateTensorValueFromMemory(new float[6], [2, 3]);
        using var y = OrtValue.CreateTensorValueFromMemory(new float[3], [1, 3]);
        using var options = new RunOptions();

        Assert.Throws<OnnxRuntimeException>(() => session.Run(options, ["x"], [x], ["y"], [y]));
    }

    [Fact]
    public void More_names_than_values_throw()
    {
        using var session = new InferenceSession(TinyModel.MatMul);
        using var a = OrtValue.CreateTensorValueFromMemory(new float[4], [2, 2]);
        using var options = new RunOptions();

        var exception = Assert.Throws<ArgumentException>(() => session.Run(options, ["a", "b"], [a], ["y"]));

        Assert.Equal("Length of inputNames (2) must match that of inputValues (1).", exception.Message);
    }

    [Fact]
    public void A_terminated_run_throws_and_the_session_lives_on()
    {
        using var session = new InferenceSession(TinyModel.Negate);
        using var x = OrtValue.CreateTensorValueFromMemory(new float[3], [1, 3]);
        using var options = new RunOptions { LogId = "stopped" };

        options.Terminate = true;
        var exception = Assert.Throws<OnnxRuntimeException>(() => session.Run(options, ["x"], [x], ["y"]));
        options.Terminate = false;
        using var results = session.Run(options, ["x"], [x], ["y"]);

        Assert.Contains("terminate flag", exception.Message, StringComparison.Ordinal);
        Assert.Single(results);
        Assert.Equal("stopped", options.LogId);
    }
}
