using Unreel.Onnx;
using Unreel.Pipelines;
using Unreel.Video;

namespace Unreel.Export.Tests;

/// <summary>A classifier of random weights, as small as one can be.</summary>
internal static class TinyModel
{
    private static readonly ClassifierShape Shape = new() { Frames = 2, Size = 16, Tubelet = 2, Patch = 8, Width = 8, Depth = 1, Heads = 2, Hidden = 16, Classes = 3 };

    public static ExportOptions Options { get; } = new() { Classifier = StageInput.Parse("weights/any"), Clips = StageInput.Parse("clips/any") };

    public static byte[] Bytes() => ClassifierGraph.Write(Shape, Weights(), new ModelContract
    {
        Labels = ["a", "b", "c"],
        Input = new InputGeometry(Shape.Frames, Shape.Size, Shape.Size),
        Preparation = new ClipPreparation { Frames = Shape.Frames, Stride = 1, Size = Shape.Size }.ToJson(),
        Weights = $"sha256:{new string('0', 64)}",
    }).ToArray();

    public static IReadOnlyList<byte[]> Clips(int count) => [.. Enumerable.Range(0, count).Select(Clip)];

    private static byte[] Clip(int index)
    {
        RandomStream random = new(3, "clip", (ulong)index);
        byte[] pixels = new byte[Shape.Frames * Shape.Size * Shape.Size * 3];
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)random.NextInt(256);

        return pixels;
    }

    private static WeightSet Weights()
    {
        int width = Shape.Width;
        WeightSet set = new();
        Add(set, "patch_embed.proj.weight", width, 3, Shape.Tubelet, Shape.Patch, Shape.Patch);
        Add(set, "patch_embed.proj.bias", width);
        foreach (string norm in new[] { "blocks.0.norm1", "blocks.0.norm2", "fc_norm" })
        {
            Add(set, $"{norm}.weight", width);
            Add(set, $"{norm}.bias", width);
        }

        Add(set, "blocks.0.attn.q_bias", width);
        Add(set, "blocks.0.attn.v_bias", width);
        Add(set, "blocks.0.attn.qkv.weight", 3 * width, width);
        Add(set, "blocks.0.attn.proj.weight", width, width);
        Add(set, "blocks.0.attn.proj.bias", width);
        Add(set, "blocks.0.mlp.fc1.weight", Shape.Hidden, width);
        Add(set, "blocks.0.mlp.fc1.bias", Shape.Hidden);
        Add(set, "blocks.0.mlp.fc2.weight", width, Shape.Hidden);
        Add(set, "blocks.0.mlp.fc2.bias", width);
        Add(set, "head.weight", Shape.Classes, width);
        Add(set, "head.bias", Shape.Classes);
        return set;
    }

    private static void Add(WeightSet set, string name, params long[] shape)
    {
        RandomStream random = new(7, name, 0);
        float[] values = new float[shape.Aggregate(1L, (product, extent) => product * extent)];
        for (int i = 0; i < values.Length; i++)
            values[i] = (float)random.NextNormal() * 0.3f;

        set.Add(name, shape, values);
    }
}
