using System.Collections;

namespace Microsoft.ML.OnnxRuntime.Tensors;

/// <summary>Elements of one type in rows of rows, last dimension innermost.</summary>
public abstract class Tensor<T> : TensorBase, IReadOnlyList<T>
{
    private readonly int[] _dimensions;
    private readonly int[] _strides;

    /// <summary>A tensor of the given extents.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An extent is negative.</exception>
    protected Tensor(ReadOnlySpan<int> dimensions, bool reverseStride)
        : base(typeof(T))
    {
        if (reverseStride)
            throw new NotSupportedException("Tensors with the first dimension innermost are not part of this subset");

        _dimensions = dimensions.ToArray();
        _strides = new int[dimensions.Length];
        long length = 1;
        for (int axis = _dimensions.Length - 1; axis >= 0; axis--)
        {
            if (_dimensions[axis] < 0)
                throw new ArgumentOutOfRangeException(nameof(dimensions), "Dimensions must be positive and non-zero");
            _strides[axis] = (int)length;
            length = checked(length * _dimensions[axis]);
        }

        Length = length;
    }

    /// <summary>Number of elements.</summary>
    public long Length { get; }

    /// <summary>Number of dimensions.</summary>
    public int Rank => _dimensions.Length;

    /// <summary>Always false: the last dimension is innermost.</summary>
    public bool IsReversedStride => false;

    /// <summary>Extents.</summary>
    public ReadOnlySpan<int> Dimensions => _dimensions;

    /// <summary>Elements between neighbours along each dimension.</summary>
    public ReadOnlySpan<int> Strides => _strides;

    int IReadOnlyCollection<T>.Count => checked((int)Length);

    T IReadOnlyList<T>.this[int index] => GetValue(index);

    /// <summary>One element by its indices.</summary>
    public virtual T this[params int[] indices]
    {
        get => this[indices.AsSpan()];
        set => this[indices.AsSpan()] = value;
    }

    /// <summary>One element by its indices.</summary>
    public virtual T this[ReadOnlySpan<int> indices]
    {
        get => GetValue(Offset(indices));
        set => SetValue(Offset(indices), value);
    }

    /// <summary>Returns the element at a position in memory order.</summary>
    public abstract T GetValue(int index);

    /// <summary>Sets the element at a position in memory order.</summary>
    public abstract void SetValue(int index, T value);

    /// <summary>Returns the same elements with other extents.</summary>
    public abstract Tensor<T> Reshape(ReadOnlySpan<int> dimensions);

    /// <summary>Returns the elements in one piece of memory.</summary>
    public virtual DenseTensor<T> ToDenseTensor() => new(((IEnumerable<T>)this).ToArray(), Dimensions);

    IEnumerator<T> IEnumerable<T>.GetEnumerator()
    {
        for (int i = 0; i < Length; i++)
            yield return GetValue(i);
    }

    IEnumerator IEnumerable.GetEnumerator() => ((IEnumerable<T>)this).GetEnumerator();

    private int Offset(ReadOnlySpan<int> indices)
    {
        int offset = 0;
        for (int axis = 0; axis < indices.Length; axis++)
        {
            if ((uint)indices[axis] >= (uint)_dimensions[axis])
                throw new IndexOutOfRangeException();
            offset += indices[axis] * _strides[axis];
        }

        return offset;
    }
}
