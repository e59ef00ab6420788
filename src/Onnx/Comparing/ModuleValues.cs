namespace Unreel.Onnx;

/// <summary>The values of a graph that carry the name of a network's module, for comparing the two module by module.</summary>
public static class ModuleValues
{
    private const string Suffix = "/looked_at";

    /// <summary>Names of the values that nodes make, each after those that it depends on.</summary>
    public static IReadOnlyList<string> In(OnnxDocument document) => [.. document.Model.Graph.Node.SelectMany(node => node.Output).Where(name => name.Length > 0)];

    /// <summary>Makes some values outputs of the graph, as 32-bit floats, and no others.</summary>
    /// <param name="document">The model; it stays as it is.</param>
    /// <param name="values">Names from <see cref="In"/>.</param>
    /// <returns>The model whose outputs are named by <see cref="OutputOf"/>.</returns>
    /// <exception cref="GraphException">No node makes a value of such a name.</exception>
    public static OnnxDocument Expose(OnnxDocument document, IReadOnlyCollection<string> values)
    {
        GraphEditor editor = new(document);
        editor.Outputs.Clear();
        foreach (string value in values)
        {
            // Cast to what it may be already: nobody needs to know the types inside.
            editor.Nodes.Add(Nodes.Cast(value + Suffix, value, OutputOf(value), ElementType.Float));
            editor.AddOutput(OutputOf(value), ElementType.Float);
        }

        return editor.Build();
    }

    /// <summary>Name of the output that shows a value.</summary>
    public static string OutputOf(string value) => value + Suffix;
}
