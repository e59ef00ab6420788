namespace Unreel.Onnx;

/// <summary>A model seen from afar: what it consists of and what it costs, told without reading its weights.</summary>
/// <param name="Model">Inputs, outputs, operators and sizes.</param>
/// <param name="Blocks">The parts of the network, in the order in which they run; every node belongs to one.</param>
/// <param name="Runs">The same parts with those that are repeated told once.</param>
/// <param name="Bound">What open extents were taken to be for the multiply-adds: one clip, of the contract's size.</param>
/// <param name="Contract">The model's contract as it is written, readable or not; null where there is none.</param>
/// <param name="Notes">What could not be told, and why.</param>
public sealed record ModelOutline(
    ModelDescription Model,
    IReadOnlyList<OutlineBlock> Blocks,
    IReadOnlyList<OutlineRun> Runs,
    IReadOnlyDictionary<string, long> Bound,
    string? Contract,
    IReadOnlyList<string> Notes)
{
    /// <summary>Numbers in the weights; packed ones are counted one by one, single numbers and shapes are none.</summary>
    public long Parameters => Blocks.Sum(block => block.Parameters);

    /// <summary>Bytes of the weights.</summary>
    public long Bytes => Blocks.Sum(block => block.Bytes);

    /// <summary>Multiply-adds for one clip; null where an extent that they depend on is open.</summary>
    public long? MultiplyAdds => OutlineBlock.Sum(Blocks.Select(block => block.MultiplyAdds));

    /// <summary>Types of the weights, the one with most bytes first, such as <c>int8 + fp32</c>.</summary>
    public string Precision => PrecisionNames.Of(Blocks.SelectMany(block => block.Layers));

    /// <summary>Reads a model file and not its weights.</summary>
    /// <exception cref="OnnxModelException">The file is missing, cannot be read or is no ONNX model.</exception>
    public static ModelOutline Read(string path)
    {
        using Stream stream = OnnxFile.Open(path);
        return Of(OnnxDocument.Look(stream, path, path), path);
    }

    /// <summary>Reads a model from a seekable stream and not its weights; <paramref name="name"/> is what errors call it.</summary>
    /// <exception cref="OnnxModelException">The bytes are no ONNX model.</exception>
    public static ModelOutline Read(Stream stream, string name) => Of(OnnxDocument.Look(stream, name, path: null), name);

    /// <summary>Tells what a document consists of.</summary>
    /// <exception cref="OnnxModelException">The document is malformed.</exception>
    public static ModelOutline Of(OnnxDocument document, string name)
    {
        try
        {
            return new OutlineBuilder(document).Build();
        }
        catch (Exception exception) when (exception is GraphException or OverflowException or ArgumentException)
        {
            throw new OnnxModelException(name, $"is malformed: {exception.Message}", exception);
        }
    }
}

/// <summary>A part of a network, such as <c>blocks.3</c>.</summary>
/// <param name="Name">The module's name, or that of an operator where the graph names no modules.</param>
/// <param name="Layers">What in it has weights or costs multiply-adds.</param>
/// <param name="Operators">All its nodes by operator.</param>
/// <param name="Output">Type and extents of what its last node makes, such as <c>float [1, 1568, 384]</c>.</param>
public sealed record OutlineBlock(string Name, IReadOnlyList<OutlineLayer> Layers, IReadOnlyDictionary<string, int> Operators, string Output)
{
    /// <summary>Numbers in the weights.</summary>
    public long Parameters => Layers.Sum(layer => layer.Parameters);

    /// <summary>Bytes of the weights.</summary>
    public long Bytes => Layers.Sum(layer => layer.Bytes);

    /// <summary>Multiply-adds for one clip; null where unknown.</summary>
    public long? MultiplyAdds => Sum(Layers.Select(layer => layer.MultiplyAdds));

    /// <summary>Types of the weights, the one with most bytes first; empty where there are none.</summary>
    public string Precision => PrecisionNames.Of(Layers);

    /// <summary>Whether two parts differ in nothing but their names.</summary>
    internal bool Repeats(OutlineBlock other) =>
        Output == other.Output && Layers.Count == other.Layers.Count && Operators.SequenceEqual(other.Operators)
        && Layers.Zip(other.Layers).All(pair => pair.First with { Name = "", Weight = null } == pair.Second with { Name = "", Weight = null });

    internal static long? Sum(IEnumerable<long?> numbers)
    {
        long sum = 0;
        foreach (long? number in numbers)
        {
            if (number is not { } known)
                return null;
            sum += known;
        }

        return sum;
    }
}

/// <summary>A node with weights or multiply-adds, together with those after it that only add weights of their own.</summary>
/// <param name="Name">The node's name within its block.</param>
/// <param name="Operator">Its operator.</param>
/// <param name="Parameters">Numbers in the weights.</param>
/// <param name="Bytes">Bytes of the weights.</param>
/// <param name="MultiplyAdds">Multiply-adds for one clip; null where unknown.</param>
/// <param name="Precision">Type of the largest weight, such as <c>fp32</c>; empty where there is none.</param>
/// <param name="Output">Type and extents of what it makes.</param>
/// <param name="Weight">Name of the largest weight; null where there is none.</param>
public sealed record OutlineLayer(string Name, string Operator, long Parameters, long Bytes, long? MultiplyAdds, string Precision, string Output, string? Weight);

/// <summary>Blocks that follow each other and may be repeated.</summary>
/// <param name="Blocks">The blocks of the first time.</param>
/// <param name="Times">How often they come, 1 or more.</param>
/// <param name="Last">Name of the last block of the last time.</param>
public sealed record OutlineRun(IReadOnlyList<OutlineBlock> Blocks, int Times, string Last)
{
    /// <summary>The name, such as <c>blocks.0–11</c> where there are several.</summary>
    public string Name
    {
        get
        {
            string first = Blocks[0].Name;
            int dot = first.LastIndexOf('.') + 1;
            return first == Last ? Last : dot > 0 && Last.StartsWith(first[..dot], StringComparison.Ordinal) ? $"{first}–{Last[dot..]}" : $"{first} … {Last}";
        }
    }

    /// <summary>Numbers in the weights, of one time.</summary>
    public long Parameters => Blocks.Sum(block => block.Parameters);

    /// <summary>Bytes of the weights, of one time.</summary>
    public long Bytes => Blocks.Sum(block => block.Bytes);

    /// <summary>Multiply-adds for one clip, of one time; null where unknown.</summary>
    public long? MultiplyAdds => OutlineBlock.Sum(Blocks.Select(block => block.MultiplyAdds));

    /// <summary>Types of the weights; empty where there are none.</summary>
    public string Precision => PrecisionNames.Of(Blocks.SelectMany(block => block.Layers));

    private const int LongestPeriod = 8;

    /// <summary>Tells repeated blocks once: what covers most is taken first, the shorter of two that cover as much.</summary>
    internal static IReadOnlyList<OutlineRun> Of(IReadOnlyList<OutlineBlock> blocks)
    {
        List<OutlineRun> runs = [];
        for (int first = 0; first < blocks.Count;)
        {
            (int period, int times) = Enumerable.Range(1, Math.Min(LongestPeriod, blocks.Count - first))
                .Select(length => (Period: length, Times: Count(blocks, first, length)))
                .MaxBy(run => run.Times > 1 ? run.Period * run.Times : run.Period == 1 ? 1 : 0);
            runs.Add(new OutlineRun([.. blocks.Skip(first).Take(period)], times, blocks[first + (period * times) - 1].Name));
            first += period * times;
        }

        return runs;
    }

    private static int Count(IReadOnlyList<OutlineBlock> blocks, int first, int period)
    {
        int end = first + period;
        while (end < blocks.Count && blocks[end].Repeats(blocks[end - period]))
            end++;
        return Math.Max(1, (end - first) / period);
    }
}
