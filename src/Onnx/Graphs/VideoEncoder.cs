using System.Globalization;

namespace Unreel.Onnx;

/// <summary>From video bytes through an encoder's blocks: what all graphs begin with. Shape letters: B clips, N tokens, D width.</summary>
internal static class VideoEncoder
{
    /// <summary>Declares the input.</summary>
    internal static Value Input(GraphBuilder graph, EncoderShape shape, GraphOptions options) => graph.Input(
        ClassifierGraph.Video, ElementType.UInt8, ClassifierGraph.Batch, options.Frames(shape), options.Height(shape), options.Width(shape), EncoderShape.Channels);

    /// <summary>From bytes to tokens with their positions, [B, N, D]. Weights: <c>patch_embed.*</c> and, where there is one, <c>pos_embed</c>.</summary>
    internal static Value Embed(GraphBuilder graph, Value videoBTYXC, WeightScope weights, EncoderShape shape, GraphOptions options)
    {
        CubeGrid grid = CubeGrid.Of(graph, videoBTYXC, shape, options);
        Value tokensBND = VideoInput.PatchEmbedding(graph, videoBTYXC, weights["patch_embed"], shape, grid);
        return graph.Node("Add", [tokensBND, Positions.Write(graph, weights["pos_embed"], shape, options, grid)]);
    }

    /// <summary>Runs blocks <c>blocks.0</c> and on; the keys are those of block <paramref name="keysLayer"/>.</summary>
    internal static (Value TokensBND, Value KeysBND) Blocks(GraphBuilder graph, Value xBND, WeightScope weights, int depth, BlockShape shape, int keysLayer = -1)
    {
        Value keysBND = default;
        for (int i = 0; i < depth; i++)
        {
            (xBND, Value keys) = Layers.BlockAndKeys(graph, xBND, weights["blocks"][i.ToString(CultureInfo.InvariantCulture)], shape);
            if (i == keysLayer)
                keysBND = keys;
        }

        return (xBND, keysBND);
    }

    /// <summary>Holds a contract's input against the sizes.</summary>
    /// <exception cref="ContractException">It does not fit them, or the contract is of another graph.</exception>
    internal static void Check(EncoderShape shape, ModelContract contract, GraphKind graph)
    {
        var expected = new InputGeometry(shape.Frames, shape.Size, shape.Size);
        if (contract.Input != expected)
            throw new ContractException($"input: expected {expected}, as the network takes, found {contract.Input}");
        if (contract.Graph != graph)
            throw new ContractException($"graph: expected {graph}, found {contract.Graph}");
    }
}
