using System.Globalization;
using Unreel.Onnx;
using Unreel.Video;

namespace Unreel.Serve.Benches;

/// <summary>Models of random weights, which take as long as trained ones.</summary>
internal static class BenchModel
{
    private const ulong Seed = 17;
    private const double Range = 0.035;

    /// <summary>A large network at 112 pixels: a request's bytes weigh most beside it.</summary>
    public static ClassifierShape Ti { get; } = new() { Frames = 16, Size = 112, Patch = 16, Width = 192, Depth = 12, Heads = 3, Classes = 400 };

    /// <summary>The network of VideoMAE-S at 224 pixels.</summary>
    public static ClassifierShape S { get; } = new() { Frames = 16, Size = 224, Patch = 16, Width = 384, Depth = 12, Heads = 6, Classes = 400 };

    /// <summary>One that answers at once, so that what is around it is all that takes time; its clips are as large as those of <see cref="Ti"/>.</summary>
    public static ClassifierShape Quick { get; } = new() { Frames = 16, Size = 112, Patch = 56, Width = 12, Depth = 1, Heads = 3, Classes = 400 };

    /// <summary>Writes a model and a clip to test it with into a folder.</summary>
    /// <returns>The model's file.</returns>
    public static string Write(string folder, ClassifierShape shape, ulong seed = Seed)
    {
        Directory.CreateDirectory(folder);
        string file = Path.Combine(folder, "model.onnx");
        Write(file, shape, new ClipPreparation { Frames = shape.Frames, Stride = 2, Size = shape.Size }, seed);
        GoldenClip.Write(file, Clip(shape, 0));
        return file;
    }

    /// <summary>Writes a model whose clips are made ready as <paramref name="preparation"/> says.</summary>
    public static void Write(string file, ClassifierShape shape, ClipPreparation preparation, ulong seed = Seed)
    {
        ModelContract contract = new()
        {
            Labels = [.. Enumerable.Range(0, shape.Classes).Select(label => string.Create(CultureInfo.InvariantCulture, $"class {label}"))],
            Input = new InputGeometry(shape.Frames, shape.Size, shape.Size),
            Preparation = preparation.ToJson(),
            Weights = string.Create(CultureInfo.InvariantCulture, $"sha256:{seed:x4}"),
        };
        ClassifierGraph.Write(shape, Weights(shape, seed), contract).Save(file);
    }

    /// <summary>A clip of noise as a model takes it.</summary>
    public static byte[] Clip(ClassifierShape shape, ulong number)
    {
        RandomStream random = new(Seed, "serve bench clip", number);
        byte[] clip = new byte[shape.Frames * shape.Size * shape.Size * 3];
        for (int at = 0; at < clip.Length; at++)
            clip[at] = (byte)random.NextUInt32();
        return clip;
    }

    private static WeightSet Weights(ClassifierShape shape, ulong seed)
    {
        WeightSet weights = new();
        int width = shape.Width;
        Add("patch_embed.proj.weight", width, 3, shape.Tubelet, shape.Patch, shape.Patch);
        Add("patch_embed.proj.bias", width);
        for (int number = 0; number < shape.Depth; number++)
            AddBlock(string.Create(CultureInfo.InvariantCulture, $"blocks.{number}"));
        AddNorm("fc_norm");
        AddLinear("head", shape.Classes, width);
        return weights;

        void AddBlock(string path)
        {
            AddNorm($"{path}.norm1");
            Add($"{path}.attn.q_bias", width);
            Add($"{path}.attn.v_bias", width);
            Add($"{path}.attn.qkv.weight", 3 * width, width);
            AddLinear($"{path}.attn.proj", width, width);
            AddNorm($"{path}.norm2");
            AddLinear($"{path}.mlp.fc1", shape.Hidden, width);
            AddLinear($"{path}.mlp.fc2", width, shape.Hidden);
        }

        void AddNorm(string path)
        {
            weights.Add($"{path}.weight", [width], Enumerable.Repeat(1f, width).ToArray());
            Add($"{path}.bias", width);
        }

        void AddLinear(string path, int outputs, int inputs)
        {
            Add($"{path}.weight", outputs, inputs);
            Add($"{path}.bias", outputs);
        }

        void Add(string name, params long[] extents)
        {
            RandomStream random = new(seed, name, 0);
            float[] values = new float[extents.Aggregate((product, extent) => product * extent)];
            for (int at = 0; at < values.Length; at++)
                values[at] = (float)random.NextDouble(-Range, Range);
            weights.Add(name, extents, values);
        }
    }
}
