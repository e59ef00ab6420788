using Unreel.Onnx;
using Unreel.Video;

namespace Unreel.Testing.Models;

/// <summary>A classifier with seeded weights, small enough to make in a test and real enough to serve.</summary>
internal static class TinyModel
{
    public static IReadOnlyList<string> Labels { get; } = ["bend", "jump", "run", "side", "skip", "walk"];

    private static readonly ClassifierShape Shape = new() { Frames = 4, Size = 16, Patch = 8, Width = 12, Depth = 1, Heads = 3, Classes = Labels.Count };

    /// <summary>Writes the model and returns its path; a broken one has weights that are no numbers.</summary>
    public static string Write(string folder, ulong seed = 7, ClipPreparation? preparation = null, IReadOnlyList<string>? labels = null, bool broken = false)
    {
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, "model.onnx");
        ModelContract contract = new()
        {
            Labels = labels ?? Labels,
            Input = new InputGeometry(Shape.Frames, Shape.Size, Shape.Size),
            Preparation = (preparation ?? new ClipPreparation { Frames = 4, Stride = 2, Size = 16, Clips = 2 }).ToJson(),
            Weights = "sha256:0123",
        };
        ClassifierGraph.Write(Shape, Weights(seed, broken), contract).Save(path);
        return path;
    }

    private static WeightSet Weights(ulong seed, bool broken)
    {
        RandomStream random = new(seed, "tiny-model", 0);
        WeightSet weights = new();
        int width = Shape.Width;
        Add("patch_embed.proj.weight", width, 3, Shape.Tubelet, Shape.Patch, Shape.Patch);
        Add("patch_embed.proj.bias", width);
        Norm("blocks.0.norm1");
        Add("blocks.0.attn.q_bias", width);
        Add("blocks.0.attn.v_bias", width);
        Add("blocks.0.attn.qkv.weight", 3 * width, width);
        Linear("blocks.0.attn.proj", width, width);
        Norm("blocks.0.norm2");
        Linear("blocks.0.mlp.fc1", Shape.Hidden, width);
        Linear("blocks.0.mlp.fc2", width, Shape.Hidden);
        Norm("fc_norm");
        Linear("head", Shape.Classes, width);
        return weights;

        void Norm(string name)
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
            float[] values = new float[extents.Aggregate(1L, (product, extent) => product * extent)];
            for (int index = 0; index < values.Length; index++)
                values[index] = broken ? float.NaN : (float)random.NextDouble(-.5, .5);
            weights.Add(name, extents, values);
        }
    }
}
