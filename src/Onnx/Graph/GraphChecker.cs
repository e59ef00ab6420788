using Unreel.Onnx.Format;

namespace Unreel.Onnx;

/// <summary>
/// Holds a graph against the format's rules on names and order: every name is defined once and before it is used, and
/// every output is defined.
/// </summary>
internal static class GraphChecker
{
    internal static void Check(GraphProto graph, IReadOnlyList<Initializer> initializers)
    {
        var defined = new HashSet<string>();
        foreach (ValueInfoProto input in graph.Input)
            Define(defined, input.Name, "Input");
        foreach (Initializer initializer in initializers)
            Define(defined, initializer.Name, "Initializer");

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

        foreach (string output in node.Output.Where(output => output.Length > 0))
            Define(defined, output, $"Node '{node.Name}', output");
    }

    private static void Define(HashSet<string> defined, string name, string what)
    {
        if (name.Length == 0)
            throw new GraphException($"{what} has no name");
        if (!defined.Add(name))
            throw new GraphException($"{what} '{name}': the name is defined twice");
    }
}
