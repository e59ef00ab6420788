using TorchSharp.Modules;
using Unreel.Video;
using static TorchSharp.torch;

namespace Unreel.Modeling.Tests;

/// <summary>Numbers to test with, and comparisons.</summary>
internal static class Values
{
    public static float[] Uniform(long count, ulong seed, double bound = 1)
    {
        var random = new RandomStream(seed, "test values", 0);
        float[] values = new float[count];
        for (int index = 0; index < values.Length; index++)
            values[index] = (float)random.NextDouble(-bound, bound);
        return values;
    }

    public static Tensor Tensor(ulong seed, params long[] shape) =>
        tensor(Uniform(shape.Aggregate(1L, (product, size) => product * size), seed), shape);

    /// <summary>Gives every parameter values that are neither 0 nor 1, so that none can be forgotten.</summary>
    public static T Filled<T>(T module, double bound = 0.5)
        where T : nn.Module
    {
        ulong seed = 100;
        foreach ((string _, Parameter parameter) in module.named_parameters())
            Parameters.Set(parameter, Uniform(parameter.numel(), seed++, bound));
        return module;
    }

    public static void Close(IReadOnlyList<double> expected, IReadOnlyList<float> actual, double tolerance)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (int index = 0; index < expected.Count; index++)
            Assert.True(Math.Abs(expected[index] - actual[index]) <= tolerance * (1 + Math.Abs(expected[index])), $"[{index}]: expected {expected[index]}, found {actual[index]}.");
    }
}
