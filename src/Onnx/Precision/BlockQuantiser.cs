using Unreel.Onnx.Format;

namespace Unreel.Onnx;

/// <summary>Weights in blocks of 4 or 8 bits; activations stay as they are. Smaller models, not faster ones on every processor.</summary>
/// <param name="flavour">MatMulNBits of ONNX Runtime, or DequantizeLinear with <c>block_size</c> before the layer.</param>
/// <param name="format">The blocks.</param>
/// <param name="accuracyLevel">What MatMulNBits may round activations to: 0 as it likes, 1 fp32, 2 fp16, 3 bf16, 4 int8.</param>
internal sealed class BlockQuantiser(GraphFlavour flavour, BlockFormat format, int accuracyLevel)
{
    /// <summary>The opset that brought <c>block_size</c> and 4-bit integers to DequantizeLinear.</summary>
    private const int LeastOpset = 21;

    /// <summary>Returns the document with its layers quantised, but convolutions and those in <paramref name="kept"/>.</summary>
    /// <exception cref="PrecisionException">The opset is too old.</exception>
    internal OnnxDocument Apply(OnnxDocument document, IReadOnlySet<string> kept)
    {
        var editor = new GraphEditor(document);
        if (flavour == GraphFlavour.Portable && editor.Opset < LeastOpset)
            throw new PrecisionException($"Weights in blocks of {format.Bits} bits need DequantizeLinear with block_size, which came with opset {LeastOpset}; the graph has opset {editor.Opset}. Raise the opset or take the flavour ort.");

        foreach (LinearLayer layer in LinearLayer.Of(editor).Where(layer => !layer.IsConvolution && !kept.Contains(layer.Name)))
        {
            if (flavour == GraphFlavour.Ort)
                ReplaceOrt(editor, layer);
            else
                ReplacePortable(editor, layer);
        }

        return editor.Build();
    }

    private void ReplaceOrt(GraphEditor editor, LinearLayer layer)
    {
        MatrixLayout layout = layer.Layout;
        int blocks = format.BlocksOf(layout.Inputs);
        string codes = Add(editor, layer, "codes", ElementType.UInt8, [layout.Outputs, blocks, format.Size * format.Bits / 8], (values, made) =>
            BlockRounding.Pack(BlockRounding.Codes(values, layout, format, made), format.Bits));
        string scales = Add(editor, layer, "scales", ElementType.Float, [(long)layout.Outputs * blocks], (_, made) => RawData.Of<float>(Array.ConvertAll(made, block => block.Scale)));

        // Each output's zero points begin at a byte of their own.
        long row = ((blocks * format.Bits) + 7) / 8;
        string zeros = format.Symmetric ? "" : Add(editor, layer, "zeros", ElementType.UInt8, [layout.Outputs * row], (_, made) =>
            made.Chunk(blocks).SelectMany(row => BlockRounding.Pack([.. row.Select(block => block.Zero)], format.Bits)).ToArray());

        NodeProto node = Nodes.MakeOrt(
            "MatMulNBits",
            $"{layer.Node.Name}.blocks",
            layer.Bias is null ? format.Symmetric ? [layer.Input, codes, scales] : [layer.Input, codes, scales, zeros] : [layer.Input, codes, scales, zeros, "", layer.Bias],
            [layer.Output],
            ("K", layout.Inputs),
            ("N", layout.Outputs),
            ("bits", format.Bits),
            ("block_size", format.Size),
            ("accuracy_level", accuracyLevel));
        if (layer.Sum is not null)
            editor.Nodes.Remove(layer.Sum);
        editor.Replace(layer.Node, node);
    }

    // The product stays; its weight comes out of DequantizeLinear, in the layout that it had.
    private void ReplacePortable(GraphEditor editor, LinearLayer layer)
    {
        MatrixLayout layout = layer.Layout;
        int blocks = format.BlocksOf(layout.Inputs);
        string weight = layer.Weight.Name;
        string codes = Add(editor, layer, "codes", format.Bits == 4 ? Signed(ElementType.Int4, ElementType.UInt4) : Signed(ElementType.Int8, ElementType.UInt8), layer.Weight.Shape, (values, made) =>
            BlockRounding.Pack(Arrange(BlockRounding.Codes(values, layout, format, made), layout, blocks * format.Size, layout.Inputs), format.Bits));
        long[] shape = layout.OutputsFirst ? [layout.Outputs, blocks] : [blocks, layout.Outputs];
        MatrixLayout grid = layout with { Inputs = blocks };
        string scales = Add(editor, layer, "scales", ElementType.Float, shape, (_, made) => RawData.Of<float>(Arrange(Array.ConvertAll(made, block => block.Scale), grid, blocks, blocks)));
        string[] inputs = format.Symmetric
            ? [codes, scales]
            : [codes, scales, Add(editor, layer, "zeros", format.Bits == 4 ? ElementType.UInt4 : ElementType.UInt8, shape, (_, made) =>
                BlockRounding.Pack(Arrange(Array.ConvertAll(made, block => block.Zero), grid, blocks, blocks), format.Bits))];

        string restored = $"{weight}.restored";
        NodeProto product = layer.Node.Clone();
        product.Input[1] = restored;
        editor.Replace(layer.Node, Nodes.Make("DequantizeLinear", $"{weight}/DequantizeLinear", inputs, [restored], ("axis", layout.OutputsFirst ? 1 : 0), ("block_size", format.Size)), product);
    }

    private ElementType Signed(ElementType signed, ElementType unsigned) => format.Symmetric ? signed : unsigned;

    // From [outputs, padded inputs] to the weight's own layout; signed codes are those around the middle.
    private T[] Arrange<T>(T[] rows, MatrixLayout layout, int stride, int inputs)
    {
        T[] arranged = new T[layout.Outputs * inputs];
        for (int output = 0; output < layout.Outputs; output++)
        {
            for (int input = 0; input < inputs; input++)
                arranged[layout.Index(input, output)] = rows[(output * stride) + input];
        }

        if (format.Symmetric && arranged is byte[] codes)
        {
            for (int i = 0; i < codes.Length; i++)
                codes[i] = (byte)(codes[i] - format.Middle);
        }

        return arranged;
    }

    private string Add(GraphEditor editor, LinearLayer layer, string what, ElementType type, IReadOnlyList<long> shape, Func<float[], BlockCode[], ReadOnlyMemory<byte>> make)
    {
        (Initializer weight, MatrixLayout layout, BlockFormat blocks) = (layer.Weight, layer.Layout, format);
        return editor.Add(new Initializer($"{weight.Name}.{what}", type, shape, () =>
        {
            float[] values = WeightRounding.ReadFinite(weight);
            return make(values, BlockRounding.Blocks(values, layout, blocks));
        }));
    }
}
