using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Unreel.Runtimes.OnnxRuntime.Tests;

public sealed class OrtValueTests
{
    [Fact]
    public void Floats_go_in_and_come_out() => RoundTrip(TinyModel.Float, [1.5f, -2]);

    [Fact]
    public void Doubles_go_in_and_come_out() => RoundTrip(TinyModel.Double, [1.5, -2]);

    [Fact]
    public void Bytes_go_in_and_come_out() => RoundTrip(TinyModel.UInt8, [(byte)0, (byte)255]);

    [Fact]
    public void Ints_go_in_and_come_out() => RoundTrip(TinyModel.Int32, [1, -2]);

    [Fact]
    public void Longs_go_in_and_come_out() => RoundTrip(TinyModel.Int64, [long.MinValue, long.MaxValue]);

    [Fact]
    public void Bools_go_in_and_come_out() => RoundTrip(TinyModel.Bool, [true, false]);

    [Fact]
    public void Halves_go_in_and_come_out() => RoundTrip(TinyModel.Float16, [(Float16)1.5f, (Float16)(-2f)]);

    [Fact]
    public void Brain_floats_go_in_and_come_out() => RoundTrip(TinyModel.BFloat16, [(BFloat16)1.5f, (BFloat16)(-2f)]);

    [Fact]
    public void Lies_over_the_memory_it_was_made_from()
    {
        float[] data = [1, 2, 3, 4];
        using var value = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, data.AsMemory(1), [1, 2]);

        value.GetTensorMutableDataAsSpan<float>()[0] = 20;

        Assert.Equal([1f, 20, 3, 4], data);
        OrtTensorTypeAndShapeInfo info = value.GetTensorTypeAndShape();
        Assert.Equal((2L, 2, TensorElementType.Float, false), (info.ElementCount, info.DimensionsCount, info.ElementDataType, info.IsString));
        Assert.Equal([1L, 2], info.Shape);
        Assert.True(value.IsTensor);
        Assert.Equal(OnnxValueType.ONNX_TYPE_TENSOR, value.OnnxType);
    }

    [Fact]
    public void Allocates_memory_of_its_own()
    {
        using var value = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, TensorElementType.Int64, [2, 2]);

        value.GetTensorMutableDataAsSpan<long>().Fill(7);

        Assert.Equal([7L, 7, 7, 7], value.GetTensorDataAsSpan<long>().ToArray());
        Assert.Equal(32, value.GetTensorMutableRawData().Length);
    }

    [Fact]
    public void Memory_smaller_than_the_shape_throws()
    {
        var exception = Assert.Throws<OnnxRuntimeException>(() => OrtValue.CreateTensorValueFromMemory(new float[3], [2, 2]));

        Assert.Equal("[ErrorCode:InvalidArgument] Managed memory size: 3 elements is less than shape size: 4 elements", exception.Message);
    }

    [Fact]
    public void Elements_of_another_type_throw_but_bytes_may_be_read()
    {
        using var value = OrtValue.CreateTensorValueFromMemory(new float[2], [2]);

        var exception = Assert.Throws<OnnxRuntimeException>(() => value.GetTensorDataAsSpan<int>().Length);

        Assert.Equal("[ErrorCode:InvalidArgument] Requested type: System.Int32 does not match the actual type: System.Single", exception.Message);
        Assert.Equal(8, value.GetTensorDataAsSpan<byte>().Length);
    }

    [Fact]
    public void An_empty_tensor_has_no_elements()
    {
        using var value = OrtValue.CreateTensorValueFromMemory(Array.Empty<float>(), [0, 3]);

        Assert.True(value.GetTensorDataAsSpan<float>().IsEmpty);
        Assert.Equal([0L, 3], value.GetTensorTypeAndShape().Shape);
    }

    [Fact]
    public void Disposing_twice_is_harmless()
    {
        var value = OrtValue.CreateTensorValueFromMemory(new float[2], [2]);

        value.Dispose();
        value.Dispose();
    }

    private static void RoundTrip<T>(int type, T[] values)
        where T : unmanaged
    {
        using var session = new InferenceSession(TinyModel.Identity(type));
        using var x = OrtValue.CreateTensorValueFromMemory(values, [values.Length]);
        using var options = new RunOptions();
        using var results = session.Run(options, ["x"], [x], ["y"]);
        using var named = session.Run([NamedOnnxValue.CreateFromTensor("x", new DenseTensor<T>(values, [values.Length]))]);

        Assert.Equal((TensorElementType)type, session.InputMetadata["x"].ElementDataType);
        Assert.Equal(typeof(T), session.InputMetadata["x"].ElementType);
        Assert.Equal(values, results[0].GetTensorDataAsSpan<T>().ToArray());
        Assert.Equal(values, named[0].AsTensor<T>().ToArray());
    }
}
