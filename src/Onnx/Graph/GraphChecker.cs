using Unreel.Onnx.Format;

namespace Unreel.Onnx;

/// <summary>
/// Holds a graph against the format's rules: every name is defined once and before it is used, every output is defined, every node
/// gets what its operator takes, and outputs are of the type and extents they are declared with.
/// </summary>
internal static class GraphChecker
{
    /// <summary>Checks a graph.</summary>
    /// <param name="graph">The graph without its constants.</param>
    /// <param name="initializers">Its constants; those of weights are not read.</param>
    /// <param name="opset">Version of the standard operators; 0 where it is not known.</param>
    /// <exception cref="GraphException">A rule is broken; the message names the node and the value.</exception>
    internal static void Check(GraphProto graph, IReadOnlyList<Initializer> initializers, long opset = 0)
    {
        CheckNames(graph, initializers);
        if (opset > 0)
        {
            foreach (NodeProto node in graph.Node)
                OperatorVersions.Check(node, opset);
        }

        IReadOnlyDictionary<string, ValueFact> facts = ShapeInference.Run(graph, initializers, opset);
        foreach (ValueInfoProto output in graph.Output)
            CheckOutput(output.Name, ShapeInference.Declared(output, new Dictionary<string, long>()), facts[output.Name]);
    }

    // A name that stands for an open extent may turn out to be a number, but a number is promised.
    private static void CheckOutput(string name, ValueFact declared, ValueFact found)
    {
        bool types = declared.Type is null || found.Type is null || declared.Type == found.Type;
        bool extents = declared.Shape is not { } shape || found.Shape is not { } actual || (shape.Count == actual.Count && !shape.Zip(actual).Any(pair => Extents.Differ(pair.First, pair.Second)));
        if (!types || !extents)
            throw new GraphException($"Output '{name}' is declared {declared}, found {found}");
    }

    private static void CheckNames(GraphProto graph, IReadOnlyList<Initializer> initializers)
    {
        var defined = new HashSet<string>();
        foreach (ValueInfoProto input in graph.Input)
            Define(defined, input.Name, "Input");

        // The default of an input bears the input's name.
        HashSet<string> inputs = [.. defined];
        foreach (Initializer initializer in initializers.Where(initializer => !inputs.Contains(initializer.Name)))
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
        // Who wrote the graph may have given its nodes no names.
        if (node.Name.Length > 0 && !nodes.Add(node.Name))
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
