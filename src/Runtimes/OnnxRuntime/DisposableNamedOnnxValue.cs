using System.Buffers;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Microsoft.ML.OnnxRuntime;

/// <summary>An output: a tensor over native memory, valid until it is disposed of.</summary>
public class DisposableNamedOnnxValue : NamedOnnxValue, IDisposable
{
    private OrtValue _owned;

    private DisposableNamedOnnxValue(string name, object value, TensorElementType elementType, OrtValue owned)
        : base(name, value, owned.OnnxType)
    {
        ElementType = elementType;
        _owned = owned;
    }

    /// <summary>Element type.</summary>
    public TensorElementType ElementType { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    internal static DisposableNamedOnnxValue Own(string name, OrtValue value)
    {
        TensorElementType type = value.GetTensorTypeAndShape().ElementDataType;
        object tensor = type switch
        {
            TensorElementType.Float => Over<float>(value),
            TensorElementType.UInt8 => Over<byte>(value),
            TensorElementType.Int8 => Over<sbyte>(value),
            TensorElementType.UInt16 => Over<ushort>(value),
            TensorElementType.Int16 => Over<short>(value),
            TensorElementType.Int32 => Over<int>(value),
            TensorElementType.Int64 => Over<long>(value),
            TensorElementType.Bool => Over<bool>(value),
            TensorElementType.Float16 => Over<Float16>(value),
            TensorElementType.Double => Over<double>(value),
            TensorElementType.UInt32 => Over<uint>(value),
            TensorElementType.UInt64 => Over<ulong>(value),
            TensorElementType.BFloat16 => Over<BFloat16>(value),
            _ => throw new NotSupportedException($"Tensor of element type: {type} is not supported"),
        };
        return new DisposableNamedOnnxValue(name, tensor, type, value);
    }

    /// <summary>Releases the native tensor.</summary>
    protected virtual void Dispose(bool disposing)
    {
        _owned?.Dispose();
        _owned = null;
    }

    private static DenseTensor<T> Over<T>(OrtValue value)
        where T : unmanaged
    {
        int[] shape = [.. value.GetTensorTypeAndShape().Shape.Select(extent => (int)extent)];
        return new DenseTensor<T>(new NativeMemory<T>(value).Memory, shape);
    }

    /// <summary>Gives native memory the look of managed memory; it does not move, so pinning is free.</summary>
    private sealed class NativeMemory<T>(OrtValue value) : MemoryManager<T>
        where T : unmanaged
    {
        public override Span<T> GetSpan() => value.GetTensorMutableDataAsSpan<T>();

        public override unsafe MemoryHandle Pin(int elementIndex = 0)
        {
            fixed (T* first = GetSpan())
                return new MemoryHandle(first + elementIndex);
        }

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
