using System.Globalization;
using Unreel.Onnx;
using Unreel.Video;

namespace Unreel.Serve.Benches;

/// <summary>Models for benches: random weights take as long as trained ones.</summary>
internal static class BenchModel
{
    /// <summary>Writes a model with its contract.</summary>
    /// <param name="file">Where to.</param>
    /// <param name="shape">Its sizes.</param>
    /// <param name="preparation">How videos become its input.</param>
    public static void Write(string file, ClassifierShape shape, ClipPreparation preparation)
    {
        ModelContract contract = new()
        {
            Labels = [.. Enumerable.Range(0, shape.Classes).Select(label => string.Create(CultureInfo.InvariantCulture, $"class-{label}"))],
            Input = new InputGeometry(shape.Frames, shape.Size, shape.Size),
            Preparation = preparation.ToJson(),
            Weights = "sha256:0",
        };
        ClassifierGraph.Write(shape, Weights(shape), contract).Save(file);
    }

    private static WeightSet Weights(ClassifierShape shape)
    {
        WeightFiller weights = new();
        int width = shape.Width;
        weights.Add("patch_embed.proj.weight", width, EncoderShape.Channels, shape.Tubelet, shape.Patch, shape.Patch);
        weights.Add("patch_embed.proj.bias", width);
        for (int block = 0; block < shape.Depth; block++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"blocks.{block}");
            weights.AddPair($"{name}.norm1", width);
            weights.Add($"{name}.attn.q_bias", width);
            weights.Add($"{name}.attn.v_bias", width);
            weights.Add($"{name}.attn.qkv.weight", 3 * width, width);
            weights.AddPair($"{name}.attn.proj", width, width);
            weights.AddPair($"{name}.norm2", width);
            weights.AddPair($"{name}.mlp.fc1", shape.Hidden, width);
            weights.AddPair($"{name}.mlp.fc2", width, shape.Hidden);
        }

        weights.AddPair("fc_norm", width);
        weights.AddPair("head", shape.Classes, width);
        return weights.Set;
    }

    private sealed class WeightFiller
    {
        private readonly RandomStream _random = new(1, "bench-model", 0);

        public WeightSet Set { get; } = new();

        public void AddPair(string name, params long[] extents)
        {
            Add($"{name}.weight", extents);
            Add($"{name}.bias", extents[0]);
        }

        public void Add(string name, params long[] extents)
        {
            float[] values = new float[extents.Aggregate(1L, (product, extent) => product * extent)];
            for (int index = 0; index < values.Length; index++)
                values[index] = (float)_random.NextDouble(-.05, .05);
            Set.Add(name, extents, values);
        }
    }
}
