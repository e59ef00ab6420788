using System.Globalization;
using Unreel.Modeling;
using Unreel.Video;
using ModelDescription = Unreel.Modeling.ModelDescription;

namespace Unreel.Export;

/// <summary>
/// Folders like those that fine-tuning leaves, of networks that learnt nothing: matrices and biases are normal with deviation .02, as training begins
/// with, scales of norms are 1.
/// </summary>
internal static class RandomClassifier
{
    private const float Deviation = 0.02f;
    private const float Step = 1f / (1L << 32);
    private const uint Seed = 17;

    /// <summary>Writes <c>model.safetensors</c> and <c>model.json</c>; one tensor is in memory at a time.</summary>
    /// <returns>Bytes of the weights.</returns>
    public static long Write(string folder, VideoTransformerShape shape, int classes)
    {
        TensorToWrite[] tensors = [.. Tensors(shape, classes).Select((tensor, number) => TensorToWrite.F32(tensor.Name, tensor.Extents, () => Values(tensor.Name, tensor.Extents, (uint)number)))];
        Directory.CreateDirectory(folder);
        SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), tensors);
        new ModelDescription
        {
            Kind = ModelKind.Classifier,
            Shape = shape,
            Normalisation = PixelNormalisation.ImageNet,
            Labels = [.. Enumerable.Range(0, classes).Select(label => string.Create(CultureInfo.InvariantCulture, $"class {label}"))],
            Preparation = new ClipPreparation { Frames = shape.Frames, Stride = 4, Size = shape.ImageSize },
        }.Write(folder);
        return tensors.Sum(tensor => tensor.Bytes);
    }

    private static IEnumerable<(string Name, long[] Extents)> Tensors(VideoTransformerShape shape, int classes) =>
    [
        ("patch_embed.proj.weight", [shape.Width, 3, shape.TubeletSize, shape.PatchSize, shape.PatchSize]),
        ("patch_embed.proj.bias", [shape.Width]),
        .. Enumerable.Range(0, shape.Depth).SelectMany(number => Block(string.Create(CultureInfo.InvariantCulture, $"blocks.{number}"), shape)),
        .. Norm("fc_norm", shape.Width),
        .. Linear("head", classes, shape.Width),
    ];

    private static IEnumerable<(string Name, long[] Extents)> Block(string path, VideoTransformerShape shape) =>
    [
        .. Norm($"{path}.norm1", shape.Width),
        ($"{path}.attn.q_bias", [shape.Width]),
        ($"{path}.attn.v_bias", [shape.Width]),
        ($"{path}.attn.qkv.weight", [3 * shape.Width, shape.Width]),
        .. Linear($"{path}.attn.proj", shape.Width, shape.Width),
        .. Norm($"{path}.norm2", shape.Width),
        .. Linear($"{path}.mlp.fc1", shape.MlpWidth, shape.Width),
        .. Linear($"{path}.mlp.fc2", shape.Width, shape.MlpWidth),
    ];

    private static (string Name, long[] Extents)[] Norm(string path, long width) => [($"{path}.weight", [width]), ($"{path}.bias", [width])];

    private static (string Name, long[] Extents)[] Linear(string path, long outputs, long inputs) => [($"{path}.weight", [outputs, inputs]), ($"{path}.bias", [outputs])];

    private static float[] Values(string name, long[] extents, uint number)
    {
        float[] values = new float[extents.Aggregate((product, extent) => product * extent)];
        if (name.Contains("norm", StringComparison.Ordinal) && name.EndsWith(".weight", StringComparison.Ordinal))
            Array.Fill(values, 1);
        else
            Fill(values, number);
        return values;
    }

    // Four numbers of a block of four words, by both of Box and Muller's values: RandomStream makes one of it, and these are tens of millions.
    private static void Fill(Span<float> values, uint number)
    {
        Span<float> four = stackalloc float[4];
        for (int place = 0; place < values.Length; place += four.Length)
        {
            (uint x0, uint x1, uint x2, uint x3) = Philox.Draw((uint)place, number, 0, 0, Seed, 0);
            (four[0], four[1]) = Normals(x0, x1);
            (four[2], four[3]) = Normals(x2, x3);
            four[..Math.Min(four.Length, values.Length - place)].CopyTo(values[place..]);
        }
    }

    private static (float, float) Normals(uint first, uint second)
    {
        float radius = Deviation * MathF.Sqrt(-2 * MathF.Log((first + 0.5f) * Step));
        (float sine, float cosine) = MathF.SinCos(second * (MathF.Tau * Step));
        return (radius * cosine, radius * sine);
    }
}
