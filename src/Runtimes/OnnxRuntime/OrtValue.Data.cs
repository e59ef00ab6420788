using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime.Native;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Microsoft.ML.OnnxRuntime;

public partial class OrtValue
{
    /// <summary>Returns the tensor's elements, valid until it is disposed of.</summary>
    /// <exception cref="OnnxRuntimeException">This is no tensor, or one of another type; bytes may always be asked for.</exception>
    public ReadOnlySpan<T> GetTensorDataAsSpan<T>()
        where T : unmanaged => GetTensorMutableDataAsSpan<T>();

    /// <summary>Returns the tensor's elements to read and write, valid until it is disposed of.</summary>
    /// <exception cref="OnnxRuntimeException">This is no tensor, or one of another type; bytes may always be asked for.</exception>
    public Span<T> GetTensorMutableDataAsSpan<T>()
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(Raw(typeof(T)));

    /// <summary>Returns the tensor's bytes to read and write, valid until it is disposed of.</summary>
    /// <exception cref="OnnxRuntimeException">This is no tensor, or one of text.</exception>
    public Span<byte> GetTensorMutableRawData() => Raw(typeof(byte));

    /// <summary>Returns the tensor's element type and shape.</summary>
    /// <exception cref="OnnxRuntimeException">This is no tensor.</exception>
    public OrtTensorTypeAndShapeInfo GetTensorTypeAndShape()
    {
        if (OnnxType is not (OnnxValueType.ONNX_TYPE_TENSOR or OnnxValueType.ONNX_TYPE_SPARSETENSOR))
            throw new OnnxRuntimeException(ErrorCode.InvalidArgument, $"This OrtValue type contains: {OnnxType}, not a tensor or sparse tensor");

        nint info = NativeMethods.Get(Slot.GetTensorTypeAndShape, Handle);
        try
        {
            return new OrtTensorTypeAndShapeInfo(info);
        }
        finally
        {
            NativeMethods.Release(Slot.ReleaseTensorTypeAndShapeInfo, info);
        }
    }

    private unsafe Span<byte> Raw(Type requested)
    {
        if (!IsTensor)
            throw new OnnxRuntimeException(ErrorCode.InvalidArgument, $"This OrtValue type contains: {OnnxType}, not a tensor");

        OrtTensorTypeAndShapeInfo info = GetTensorTypeAndShape();
        if (info.IsString)
            throw new OnnxRuntimeException(ErrorCode.InvalidArgument, "Strings are not supported by this API");

        Type actual = TensorBase.TypeOf(info.ElementDataType)
            ?? throw new OnnxRuntimeException(ErrorCode.InvalidArgument, $"Element type: {info.ElementDataType} is not registered type.");
        if (requested != typeof(byte) && requested != actual)
            throw new OnnxRuntimeException(ErrorCode.InvalidArgument, $"Requested type: {requested} does not match the actual type: {actual}");

        return info.ElementCount == 0
            ? []
            : new Span<byte>((void*)NativeMethods.Get(Slot.GetTensorMutableData, Handle), checked((int)(info.ElementCount * TensorBase.GetTypeInfo(actual).TypeSize)));
    }
}
