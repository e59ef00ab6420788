using System.Text.Json.Nodes;

namespace Unreel.Onnx.Tests;

/// <summary>An autoencoder as small as one can be.</summary>
internal static class TinyAutoencoder
{
    internal static AutoencoderShape Shape { get; } = new()
    {
        Frames = 4,
        Size = 16,
        Patch = 8,
        Width = 12,
        Depth = 2,
        Heads = 3,
        DecoderWidth = 8,
        DecoderDepth = 1,
        DecoderHeads = 2,
    };

    internal static ModelContract Contract(GraphKind graph) => new()
    {
        Graph = graph,
        KeysLayer = graph == GraphKind.Keys ? 0 : null,
        Labels = [],
        Input = new InputGeometry(Shape.Frames, Shape.Size, Shape.Size),
        Preparation = new JsonObject { ["frames"] = 4 },
        Weights = "sha256:0123",
    };

    internal static OnnxDocument Reconstruction(GraphOptions? options = null) =>
        ReconstructionGraph.Write(Shape, Weights(decoder: true), Contract(GraphKind.Reconstruction), options);

    internal static OnnxDocument Encoder(GraphKind graph, GraphOptions? options = null) => EncoderGraph.Write(Shape, Weights(decoder: false), Contract(graph), options);

    private static WeightSet Weights(bool decoder)
    {
        var weights = new WeightSet();
        int seed = 0;
        Add("encoder.patch_embed.proj.weight", Shape.Width, 3, Shape.Tubelet, Shape.Patch, Shape.Patch);
        Add("encoder.patch_embed.proj.bias", Shape.Width);
        Blocks("encoder", Shape.Depth, Shape.Block);
        if (!decoder)
            return weights;

        Add("encoder_to_decoder.weight", Shape.DecoderWidth, Shape.Width);
        Add("mask_token", 1, 1, Shape.DecoderWidth);
        Blocks("decoder", Shape.DecoderDepth, Shape.DecoderBlock);
        Linear("decoder.head", Shape.CubeValues, Shape.DecoderWidth);
        return weights;

        void Blocks(string path, int depth, BlockShape block)
        {
            for (int i = 0; i < depth; i++)
            {
                string name = $"{path}.blocks.{i}";
                Norm($"{name}.norm1", block.Width);
                Add($"{name}.attn.q_bias", block.Width);
                Add($"{name}.attn.v_bias", block.Width);
                Add($"{name}.attn.qkv.weight", 3 * block.Width, block.Width);
                Linear($"{name}.attn.proj", block.Width, block.Width);
                Norm($"{name}.norm2", block.Width);
                Linear($"{name}.mlp.fc1", block.Hidden, block.Width);
                Linear($"{name}.mlp.fc2", block.Width, block.Hidden);
            }

            Norm($"{path}.norm", block.Width);
        }

        void Norm(string name, int width)
        {
            Add($"{name}.weight", width);
            Add($"{name}.bias", width);
        }

        void Linear(string name, int outputs, int inputs)
        {
            Add($"{name}.weight", outputs, inputs);
            Add($"{name}.bias", outputs);
        }

        void Add(string name, params long[] extents)
        {
            long count = extents.Aggregate(1L, (product, extent) => product * extent);
            weights.Add(name, extents, SeededFloats.Uniform((int)count, seed++));
        }
    }
}
