namespace Unreel.Onnx;

/// <summary>Constants of a layer's weights in 8 bits with a scale for each output, [inputs, outputs]; made when they are saved, one after another.</summary>
internal static class IntegerWeights
{
    /// <summary>The largest code of 8 bits; -128 is left out so that the range is symmetric.</summary>
    internal const int Most8 = 127;

    /// <summary>The largest code of 7 bits: two products of it with unsigned bytes fit in 16 bits.</summary>
    internal const int Most7 = 63;

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
