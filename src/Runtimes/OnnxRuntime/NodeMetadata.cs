using Microsoft.ML.OnnxRuntime.Native;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Microsoft.ML.OnnxRuntime;

/// <summary>Type and shape of one input or output of a session.</summary>
public class NodeMetadata
{
    private readonly TensorElementType _elementType;
    private readonly int[] _dimensions;
    private readonly string[] _symbolicDimensions;

    internal NodeMetadata(nint typeInfo)
    {
        OnnxValueType = (OnnxValueType)NativeMethods.Get(Slot.GetOnnxTypeFromTypeInfo, typeInfo);
        if (!IsTensor)
            return;

        // Borrowed from typeInfo: nothing to release.
        nint tensor = Present(NativeMethods.Get(Slot.CastTypeInfoToTensorInfo, typeInfo));
        _elementType = (TensorElementType)NativeMethods.Get(Slot.GetTensorElementType, tensor);
        _dimensions = [.. OrtTensorTypeAndShapeInfo.ReadShape(tensor).Select(extent => (int)extent)];
        _symbolicDimensions = Symbols(tensor, _dimensions.Length);
    }

    /// <summary>What kind of value goes here.</summary>
    public OnnxValueType OnnxValueType { get; }

    /// <summary>Whether a tensor goes here; the other properties are only there then.</summary>
    public bool IsTensor => OnnxValueType is OnnxValueType.ONNX_TYPE_TENSOR or OnnxValueType.ONNX_TYPE_SPARSETENSOR;

    /// <summary>Extents, -1 where the model leaves one open.</summary>
    public int[] Dimensions => Tensor(_dimensions);

    /// <summary>Names of the extents left open, empty for the others.</summary>
    public string[] SymbolicDimensions => Tensor(_symbolicDimensions);

    /// <summary>Element type.</summary>
    public TensorElementType ElementDataType => Tensor(_elementType);

    /// <summary>.NET type of the elements.</summary>
    public Type ElementType => IsString ? typeof(string) : TensorBase.TypeOf(ElementDataType);

    /// <summary>Whether elements are text.</summary>
    public bool IsString => ElementDataType == TensorElementType.String;

    private T Tensor<T>(T value) => IsTensor
        ? value
        : throw new OnnxRuntimeException(ErrorCode.Fail, "OnnxValueType must either be a tensor or sparse tensor");

    private static nint Present(nint tensor) => tensor != 0
        ? tensor
        : throw new OnnxRuntimeException(ErrorCode.Fail, "TypeInfo cast to TensorTypeInfo failed. The object does not represent a tensor");

    private static unsafe string[] Symbols(nint tensor, int rank)
    {
        var names = new nint[rank];
        fixed (nint* pointers = names)
            NativeMethods.Check(((delegate* unmanaged<nint, nint*, nuint, nint>)NativeMethods.Function(Slot.GetSymbolicDimensions))(tensor, pointers, (nuint)rank));
        return [.. names.Select(NativeMethods.Text)];
    }
}
