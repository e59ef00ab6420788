namespace Unreel.Onnx;

/// <summary>A tensor that a graph takes.</summary>
/// <param name="Name">Name of the graph's input.</param>
/// <param name="Type">Type of the elements: <see cref="ElementType.UInt8"/>, <see cref="ElementType.Bool"/>, <see cref="ElementType.Float"/> or <see cref="ElementType.Int64"/>.</param>
/// <param name="Shape">Extents.</param>
/// <param name="Bytes">The elements, row-major and little-endian; not copied.</param>
public sealed record NamedTensor(string Name, ElementType Type, IReadOnlyList<long> Shape, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>The clips that every graph of ours takes: uint8 [count, frames, height, width, 3].</summary>
    public static NamedTensor Video(InputGeometry input, ReadOnlyMemory<byte> clips, int count) =>
        new(ClassifierGraph.Video, ElementType.UInt8, [count, input.Frames, input.Height, input.Width, EncoderShape.Channels], clips);

    /// <summary>Integers of 64 bits.</summary>
    public static NamedTensor Integers(string name, IReadOnlyList<long> shape, long[] values) => new(name, ElementType.Int64, shape, RawData.Of<long>(values));
}

/// <summary>A tensor that a graph gave, as floats whatever it was.</summary>
/// <param name="Shape">Extents.</param>
/// <param name="Values">The elements, row-major.</param>
public sealed record FloatTensor(IReadOnlyList<long> Shape, float[] Values)
{
    /// <summary>The elements of one item of a batch, the first extent.</summary>
    public ReadOnlySpan<float> Row(int item) => Values.AsSpan(item * Width, Width);

    private int Width => Values.Length / checked((int)Shape[0]);
}
