using Unreel.Onnx.Format;

namespace Unreel.Onnx;

/// <summary>
/// Weights in 8 bits, activations brought to unsigned bytes by the range that each run finds. A range is that of the whole batch, so that a
/// clip's logits depend a little on what is beside it in the batch. Convolutions stay: ONNX Runtime makes them no faster in 8 bits.
/// </summary>
/// <param name="flavour">Standard operators, or ONNX Runtime's fused ones.</param>
/// <param name="most">The largest code of a weight.</param>
/// <param name="attention">Quantises attention too; null where it stays in float.</param>
internal sealed class DynamicQuantiser(GraphFlavour flavour, int most, AttentionQuantiser? attention)
{
    /// <summary>Returns the document with its layers quantised, but those in <paramref name="kept"/>.</summary>
    internal OnnxDocument Apply(OnnxDocument document, IReadOnlySet<string> kept)
    {
        var editor = new GraphEditor(document);
        LinearLayer[] layers = [.. LinearLayer.Of(editor).Where(layer => !layer.IsConvolution && !kept.Contains(layer.Name))];
        var writer = new Writer(editor, new FloatValues(document), flavour, most, layers.CountBy(layer => layer.Input).ToDictionary());
        foreach (LinearLayer layer in layers)
            writer.Replace(layer);
        attention?.Apply(editor, kept, ranges: null);
        editor.RemoveUnreadCasts();
        return editor.Build();
    }

    private sealed class Writer(GraphEditor editor, FloatValues floats, GraphFlavour flavour, int most, IReadOnlyDictionary<string, int> readers)
    {
        private readonly HashSet<string> _quantised = [];

        internal void Replace(LinearLayer layer)
        {
            string codes = IntegerWeights.AddCodes(editor, layer, most), scales = IntegerWeights.AddScales(editor, layer, most);
            NodeProto[] nodes = [.. flavour == GraphFlavour.Ort ? Fused(layer, codes, scales) : Portable(layer, codes, scales)];
            if (layer.Sum is not null)
                editor.Nodes.Remove(layer.Sum);
            editor.Replace(layer.Node, nodes);
        }

        private IEnumerable<NodeProto> Fused(LinearLayer layer, string codes, string scales)
        {
            string[] bias = layer.Bias is null ? [] : [layer.Bias];
            string name = $"{layer.Node.Name}.int8", input = layer.Input;
            if (floats.BytesOf(input) is { } bytes)
                return [IntegerWeights.ProductOfBytes(editor, layer, bytes, codes, scales)];
            if (readers[input] == 1)
                return [Nodes.MakeOrt("DynamicQuantizeMatMul", name, [input, codes, scales, "", .. bias], [layer.Output])];
            return [.. Quantise(input), Nodes.MakeOrt("MatMulIntegerToFloat", name, [Code(input), codes, Scale(input), scales, Zero(input), "", .. bias], [layer.Output])];
        }

        private IEnumerable<NodeProto> Portable(LinearLayer layer, string codes, string scales)
        {
            string name = layer.Node.Name, input = layer.Input;
            string? bytes = floats.BytesOf(input), bias = bytes is null ? layer.Bias : IntegerWeights.AddBiasOfBytes(editor, layer);
            string product = bias is null ? layer.Output : $"{name}.scaled";
            if (bytes is not null)
            {
                yield return Nodes.Make("MatMulInteger", $"{name}.int8", [bytes, codes, IntegerWeights.AddMeanByte(editor)], [$"{name}.sum"]);
            }
            else
            {
                foreach (NodeProto node in Quantise(input))
                    yield return node;
                yield return Nodes.Make("MatMulInteger", $"{name}.int8", [Code(input), codes, Zero(input)], [$"{name}.sum"]);
                yield return Nodes.Make("Mul", $"{name}.scales", [Scale(input), scales], [$"{name}.scale"]);
                scales = $"{name}.scale";
            }

            yield return Nodes.Cast($"{name}.float", $"{name}.sum", $"{name}.sum.float", ElementType.Float);
            yield return Nodes.Make("Mul", $"{name}.rescale", [$"{name}.sum.float", scales], [product]);
            if (bias is not null)
                yield return Nodes.Make("Add", $"{name}.bias", [product, bias], [layer.Output]);
        }

        // What several layers read is quantised once.
        private IEnumerable<NodeProto> Quantise(string value) => _quantised.Add(value)
            ? [Nodes.Make("DynamicQuantizeLinear", $"{value}/DynamicQuantizeLinear", [value], [Code(value), Scale(value), Zero(value)])]
            : [];

        private static string Code(string value) => $"{value}.uint8";

        private static string Scale(string value) => $"{value}.uint8.scale";

        private static string Zero(string value) => $"{value}.uint8.zero";
    }
}
