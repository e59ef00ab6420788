namespace Microsoft.ML.OnnxRuntime.Tensors;

/// <summary>A tensor in one piece of memory.</summary>
public class DenseTensor<T> : Tensor<T>
{
    /// <summary>A tensor over memory that exists.</summary>
    /// <exception cref="ArgumentException">The memory's length is not the product of the extents.</exception>
    public DenseTensor(Memory<T> memory, ReadOnlySpan<int> dimensions, bool reverseStride = false)
        : base(dimensions, reverseStride)
    {
        if (memory.Length != Length)
            throw new ArgumentException($"Length of {nameof(memory)} ({memory.Length}) must match product of {nameof(dimensions)} ({Length}).");
        Buffer = memory;
    }

    /// <summary>A tensor of zeros.</summary>
    public DenseTensor(ReadOnlySpan<int> dimensions, bool reverseStride = false)
        : base(dimensions, reverseStride) => Buffer = new T[Length];

    /// <summary>A vector of zeros.</summary>
    public DenseTensor(int length)
        : this([length])
    {
    }

    /// <summary>The memory.</summary>
    public Memory<T> Buffer { get; }

    /// <inheritdoc/>
    public override T GetValue(int index) => Buffer.Span[index];

    /// <inheritdoc/>
    public override void SetValue(int index, T value) => Buffer.Span[index] = value;

    /// <inheritdoc/>
    public override DenseTensor<T> ToDenseTensor() => new(Buffer.ToArray(), Dimensions);

    /// <summary>Returns the same memory with other extents.</summary>
    public override Tensor<T> Reshape(ReadOnlySpan<int> dimensions) => new DenseTensor<T>(Buffer, dimensions);
}
