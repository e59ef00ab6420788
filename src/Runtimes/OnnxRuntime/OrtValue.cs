using System.Buffers;
using Microsoft.ML.OnnxRuntime.Native;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Microsoft.ML.OnnxRuntime;

/// <summary>What kind of value is held.</summary>
public enum OnnxValueType
{
    /// <summary>Not known.</summary>
    ONNX_TYPE_UNKNOWN = 0,

    /// <summary>A tensor.</summary>
    ONNX_TYPE_TENSOR = 1,

    /// <summary>A sequence of values.</summary>
    ONNX_TYPE_SEQUENCE = 2,

    /// <summary>A map.</summary>
    ONNX_TYPE_MAP = 3,

    /// <summary>Something opaque.</summary>
    ONNX_TYPE_OPAQUE = 4,

    /// <summary>A sparse tensor.</summary>
    ONNX_TYPE_SPARSETENSOR = 5,

    /// <summary>A value or nothing.</summary>
    ONNX_TYPE_OPTIONAL = 6,
}

/// <summary>A value of the native library, and the pin on managed memory where it lies over some.</summary>
public partial class OrtValue : IDisposable
{
    private nint _handle;
    private MemoryHandle _pin;

    internal OrtValue(nint handle)
    {
        _handle = handle;
        OnnxType = (OnnxValueType)NativeMethods.Get(Slot.GetValueType, handle);
    }

    private OrtValue(nint handle, MemoryHandle pin)
    {
        _handle = handle;
        _pin = pin;
        OnnxType = OnnxValueType.ONNX_TYPE_TENSOR;
    }

    /// <summary>Releases a value that nobody disposed of.</summary>
    ~OrtValue() => Dispose(disposing: false);

    /// <summary>What kind of value this is.</summary>
    public OnnxValueType OnnxType { get; }

    /// <summary>Whether this is a tensor.</summary>
    public bool IsTensor => OnnxType == OnnxValueType.ONNX_TYPE_TENSOR;

    internal nint Handle
    {
        get
        {
            ObjectDisposedException.ThrowIf(_handle == 0, this);
            return _handle;
        }
    }

    /// <summary>Lays a tensor over managed memory, pinned until it is disposed of.</summary>
    /// <exception cref="OnnxRuntimeException">The type cannot be held, or the memory is smaller than the shape.</exception>
    public static unsafe OrtValue CreateTensorValueFromMemory<T>(OrtMemoryInfo memoryInfo, Memory<T> memory, long[] shape)
        where T : unmanaged
    {
        TensorTypeInfo info = TensorBase.GetTypeInfo(typeof(T))
            ?? throw new OnnxRuntimeException(ErrorCode.InvalidArgument, $"Tensor of type: {typeof(T)} is not supported");
        long elements = ElementCount(shape);
        if (elements > memory.Length)
            throw new OnnxRuntimeException(ErrorCode.InvalidArgument, $"Managed memory size: {memory.Length} elements is less than shape size: {elements} elements");

        MemoryHandle pin = memory.Pin();
        try
        {
            return new OrtValue(Over(memoryInfo, (nint)pin.Pointer, (long)memory.Length * info.TypeSize, shape, info.ElementType), pin);
        }
        catch
        {
            pin.Dispose();
            throw;
        }
    }

    /// <summary>Lays a tensor over an array of the CPU, pinned until it is disposed of.</summary>
    /// <exception cref="OnnxRuntimeException">The type cannot be held, or the array is smaller than the shape.</exception>
    public static OrtValue CreateTensorValueFromMemory<T>(T[] data, long[] shape)
        where T : unmanaged =>
        CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, data.AsMemory(), shape);

    /// <summary>Lays a tensor over memory that the caller keeps alive.</summary>
    /// <exception cref="OnnxRuntimeException">The type cannot be held, or the memory is smaller than the shape.</exception>
    public static OrtValue CreateTensorValueWithData(OrtMemoryInfo memInfo, TensorElementType elementType, long[] shape, IntPtr dataBufferPtr, long bufferLengthInBytes)
    {
        if (elementType == TensorElementType.String)
            throw new OnnxRuntimeException(ErrorCode.InvalidArgument, "Cannot map managed strings buffer to native OrtValue. Use string specific interfaces");
        Type type = TensorBase.TypeOf(elementType)
            ?? throw new OnnxRuntimeException(ErrorCode.InvalidArgument, $"Tensor element type: {elementType} is not supported");
        long elements = ElementCount(shape);
        long bytes = elements * TensorBase.GetTypeInfo(type).TypeSize;
        if (bytes > bufferLengthInBytes)
            throw new OnnxRuntimeException(ErrorCode.InvalidArgument, $"Shape: {shape} has: {elements} elements requires a buffer of at least {bytes} bytes. Provided: {bufferLengthInBytes} bytes");
        return new OrtValue(Over(memInfo, dataBufferPtr, bufferLengthInBytes, shape, elementType), default);
    }

    /// <summary>Makes a tensor in an allocator's memory; its elements are not set.</summary>
    public static unsafe OrtValue CreateAllocatedTensorValue(OrtAllocator allocator, TensorElementType elementType, long[] shape)
    {
        nint made;
        fixed (long* extents = shape)
            NativeMethods.Check(((delegate* unmanaged<nint, long*, nuint, int, nint*, nint>)NativeMethods.Function(Slot.CreateTensorAsOrtValue))(allocator.Pointer, extents, (nuint)shape.Length, (int)elementType, &made));
        return new OrtValue(made, default);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases the native value, then the pin.</summary>
    protected virtual void Dispose(bool disposing)
    {
        NativeMethods.Release(Slot.ReleaseValue, Interlocked.Exchange(ref _handle, 0));
        _pin.Dispose();
    }

    private static unsafe nint Over(OrtMemoryInfo info, nint data, long bytes, long[] shape, TensorElementType type)
    {
        nint made;
        fixed (long* extents = shape)
            NativeMethods.Check(((delegate* unmanaged<nint, nint, nuint, long*, nuint, int, nint*, nint>)NativeMethods.Function(Slot.CreateTensorWithDataAsOrtValue))(info.Pointer, data, (nuint)bytes, extents, (nuint)shape.Length, (int)type, &made));
        return made;
    }

    private static long ElementCount(long[] shape)
    {
        long count = 1;
        foreach (long extent in shape)
        {
            if (extent < 0)
                throw new ArgumentOutOfRangeException(nameof(shape), $"Shape must not have negative elements: {extent}");
            count = checked(count * extent);
        }

        return count;
    }
}
