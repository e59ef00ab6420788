using Unreel.Onnx.Format;

namespace Unreel.Onnx;

/// <summary>
/// Weights in 8 bits, activations brought to 8 bits by ranges that were found on calibration clips. Portable graphs are written in pairs of
/// QuantizeLinear and DequantizeLinear around the layers, which runtimes fuse; those for ONNX Runtime in its own fused products.
/// </summary>
/// <param name="settings">Flavour and the kinds of codes.</param>
/// <param name="ranges">Of every value in <see cref="ValuesOf"/>.</param>
/// <param name="attention">Quantises attention too; null where it stays in float.</param>
internal sealed class StaticQuantiser(PrecisionSettings settings, IReadOnlyDictionary<string, TensorRange> ranges, AttentionQuantiser? attention)
{
    // The first opset whose QuantizeLinear names its type: ONNX Runtime 1.30 on x64 turns signed codes into unsigned ones and forgets to say so there.
    private const int NamedTypesOpset = 21;

    private readonly HashSet<string> _quantised = [];
    private ElementType _codes;

    /// <summary>The values that ranges are needed of.</summary>
    internal static IReadOnlyList<string> ValuesOf(OnnxDocument document, bool attention)
    {
        var editor = new GraphEditor(document);
        IEnumerable<string> layers = LinearLayer.Of(editor).SelectMany(layer => layer.IsConvolution ? [layer.Input, layer.Output] : new[] { layer.Input });
        IEnumerable<string> heads = attention ? editor.Nodes.Where(AttentionQuantiser.Fits).SelectMany(node => node.Input.Take(3)) : [];
        return [.. layers.Concat(heads).Distinct()];
    }

    /// <summary>Returns the document with its layers quantised, but those in <paramref name="kept"/>.</summary>
    internal OnnxDocument Apply(OnnxDocument document, IReadOnlySet<string> kept)
    {
        _quantised.Clear();
        var editor = new GraphEditor(document);
        var floats = new FloatValues(document);
        _codes = CodesFor(editor.Opset);
        foreach (LinearLayer layer in LinearLayer.Of(editor).Where(layer => !kept.Contains(layer.Name)))
        {
            if (layer.IsConvolution)
                ReplaceConvolution(editor, layer);
            else if (settings.Flavour == GraphFlavour.Ort)
                ReplaceFused(editor, layer, floats);
            else
                ReplaceBetweenPairs(editor, layer);
        }

        attention?.Apply(editor, kept, ranges);
        editor.RemoveUnreadCasts();
        return editor.Build();
    }

    private ElementType CodesFor(long opset)
    {
        bool isPortable = settings.Flavour == GraphFlavour.Portable, loads = !isPortable || opset < NamedTypesOpset;
        if (settings.SignedActivations == true && !loads)
            throw new PrecisionException($"Signed activations in a portable graph of opset {opset} cannot be loaded by ONNX Runtime on x64; take an opset below {NamedTypesOpset}, or unsigned ones");
        return settings.SignedActivations ?? (isPortable && loads) ? ElementType.Int8 : ElementType.UInt8;
    }

    private void ReplaceFused(GraphEditor editor, LinearLayer layer, FloatValues floats)
    {
        string input = layer.Input, codes = IntegerWeights.AddCodes(editor, layer, settings.MostCode), scales = IntegerWeights.AddScales(editor, layer, settings.MostCode);
        List<NodeProto> nodes = [];
        if (_codes == ElementType.UInt8 && floats.BytesOf(input) is { } bytes)
        {
            nodes.Add(IntegerWeights.ProductOfBytes(editor, layer, bytes, codes, scales));
        }
        else
        {
            (string scale, string zero) = AddRange(editor, input);
            if (_quantised.Add(input))
                nodes.Add(Nodes.Make("QuantizeLinear", $"{input}/QuantizeLinear", [input, scale, zero], [Coded(input)]));
            string[] bias = layer.Bias is null ? [] : [layer.Bias];
            nodes.Add(Nodes.MakeOrt("MatMulIntegerToFloat", $"{layer.Node.Name}.int8", [Coded(input), codes, scale, scales, zero, "", .. bias], [layer.Output]));
        }

        if (layer.Sum is not null)
            editor.Nodes.Remove(layer.Sum);
        editor.Replace(layer.Node, nodes);
    }

    private void ReplaceBetweenPairs(GraphEditor editor, LinearLayer layer)
    {
        List<NodeProto> nodes = [.. Pair(editor, layer.Input), Weight(editor, layer)];
        NodeProto product = layer.Node.Clone();
        (product.Input[0], product.Input[1]) = (Restored(layer.Input), Restored(layer.Weight.Name));
        editor.Replace(layer.Node, [.. nodes, product]);
    }

    // A convolution in 8 bits has an output in 8 bits too, and a bias in the unit of its sums.
    private void ReplaceConvolution(GraphEditor editor, LinearLayer layer)
    {
        List<NodeProto> nodes = [.. Pair(editor, layer.Input), Weight(editor, layer)];
        NodeProto product = layer.Node.Clone();
        (product.Input[0], product.Input[1], product.Output[0]) = (Restored(layer.Input), Restored(layer.Weight.Name), $"{layer.Output}.wide");
        if (layer.Bias is not null)
        {
            nodes.Add(Bias(editor, layer, layer.Bias));
            product.Input[2] = Restored(layer.Bias);
        }

        (string scale, string zero) = AddRange(editor, layer.Output);
        nodes.Add(product);
        nodes.Add(Nodes.Make("QuantizeLinear", $"{layer.Output}.wide/QuantizeLinear", [product.Output[0], scale, zero], [$"{layer.Output}.wide.code"]));
        nodes.Add(Nodes.Make("DequantizeLinear", $"{layer.Output}.wide/DequantizeLinear", [$"{layer.Output}.wide.code", scale, zero], [layer.Output]));
        editor.Replace(layer.Node, nodes);
    }

    // What several layers read is quantised once.
    private IEnumerable<NodeProto> Pair(GraphEditor editor, string value)
    {
        if (!_quantised.Add(value))
            yield break;
        (string scale, string zero) = AddRange(editor, value);
        yield return Nodes.Make("QuantizeLinear", $"{value}/QuantizeLinear", [value, scale, zero], [Coded(value)]);
        yield return Nodes.Make("DequantizeLinear", $"{value}/DequantizeLinear", [Coded(value), scale, zero], [Restored(value)]);
    }

    private NodeProto Weight(GraphEditor editor, LinearLayer layer)
    {
        string weight = layer.Weight.Name, codes = IntegerWeights.AddCodesInPlace(editor, layer, settings.MostCode), scales = IntegerWeights.AddScales(editor, layer, settings.MostCode);
        return Nodes.Make("DequantizeLinear", $"{weight}/DequantizeLinear", [codes, scales], [Restored(weight)], ("axis", layer.Layout.OutputsFirst ? 0 : 1));
    }

    private NodeProto Bias(GraphEditor editor, LinearLayer layer, string bias)
    {
        Initializer values = editor.Constant(bias) ?? throw new PrecisionException($"Layer '{layer.Name}' cannot be quantised: its bias '{bias}' is no constant");
        float input = ranges[layer.Input].Scale;
        string scales = editor.Add(new Initializer($"{bias}.scale", ElementType.Float, [layer.Layout.Outputs], () => RawData.Of<float>(Units())));
        string codes = editor.Add(new Initializer($"{bias}.int32", ElementType.Int32, [layer.Layout.Outputs], () =>
            RawData.Of<int>(WeightRounding.ReadFinite(values).Zip(Units(), (value, unit) => (int)Math.Clamp(Math.Round((double)value / unit), int.MinValue, int.MaxValue)).ToArray())));
        return Nodes.Make("DequantizeLinear", $"{bias}/DequantizeLinear", [codes, scales], [Restored(bias)], ("axis", 0));

        float[] Units() => Array.ConvertAll(WeightRounding.ScalesOf(WeightRounding.ReadFinite(layer.Weight), layer.Layout, settings.MostCode), scale => scale * input);
    }

    private (string Scale, string Zero) AddRange(GraphEditor editor, string value) => QuantisedRange.Add(editor, value, ranges[value], _codes);

    private static string Coded(string value) => $"{value}.code";

    private static string Restored(string value) => $"{value}.restored";
}

/// <summary>The constants that say what a value's codes mean.</summary>
internal static class QuantisedRange
{
    /// <summary>Adds the scale and the zero point of codes of 8 bits.</summary>
    internal static (string Scale, string Zero) Add(GraphEditor editor, string value, TensorRange range, ElementType codes)
    {
        byte zero = codes == ElementType.Int8 ? (byte)(range.Zero - 128) : range.Zero;
        return (
            editor.Add(Initializer.Of<float>($"{value}.code.scale", ElementType.Float, [], new[] { range.Scale })),
            editor.Add(Initializer.Of<byte>($"{value}.code.zero", codes, [], new[] { zero })));
    }
}
