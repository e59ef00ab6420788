using System.Text.Json.Nodes;

namespace Unreel.Onnx.Tests;

/// <summary>A classifier small enough to compute in loops, with weights that make every part matter.</summary>
internal static class TinyClassifier
{
    internal static ClassifierShape Shape { get; } = new()
    {
        Frames = 4,
        Size = 16,
        Patch = 8,
        Width = 12,
        Depth = 2,
        Heads = 3,
        Classes = 5,
    };

    internal static OnnxDocument Document { get; } = ClassifierGraph.Write(Shape, Weights(), Contract());

    internal static byte[] Bytes { get; } = Document.ToArray();

    internal static ModelContract Contract() => new()
    {
        Labels = ["wave", "jump", "run", "walk", "skip"],
        Input = new InputGeometry(Shape.Frames, Shape.Size, Shape.Size),
        Preparation = new JsonObject { ["frames"] = 4, ["stride"] = 2, ["crop"] = "centre" },
        Weights = "sha256:0123",
    };

    internal static WeightSet Weights(ClassifierShape? shape = null, bool attentive = false, bool head = true)
    {
        ClassifierShape s = shape ?? Shape;
        var weights = new WeightSet();
        int seed = 0;
        Add("patch_embed.proj.weight", s.Width, 3, s.Tubelet, s.Patch, s.Patch);
        Add("patch_embed.proj.bias", s.Width);
        for (int i = 0; i < s.Depth; i++)
        {
            Norm($"blocks.{i}.norm1");
            Add($"blocks.{i}.attn.q_bias", s.Width);
            Add($"blocks.{i}.attn.v_bias", s.Width);
            Add($"blocks.{i}.attn.qkv.weight", 3 * s.Width, s.Width);
            Linear($"blocks.{i}.attn.proj", s.Width, s.Width);
            Norm($"blocks.{i}.norm2");
            Linear($"blocks.{i}.mlp.fc1", s.Hidden, s.Width);
            Linear($"blocks.{i}.mlp.fc2", s.Width, s.Hidden);
        }

        Norm("fc_norm");
        if (head)
            Linear("head", s.Classes, s.Width);
        if (attentive)
        {
            Add("pool.query", 1, 1, s.Width);
            Norm("pool.norm1");
            Linear("pool.attn.q", s.Width, s.Width);
            Linear("pool.attn.kv", 2 * s.Width, s.Width);
            Linear("pool.attn.proj", s.Width, s.Width);
            Norm("pool.norm2");
            Linear("pool.mlp.fc1", s.Hidden, s.Width);
            Linear("pool.mlp.fc2", s.Width, s.Hidden);
        }

        return weights;

        void Norm(string name)
        {
            Add($"{name}.weight", s.Width);
            Add($"{name}.bias", s.Width);
        }

        void Linear(string name, int outputs, int inputs)
        {
            Add($"{name}.weight", outputs, inputs);
            Add($"{name}.bias", outputs);
        }

        void Add(string name, params long[] extents)
        {
            long count = extents.Aggregate(1L, (product, extent) => product * extent);
            float scale = extents.Length > 1 ? 2 / MathF.Sqrt(count / extents[0]) : 1;
            weights.Add(name, extents, SeededFloats.Uniform((int)count, seed++, scale));
        }
    }
}
