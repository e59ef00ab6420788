using System.Collections;
using static TorchSharp.torch;

namespace TorchSharp.Utils;

/// <summary>The elements of a tensor in processor memory, in row-major order whatever its strides.</summary>
public sealed class TensorAccessor<T> : IDisposable, IEnumerable<T> where T : unmanaged
{
    private readonly Tensor _tensor;
    private readonly long[] _shape;
    private readonly long[] _strides;
    private readonly bool _contiguous;
    private readonly unsafe T* _data;

    internal unsafe TensorAccessor(Tensor tensor)
    {
        _tensor = tensor;
        _shape = tensor.shape;
        _strides = tensor.stride();
        _contiguous = tensor.is_contiguous();
        _data = (T*)tensor.DataPointer();
        Count = tensor.numel();
    }

    /// <summary>How many elements.</summary>
    public long Count { get; }

    /// <summary>Always false: elements can be written.</summary>
    public bool IsReadOnly => false;

    /// <summary>The element at a position, or at one index per dimension.</summary>
    public unsafe T this[params long[] indices]
    {
        get => _data[Offset(indices)];
        set => _data[Offset(indices)] = value;
    }

    /// <summary>Copies all elements to a new array.</summary>
    public T[] ToArray()
    {
        var result = new T[Count];
        CopyTo(result.AsSpan());
        return result;
    }

    /// <summary>Copies all elements to an array of the tensor's dimensions.</summary>
    public Array ToNDArray()
    {
        if (_shape.Length == 0)
            return ToArray();
        var result = Array.CreateInstance(typeof(T), _shape);
        var flat = ToArray();
        Buffer.BlockCopy(flat, 0, result, 0, Buffer.ByteLength(flat));
        return result;
    }

    /// <summary>Copies elements to an array.</summary>
    public void CopyTo(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyTo(array.AsSpan(), arrayIndex, tensorIndex);

    /// <summary>Copies elements to a span.</summary>
    public unsafe void CopyTo(Span<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        var count = (int)Math.Min(array.Length - arrayIndex, Count - tensorIndex);
        if (_contiguous)
        {
            new ReadOnlySpan<T>(_data + tensorIndex, count).CopyTo(array[arrayIndex..]);
            return;
        }

        for (var i = 0; i < count; i++)
            array[arrayIndex + i] = _data[Translate(tensorIndex + i)];
    }

    /// <summary>Copies elements from an array.</summary>
    public void CopyFrom(T[] array, int arrayIndex = 0, long tensorIndex = 0) =>
        CopyFrom((ReadOnlySpan<T>)array, arrayIndex, tensorIndex);

    /// <summary>Copies elements from a span.</summary>
    public unsafe void CopyFrom(ReadOnlySpan<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        var count = (int)Math.Min(array.Length - arrayIndex, Count - tensorIndex);
        for (var i = 0; i < count; i++)
            _data[_contiguous ? tensorIndex + i : Translate(tensorIndex + i)] = array[arrayIndex + i];
    }

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator()
    {
        for (long i = 0; i < Count; i++)
            yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Does nothing: the tensor keeps its memory.</summary>
    public void Dispose() => GC.KeepAlive(_tensor);

    private long Offset(long[] indices)
    {
        if (indices.Length == 1 && _shape.Length != 1)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(indices[0]);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(indices[0], Count);
            return _contiguous ? indices[0] : Translate(indices[0]);
        }

        if (indices.Length != _shape.Length)
            throw new ArgumentException($"{indices.Length} indices were given for {_shape.Length} dimensions.");
        var offset = 0L;
        for (var i = 0; i < indices.Length; i++)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(indices[i]);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(indices[i], _shape[i]);
            offset += indices[i] * _strides[i];
        }

        return offset;
    }

    /// <summary>From a position in row-major order to one in memory.</summary>
    private long Translate(long position)
    {
        var offset = 0L;
        for (var i = _shape.Length - 1; i >= 0; i--)
        {
            offset += position % _shape[i] * _strides[i];
            position /= _shape[i];
        }

        return offset;
    }
}
