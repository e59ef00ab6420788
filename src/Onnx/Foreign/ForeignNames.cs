using Google.Protobuf.Collections;
using Unreel.Onnx.Format;

namespace Unreel.Onnx;

/// <summary>Gives values of a graph other names, in graphs inside it too, so that ours are free.</summary>
internal static class ForeignNames
{
    private const string Prefix = "foreign/";

    /// <summary>Renames every value that has one of the names.</summary>
    /// <param name="graph">The graph; it is changed.</param>
    /// <param name="initializers">Its constants.</param>
    /// <param name="taken">The names that are to be free.</param>
    /// <returns>The constants under their new names.</returns>
    internal static IReadOnlyList<Initializer> Free(GraphProto graph, IReadOnlyList<Initializer> initializers, IReadOnlySet<string> taken)
    {
        Rename(graph, taken);
        return [.. initializers.Select(initializer => taken.Contains(initializer.Name) ? new Initializer(New(initializer.Name, taken), initializer.Type, initializer.Shape, initializer.Read) : initializer)];
    }

    /// <summary>What a value is called now.</summary>
    internal static string New(string name, IReadOnlySet<string> taken) => taken.Contains(name) ? Prefix + name : name;

    private static void Rename(GraphProto graph, IReadOnlySet<string> taken)
    {
        foreach (ValueInfoProto value in graph.Input.Concat(graph.Output).Concat(graph.ValueInfo))
            value.Name = New(value.Name, taken);
        foreach (TensorProto constant in graph.Initializer)
            constant.Name = New(constant.Name, taken);
        foreach (NodeProto node in graph.Node)
        {
            Rename(node.Input, taken);
            Rename(node.Output, taken);
            foreach (GraphProto inside in node.Attribute.SelectMany(attribute => attribute.G is { } one ? attribute.Graphs.Prepend(one) : attribute.Graphs))
                Rename(inside, taken);
        }
    }

    private static void Rename(RepeatedField<string> names, IReadOnlySet<string> taken)
    {
        for (int at = 0; at < names.Count; at++)
            names[at] = New(names[at], taken);
    }
}
