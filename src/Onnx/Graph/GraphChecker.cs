using Unreel.Onnx.Format;

namespace Unreel.Onnx;

/// <summary>
/// Holds a graph against the format's rules on names and order: every name is defined once and before it is used,
/// every output is defined, every initializer has as many bytes as its shape says.
/// </summary>
internal static class GraphChecker
{
    internal static void Check(GraphProto graph)
    {
        var defined = new HashSet<string>();
        foreach (ValueInfoProto input in graph.Input)
            Define(defined, input.Name, "Input");
        foreach (TensorProto initializer in graph.Initializer)
            Check(initializer, defined);

        var nodes = new HashSet<string>();
        foreach (NodeProto node in graph.Node)
            Check(node, nodes, defined);

        if (graph.Output.Count == 0)
            throw new GraphException("The graph has no output");

        var outputs = new HashSet<string>();
        foreach (ValueInfoProto output in graph.Output)
        {
            if (!outputs.Add(output.Name))
                throw new GraphException($"Output '{output.Name}' is declared twice");
            if (!defined.Contains(output.Name))
                throw new GraphException($"Output '{output.Name}' is not made by any node");
        }
    }

    private static void Check(NodeProto node, HashSet<string> nodes, HashSet<string> defined)
    {
        if (!nodes.Add(node.Name))
            throw new GraphException($"Node '{node.Name}' is there twice");

        foreach (string input in node.Input)
        {
            // An empty name stands for an optional input that is left out.
            if (input.Length > 0 && !defined.Contains(input))
                throw new GraphException($"Node '{node.Name}' reads '{input}', which nothing before it defines");
        }

        foreach (string output in node.Output)
            Define(defined, output, $"Node '{node.Name}', output");
    }

    private static void Check(TensorProto initializer, HashSet<string> defined)
    {
        Define(defined, initializer.Name, "Initializer");
        if (!initializer.HasRawData)
            return;

        int size = (TensorProto.Types.DataType)initializer.DataType switch
        {
            TensorProto.Types.DataType.Float => sizeof(float),
            TensorProto.Types.DataType.Int64 => sizeof(long),
            var other => throw new GraphException($"Initializer '{initializer.Name}' has type {other}, expected Float or Int64"),
        };
        long expected = initializer.Dims.Aggregate((long)size, (bytes, extent) => checked(bytes * extent));
        if (initializer.RawData.Length != expected)
            throw new GraphException($"Initializer '{initializer.Name}' of shape [{string.Join(", ", initializer.Dims)}] needs {expected} bytes, found {initializer.RawData.Length}");
    }

    private static void Define(HashSet<string> defined, string name, string what)
    {
        if (name.Length == 0)
            throw new GraphException($"{what} has no name");
        if (!defined.Add(name))
            throw new GraphException($"{what} '{name}': the name is defined twice");
    }
}
