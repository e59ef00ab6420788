using System.Globalization;
using Unreel.Onnx.Format;

namespace Unreel.Onnx;

/// <summary>
/// Writes com.microsoft.MultiHeadAttention out in products of 8 bits: queries in unsigned codes, keys and values in signed ones, the weights of
/// the mean in unsigned codes of a 255th of the row's largest, so that a row that looks everywhere alike keeps all 8 bits. Queries are taken in chunks whose scores fit in the processor's cache.
/// </summary>
/// <param name="facts">What is known of the graph's values. Queries whose rows are open are taken in one.</param>
/// <param name="scoreBytes">Bytes of a chunk's scores.</param>
internal sealed class AttentionQuantiser(IReadOnlyDictionary<string, ValueFact> facts, int scoreBytes = AttentionQuantiser.ScoreBytes)
{
    /// <summary>Bytes of a chunk's scores of all heads: what a core's share of the last cache holds. Measured on ViT-S with 1568 tokens.</summary>
    internal const int ScoreBytes = 4_300_000;

    private const int LeastRows = 16;

    // The first opset whose QuantizeLinear takes blocks.
    private const int BlockedOpset = 21;

    /// <summary>Whether a node is attention of the kind that is known here: queries, keys and values apart, nothing else but a bias.</summary>
    internal static bool Fits(NodeProto node) => node is { OpType: "MultiHeadAttention", Domain: Nodes.Microsoft, Output.Count: 1 }
        && node.Input.Count >= 3 && node.Input.Take(3).All(input => input.Length > 0) && node.Input.Skip(3).All(input => input.Length == 0)
        && node.Attribute.All(attribute => attribute.Name == "num_heads");

    /// <summary>The module that attention belongs to.</summary>
    internal static string NameOf(NodeProto node) => node.Name.LastIndexOf('/') is var slash and > 0 ? node.Name[..slash] : node.Name;

    /// <summary>Replaces attention everywhere but in <paramref name="kept"/>.</summary>
    /// <param name="editor">The graph.</param>
    /// <param name="kept">Names of layers that stay in float.</param>
    /// <param name="ranges">Of queries, keys and values; null where each run finds its own.</param>
    internal void Apply(GraphEditor editor, IReadOnlySet<string> kept, IReadOnlyDictionary<string, TensorRange>? ranges)
    {
        foreach (NodeProto node in editor.Nodes.Where(Fits).Where(node => !kept.Contains(NameOf(node))).ToArray())
            editor.Replace(node, new Writer(editor, node, ranges, facts, scoreBytes).Write());
    }

    private sealed class Writer(GraphEditor editor, NodeProto node, IReadOnlyDictionary<string, TensorRange>? ranges, IReadOnlyDictionary<string, ValueFact> facts, int scoreBytes)
    {
        private readonly List<NodeProto> _nodes = [];
        private readonly long _heads = node.Attribute.Single().I;

        private long? Width => Extent(node.Input[0], 2);

        private long? Queries => Extent(node.Input[0], 1);

        private long? Keys => Extent(node.Input[1], 1);

        internal List<NodeProto> Write()
        {
            string shape = Integers(0, 0, _heads, -1), together = Integers(0, 0, -1);
            Code query = Unsigned(node.Input[0]), key = Signed(node.Input[1]), value = Signed(node.Input[2]);
            string queries = Split(query.Codes, "query", shape, 0, 2, 1, 3);
            string keys = Split(key.Codes, "key", shape, 0, 2, 3, 1);
            string values = Split(value.Codes, "value", shape, 0, 2, 1, 3);

            string rootScale = Add("Mul", "query.scaled", [query.Scale, Root(queries)]);
            string[] parts = [.. Chunks(queries).Select((chunk, place) => Chunk(chunk, place, query with { Scale = rootScale }, keys, key.Scale, values, value.Scale))];
            string mixed = parts.Length == 1 ? parts[0] : Add("Concat", "mixed", parts, ("axis", 2));
            NodeProto order = Make("Transpose", "merged", [mixed]);
            order.Attribute.Add(Permutation(0, 2, 1, 3));
            _nodes.Add(Nodes.Make("Reshape", $"{node.Name}.int8/Reshape", [order.Output[0], together], [node.Output[0]]));
            return _nodes;
        }

        private long? Extent(string value, int axis) => facts.GetValueOrDefault(value)?.Shape is { Count: 3 } shape ? shape[axis].Size : null;

        // 1 / sqrt(numbers of a head): read off the codes' shape, where the graph does not say how wide a head is.
        private string Root(string queries)
        {
            if (Width is { } known)
                return Float(string.Create(CultureInfo.InvariantCulture, $"root{known / _heads}"), 1 / MathF.Sqrt(known / _heads));

            string extents = Add("Shape", "query.shape", [queries]);
            string width = Add("Gather", "query.width", [extents, Integers(3)]);
            string one = Add("Cast", "query.width.float", [width], ("to", (long)ElementType.Float));
            return Add("Reciprocal", "query.root.inverse", [Add("Sqrt", "query.root", [Add("Squeeze", "query.width.scalar", [one])])]);
        }

        private string Chunk(string queries, int place, Code query, string keys, string keyScale, string values, string valueScale)
        {
            string name = $"{place}";
            string scores = Add("com.microsoft.MatMulIntegerToFloat", $"{name}.scores", [queries, keys, query.Scale, keyScale, query.Zero]);
            return editor.Opset >= BlockedOpset && Keys is { } keyRows ? Blocked(name, scores, keyRows, values, valueScale) : Unscaled(name, scores, values, valueScale);
        }

        // From opset 21 on a row may have a scale of its own: a block as long as the row.
        private string Blocked(string name, string scores, long rows, string values, string valueScale)
        {
            string shares = Add("Softmax", $"{name}.shares", [scores], ("axis", -1));
            string unit = Add("Mul", $"{name}.unit", [Reduce("ReduceMax", $"{name}.most", shares, axesAsInput: true), Float("unit", 1f / 255)]);
            string codes = Add("QuantizeLinear", $"{name}.codes", [shares, unit], ("axis", 3), ("block_size", rows));
            string mixed = Add("com.microsoft.MatMulIntegerToFloat", $"{name}.mixed", [codes, values, Float("one", 1), valueScale, Byte("zero", ElementType.UInt8)]);
            return Add("Mul", $"{name}.mean", [mixed, unit]);
        }

        // The same codes with one scale for all: exp(score - row's largest) has its largest at 1. What comes out is divided by the row's sum.
        private string Unscaled(string name, string scores, string values, string valueScale)
        {
            string most = Reduce("ReduceMax", $"{name}.most", scores, editor.Opset >= 18);
            string powers = Add("Exp", $"{name}.powers", [Add("Sub", $"{name}.shifted", [scores, most])]);
            string sums = Reduce("ReduceSum", $"{name}.sums", powers, axesAsInput: true);
            string unit = Float("unit", 1f / 255);
            string shares = Add("QuantizeLinear", $"{name}.shares", [powers, unit, Byte("zero", ElementType.UInt8)]);
            string mixed = Add("com.microsoft.MatMulIntegerToFloat", $"{name}.mixed", [shares, values, unit, valueScale, Byte("zero", ElementType.UInt8)]);
            return Add("Div", $"{name}.mean", [mixed, sums]);
        }

        private string[] Chunks(string queries)
        {
            if (Queries is not { } rows || Keys is not { } keyRows)
                return [queries];

            long most = Math.Max(LeastRows, scoreBytes / (sizeof(float) * _heads * keyRows)), count = (rows + most - 1) / most;
            if (count == 1)
                return [queries];

            long[] sizes = [.. Enumerable.Range(0, (int)count).Select(chunk => ((chunk + 1L) * rows / count) - (chunk * rows / count))];
            NodeProto split = Nodes.Make("Split", $"{node.Name}.int8/Split", [queries, Integers(sizes)], [.. sizes.Select((_, place) => $"{node.Name}.int8.query{place}")], ("axis", 2));
            _nodes.Add(split);
            return [.. split.Output];
        }

        private Code Unsigned(string value)
        {
            if (ranges is not null)
            {
                (string scale, string zero) = QuantisedRange.Add(editor, value, ranges[value], ElementType.UInt8);
                return new Code(Add("QuantizeLinear", $"{value}.codes", [value, scale, zero]), scale, zero);
            }

            NodeProto quantise = Nodes.Make("DynamicQuantizeLinear", $"{node.Name}.int8/{value}", [value], [$"{node.Name}.int8.{value}", $"{node.Name}.int8.{value}.scale", $"{node.Name}.int8.{value}.zero"]);
            _nodes.Add(quantise);
            return new Code(quantise.Output[0], quantise.Output[1], quantise.Output[2]);
        }

        // Around zero, whose code is 0.
        private Code Signed(string value)
        {
            string scale = ranges is null
                ? Add("Div", $"{value}.scale", [Add("Max", $"{value}.most", [ReduceAll(Add("Abs", $"{value}.abs", [value])), Float("least", 1e-30f)]), Float("127", 127)])
                : editor.Add(Initializer.Of<float>($"{value}.symmetric.scale", ElementType.Float, [], new[] { Math.Max(Math.Max(-ranges[value].Least, ranges[value].Most) / 127, 1e-30f) }));
            return new Code(Add("QuantizeLinear", $"{value}.codes", [value, scale, Byte("zero.signed", ElementType.Int8)]), scale, "");
        }

        private string Split(string codes, string what, string shape, params long[] order)
        {
            NodeProto transpose = Make("Transpose", $"{what}.heads", [Add("Reshape", $"{what}.apart", [codes, shape])]);
            transpose.Attribute.Add(Permutation(order));
            return transpose.Output[0];
        }

        private string ReduceAll(string value) => Add("ReduceMax", $"{value}.largest", [value], ("keepdims", 0));

        private string Reduce(string type, string name, string value, bool axesAsInput)
        {
            if (axesAsInput)
                return Add(type, name, [value, Integers(-1)], ("keepdims", 1));
            NodeProto reduce = Make(type, name, [value], ("keepdims", 1));
            reduce.Attribute.Add(Nodes.Integers("axes", -1));
            return reduce.Output[0];
        }

        private string Add(string type, string name, string[] inputs, params ReadOnlySpan<(string Name, long Value)> integers) => Make(type, name, inputs, integers).Output[0];

        private NodeProto Make(string type, string name, string[] inputs, params ReadOnlySpan<(string Name, long Value)> integers)
        {
            string value = $"{node.Name}.int8.{name}", operation = type[(type.LastIndexOf('.') + 1)..];
            NodeProto made = operation == type ? Nodes.Make(type, $"{value}/{operation}", inputs, [value], integers) : Nodes.MakeOrt(operation, $"{value}/{operation}", inputs, [value], integers);
            _nodes.Add(made);
            return made;
        }

        private static AttributeProto Permutation(params long[] order) => Nodes.Integers("perm", order);

        private string Integers(params long[] values) =>
            editor.Add(Initializer.Of<long>($"constants/[{string.Join(',', values)}]", ElementType.Int64, [values.Length], values));

        private string Float(string name, float value) => editor.Add(Initializer.Of<float>($"constants/attention/{name}", ElementType.Float, [], new[] { value }));

        private string Byte(string name, ElementType type) => editor.Add(Initializer.Of<byte>($"constants/attention/{name}", type, [], new byte[1]));
    }

    private sealed record Code(string Codes, string Scale, string Zero);
}
