using Microsoft.ML.OnnxRuntime.Tensors;

namespace Microsoft.ML.OnnxRuntime;

/// <summary>A tensor in memory that does not move until this is disposed of; made once, used in many runs.</summary>
public class FixedBufferOnnxValue : IDisposable
{
    private FixedBufferOnnxValue(OrtValue value, OnnxValueType onnxValueType, TensorElementType elementType) =>
        (Value, OnnxValueType, ElementType) = (value, onnxValueType, elementType);

    /// <summary>What kind of value this is.</summary>
    public OnnxValueType OnnxValueType { get; }

    /// <summary>Element type.</summary>
    public TensorElementType ElementType { get; }

    internal OrtValue Value { get; }

    /// <summary>Pins a tensor's memory.</summary>
    /// <exception cref="NotSupportedException">The library cannot hold the tensor's elements.</exception>
    public static FixedBufferOnnxValue CreateFromTensor<T>(Tensor<T> value) =>
        new(NamedOnnxValue.CreateFromTensor(string.Empty, value).ToOrtValue(), OnnxValueType.ONNX_TYPE_TENSOR, value.GetTypeInfo().ElementType);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Lets the memory go.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
            Value.Dispose();
    }
}
