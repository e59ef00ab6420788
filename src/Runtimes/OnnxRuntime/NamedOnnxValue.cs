using Microsoft.ML.OnnxRuntime.Tensors;

namespace Microsoft.ML.OnnxRuntime;

/// <summary>A tensor with the name of the input or output it belongs to.</summary>
public class NamedOnnxValue
{
    internal NamedOnnxValue(string name, object value, OnnxValueType valueType)
    {
        Name = name;
        Value = value;
        ValueType = valueType;
    }

    /// <summary>What kind of value this is.</summary>
    public OnnxValueType ValueType { get; }

    /// <summary>Name of the input or output.</summary>
    public string Name { get; set; }

    /// <summary>The value.</summary>
    public object Value { get; set; }

    /// <summary>Names a tensor.</summary>
    public static NamedOnnxValue CreateFromTensor<T>(string name, Tensor<T> value) =>
        new(name, value, OnnxValueType.ONNX_TYPE_TENSOR);

    /// <summary>Returns the value as a tensor, null where it is none of that type.</summary>
    public Tensor<T> AsTensor<T>() => Value as Tensor<T>;

    /// <summary>Returns the value as a sequence of elements, null where it is none of that type.</summary>
    public IEnumerable<T> AsEnumerable<T>() => Value as IEnumerable<T>;

    internal OrtValue ToOrtValue(NodeMetadata metadata)
    {
        var discovered = (Value as TensorBase)?.GetTypeInfo()?.ElementType
            ?? throw new NotSupportedException($"A value of type {Value?.GetType()} cannot be a tensor");
        if (discovered != metadata.ElementDataType)
            throw new OnnxRuntimeException(ErrorCode.InvalidArgument, $"Tensor element data type discovered: {discovered} metadata expected: {metadata.ElementDataType}");
        return ToOrtValue();
    }

    internal OrtValue ToOrtValue()
    {
        return Value switch
        {
            Tensor<float> tensor => Over(tensor),
            Tensor<byte> tensor => Over(tensor),
            Tensor<sbyte> tensor => Over(tensor),
            Tensor<ushort> tensor => Over(tensor),
            Tensor<short> tensor => Over(tensor),
            Tensor<int> tensor => Over(tensor),
            Tensor<long> tensor => Over(tensor),
            Tensor<bool> tensor => Over(tensor),
            Tensor<Float16> tensor => Over(tensor),
            Tensor<double> tensor => Over(tensor),
            Tensor<uint> tensor => Over(tensor),
            Tensor<ulong> tensor => Over(tensor),
            Tensor<BFloat16> tensor => Over(tensor),
            _ => throw new NotSupportedException($"A value of type {Value?.GetType()} cannot be a tensor"),
        };
    }

    private static OrtValue Over<T>(Tensor<T> tensor)
        where T : unmanaged
    {
        DenseTensor<T> dense = tensor as DenseTensor<T> ?? tensor.ToDenseTensor();
        var shape = new long[dense.Rank];
        for (int axis = 0; axis < shape.Length; axis++)
            shape[axis] = dense.Dimensions[axis];
        return OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, dense.Buffer, shape);
    }
}
