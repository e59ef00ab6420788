using Microsoft.ML.OnnxRuntime.Native;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Microsoft.ML.OnnxRuntime;

/// <summary>Element type and shape of a tensor.</summary>
public readonly struct OrtTensorTypeAndShapeInfo
{
    internal OrtTensorTypeAndShapeInfo(nint info)
    {
        ElementDataType = (TensorElementType)NativeMethods.Get(Slot.GetTensorElementType, info);
        ElementCount = NativeMethods.Get(Slot.GetTensorShapeElementCount, info);
        Shape = ReadShape(info);
    }

    /// <summary>Element type.</summary>
    public TensorElementType ElementDataType { get; }

    /// <summary>Whether elements are text.</summary>
    public bool IsString => ElementDataType == TensorElementType.String;

    /// <summary>Number of elements.</summary>
    public long ElementCount { get; }

    /// <summary>Number of dimensions.</summary>
    public int DimensionsCount => Shape.Length;

    /// <summary>Extents.</summary>
    public long[] Shape { get; }

    internal static unsafe long[] ReadShape(nint info)
    {
        var shape = new long[NativeMethods.Get(Slot.GetDimensionsCount, info)];
        fixed (long* extents = shape)
            NativeMethods.Check(((delegate* unmanaged<nint, long*, nuint, nint>)NativeMethods.Function(Slot.GetDimensions))(info, extents, (nuint)shape.Length));
        return shape;
    }
}
