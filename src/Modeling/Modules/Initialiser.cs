using TorchSharp.Modules;
using Unreel.Video;
using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>
/// Gives a module its first values, drawn from Philox by seed and parameter name: the same on every run, every runtime
/// and in every order of construction.
/// </summary>
internal static class Initialiser
{
    private const double Deviation = 0.02;
    private const float HeadScale = 0.001f;

    /// <summary>VideoMAE's pre-training: Xavier uniform for linear layers, the mask token truncated normal at one deviation.</summary>
    public static void Pretraining(nn.Module module, ulong seed) => Fill(module, seed, (string name, long[] shape, ref RandomStream random) => name switch
    {
        _ when Parameters.IsMaskToken(name) => Truncated(shape, Deviation, ref random),
        _ when IsProjection(name) => Convolution(module, name, shape, ref random),
        _ when shape.Length == 2 => Uniform(shape, Math.Sqrt(6.0 / (shape[0] + shape[1])), ref random),
        _ => Constant(name, shape),
    });

    /// <summary>VideoMAE's fine-tuning: truncated normal at two for linear layers, the head scaled by .001.</summary>
    public static void Finetuning(nn.Module module, ulong seed) => Fill(module, seed, (string name, long[] shape, ref RandomStream random) => name switch
    {
        _ when IsProjection(name) => Convolution(module, name, shape, ref random),
        "head.weight" => Array.ConvertAll(Truncated(shape, 2, ref random), value => value * HeadScale),
        "pool.query" => Truncated(shape, 2, ref random),
        _ when shape.Length == 2 => Truncated(shape, 2, ref random),
        _ => Constant(name, shape),
    });

    private delegate float[] Draw(string name, long[] shape, ref RandomStream random);

    private static void Fill(nn.Module module, ulong seed, Draw draw)
    {
        foreach ((string name, Parameter parameter) in module.named_parameters())
        {
            var random = new RandomStream(seed, $"initial {name}", 0);
            Parameters.Set(parameter, draw(name, parameter.shape, ref random));
        }
    }

    private static bool IsProjection(string name) => name.Contains("patch_embed.proj.", StringComparison.Ordinal);

    // A convolution's own default in PyTorch, which VideoMAE leaves as it is: uniform within 1 / sqrt(fan-in), bias too.
    private static float[] Convolution(nn.Module module, string name, long[] shape, ref RandomStream random)
    {
        string weight = string.Concat(name.AsSpan(0, name.LastIndexOf('.')), ".weight");
        long fanIn = module.named_parameters().First(entry => entry.name == weight).parameter.shape[1..].Aggregate(1L, (product, size) => product * size);
        return Uniform(shape, 1 / Math.Sqrt(fanIn), ref random);
    }

    private static float[] Constant(string name, long[] shape)
    {
        float[] values = new float[Count(shape)];
        if (name.Contains("norm", StringComparison.Ordinal) && name.EndsWith(".weight", StringComparison.Ordinal))
            Array.Fill(values, 1);
        return values;
    }

    private static float[] Uniform(long[] shape, double bound, ref RandomStream random)
    {
        float[] values = new float[Count(shape)];
        for (int index = 0; index < values.Length; index++)
            values[index] = (float)random.NextDouble(-bound, bound);
        return values;
    }

    private static float[] Truncated(long[] shape, double bound, ref RandomStream random)
    {
        float[] values = new float[Count(shape)];
        for (int index = 0; index < values.Length; index++)
        {
            double value;
            do
            {
                value = Deviation * random.NextNormal();
            }
            while (Math.Abs(value) > bound);

            values[index] = (float)value;
        }

        return values;
    }

    private static long Count(long[] shape) => shape.Aggregate(1L, (product, size) => product * size);
}
