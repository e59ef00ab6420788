using Unreel.Onnx.Format;

namespace Unreel.Onnx;

/// <summary>A product of activations with a constant matrix: what quantisers replace.</summary>
/// <param name="Name">The module that it belongs to, such as <c>blocks.0.mlp.fc1</c>; several products may be one module's.</param>
/// <param name="Node">MatMul, Gemm or Conv.</param>
/// <param name="Weight">The matrix; of a Conv the kernels, one output after another.</param>
/// <param name="Layout">How the matrix lies in memory.</param>
/// <param name="Bias">What is added to each output; null where nothing is.</param>
/// <param name="Sum">The node that adds <paramref name="Bias"/>; null where the product does it or there is none.</param>
internal sealed record LinearLayer(string Name, NodeProto Node, Initializer Weight, MatrixLayout Layout, string? Bias, NodeProto? Sum)
{
    private const string WeightSuffix = ".weight";

    /// <summary>The activations that go in.</summary>
    internal string Input => Node.Input[0];

    /// <summary>What comes out, with its bias.</summary>
    internal string Output => (Sum ?? Node).Output[0];

    /// <summary>Whether it makes tokens of pixels.</summary>
    internal bool IsEmbedding => Name.Split('.').Contains("patch_embed");

    internal bool IsConvolution => Node.OpType == "Conv";

    /// <summary>Returns the layers of a graph, in its order.</summary>
    internal static IReadOnlyList<LinearLayer> Of(GraphEditor editor)
    {
        ILookup<string, NodeProto> readers = editor.Nodes.SelectMany(node => node.Input.Select(input => (input, node))).ToLookup(pair => pair.input, pair => pair.node);
        HashSet<string> outputs = [.. editor.Outputs.Select(output => output.Name)];
        return [.. editor.Nodes.Select(node => Of(editor, node, readers, outputs)).OfType<LinearLayer>()];
    }

    private static LinearLayer? Of(GraphEditor editor, NodeProto node, ILookup<string, NodeProto> readers, HashSet<string> outputs)
    {
        // A product of two constants is none of activations.
        if (node.Domain.Length > 0 || node.Input.Count < 2 || editor.Constant(node.Input[0]) is not null)
            return null;
        if (editor.Constant(node.Input[1]) is not { Type: ElementType.Float } weight || LayoutOf(node, weight) is not { } layout)
            return null;

        string name = NameOf(node, weight);
        if (node.OpType != "MatMul")
            return new LinearLayer(name, node, weight, layout, node.Input.Count > 2 && node.Input[2].Length > 0 ? node.Input[2] : null, null);

        string product = node.Output[0];
        if (!outputs.Contains(product) && readers[product].ToArray() is [{ OpType: "Add", Domain: "" } sum])
        {
            string other = sum.Input[0] == product ? sum.Input[1] : sum.Input[0];
            if (editor.Constant(other) is { Type: ElementType.Float } bias && bias.Shape.Count == 1 && bias.Count == layout.Outputs)
                return new LinearLayer(name, node, weight, layout, other, sum);
        }

        return new LinearLayer(name, node, weight, layout, null, null);
    }

    private static MatrixLayout? LayoutOf(NodeProto node, Initializer weight) => (node.OpType, weight.Shape) switch
    {
        ("MatMul", [long inputs, long outputs]) => new MatrixLayout((int)inputs, (int)outputs, OutputsFirst: false),
        ("Gemm", [long rows, long columns]) when IsPlain(node) => Integer(node, "transB") == 0
            ? new MatrixLayout((int)rows, (int)columns, OutputsFirst: false)
            : new MatrixLayout((int)columns, (int)rows, OutputsFirst: true),
        ("Conv", [long outputs, ..]) when Integer(node, "group", 1) == 1 => new MatrixLayout((int)(weight.Count / outputs), (int)outputs, OutputsFirst: true),
        _ => null,
    };

    private static bool IsPlain(NodeProto node) =>
        Integer(node, "transA") == 0 && node.Attribute.All(attribute => attribute.Name is not ("alpha" or "beta") || attribute.F == 1);

    private static long Integer(NodeProto node, string name, long otherwise = 0) =>
        node.Attribute.FirstOrDefault(attribute => attribute.Name == name)?.I ?? otherwise;

    private static string NameOf(NodeProto node, Initializer weight)
    {
        int end = weight.Name.LastIndexOf(WeightSuffix, StringComparison.Ordinal);
        if (end > 0)
            return weight.Name[..end];

        int slash = node.Name.LastIndexOf('/');
        return slash > 0 ? node.Name[..slash] : node.Name;
    }
}
