using Unreel.Video;

namespace Unreel.Synthesize.Scenes;

/// <summary>Uniform draws of 32 bits: half the price of 64, and finer than anything seen on a canvas.</summary>
internal static class Uniform
{
    /// <summary>Uniform over [0, 1) in steps of 2^-32.</summary>
    public static double Next(ref RandomStream random) => random.NextUInt32() * (1.0 / (1ul << 32));

    /// <summary>Uniform over [<paramref name="low"/>, <paramref name="high"/>).</summary>
    public static double Next(ref RandomStream random, double low, double high) => low + ((high - low) * Next(ref random));

    /// <summary>Uniform over [-<paramref name="bound"/>, <paramref name="bound"/>).</summary>
    public static double Around(ref RandomStream random, double bound) => Next(ref random, -bound, bound);
}
