using Unreel.Onnx.Format;

namespace Unreel.Onnx;

/// <summary>Constants of a layer's weights in 8 bits with a scale for each output, [inputs, outputs]; made when they are saved, one after another.</summary>
internal static class IntegerWeights
{
    /// <summary>The largest code of 8 bits; -128 is left out so that the range is symmetric.</summary>
    internal const int Most8 = 127;

    /// <summary>The largest code of 7 bits: two products of it with unsigned bytes fit in 16 bits.</summary>
    internal const int Most7 = 63;

    private static readonly float[] One = [1];
    private static readonly byte[] Mean = [MeanByte];

    /// <summary>
    /// The byte that a layer of bytes counts from: about the mean of real pictures, so that what rounding does to weights meets small numbers. Counted
    /// from 0 the error was six times as large.
    /// </summary>
    internal const byte MeanByte = 114;

    /// <summary>Adds what a layer of bytes adds to each output, float [outputs]: its bias, and what its unrounded weights make of <see cref="MeanByte"/>.</summary>
    internal static string AddBiasOfBytes(GraphEditor editor, LinearLayer layer)
    {
        (Initializer weight, MatrixLayout layout) = (layer.Weight, layer.Layout);
        Initializer? bias = layer.Bias is null ? null : editor.Constant(layer.Bias) ?? throw new PrecisionException($"Layer '{layer.Name}' cannot be quantised: its bias '{layer.Bias}' is no constant");
        return editor.Add(new Initializer($"{weight.Name}.bias", ElementType.Float, [layout.Outputs], () =>
        {
            float[] values = WeightRounding.ReadFinite(weight);
            double[] sums = bias is null ? new double[layout.Outputs] : Array.ConvertAll(WeightRounding.ReadFinite(bias), value => (double)value);
            for (int i = 0; i < values.Length; i++)
                sums[layout.OutputsFirst ? i / layout.Columns : i % layout.Columns] += MeanByte * (double)values[i];
            return RawData.Of<float>(Array.ConvertAll(sums, sum => (float)sum));
        }));
    }

    /// <summary>Makes a layer of bytes: they are their own codes.</summary>
    internal static NodeProto ProductOfBytes(GraphEditor editor, LinearLayer layer, string bytes, string codes, string scales)
    {
        string one = editor.Add(Initializer.Of<float>("constants/1", ElementType.Float, [], One));
        return Nodes.MakeOrt("MatMulIntegerToFloat", $"{layer.Node.Name}.int8", [bytes, codes, one, scales, AddMeanByte(editor), "", AddBiasOfBytes(editor, layer)], [layer.Output]);
    }

    /// <summary>Adds <see cref="MeanByte"/>.</summary>
    internal static string AddMeanByte(GraphEditor editor) =>
        editor.Add(Initializer.Of<byte>("constants/mean_byte", ElementType.UInt8, [], Mean));

    /// <summary>Adds the codes, int8 [inputs, outputs].</summary>
    internal static string AddCodes(GraphEditor editor, LinearLayer layer, int most)
    {
        (Initializer weight, MatrixLayout layout) = (layer.Weight, layer.Layout);
        return editor.Add(new Initializer($"{weight.Name}.int8", ElementType.Int8, [layout.Inputs, layout.Outputs], () =>
        {
            float[] values = WeightRounding.ReadFinite(weight);
            return RawData.Of<sbyte>(WeightRounding.Codes(values, layout, WeightRounding.ScalesOf(values, layout, most), most));
        }));
    }

    /// <summary>Adds the scales, float [outputs].</summary>
    internal static string AddScales(GraphEditor editor, LinearLayer layer, int most)
    {
        (Initializer weight, MatrixLayout layout) = (layer.Weight, layer.Layout);
        return editor.Add(new Initializer($"{weight.Name}.scale", ElementType.Float, [layout.Outputs], () =>
            RawData.Of<float>(WeightRounding.ScalesOf(WeightRounding.ReadFinite(weight), layout, most))));
    }

    /// <summary>Adds the codes in the weight's own shape, for DequantizeLinear.</summary>
    internal static string AddCodesInPlace(GraphEditor editor, LinearLayer layer, int most)
    {
        (Initializer weight, MatrixLayout layout) = (layer.Weight, layer.Layout);
        return editor.Add(new Initializer($"{weight.Name}.int8", ElementType.Int8, weight.Shape, () =>
        {
            float[] values = WeightRounding.ReadFinite(weight), scales = WeightRounding.ScalesOf(values, layout, most);
            sbyte[] codes = new sbyte[values.Length];
            for (int i = 0; i < codes.Length; i++)
                codes[i] = WeightRounding.Code(values[i], scales[layout.OutputsFirst ? i / layout.Columns : i % layout.Columns], most);
            return RawData.Of<sbyte>(codes);
        }));
    }
}
