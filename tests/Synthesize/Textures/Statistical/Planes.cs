using Unreel.Video;

namespace Unreel.Synthesize.Tests.Textures.Statistical;

/// <summary>Planes of random values for tests.</summary>
internal static class Planes
{
    /// <summary>Standard normal values.</summary>
    public static float[] Normal(int side, ulong seed)
    {
        var random = new RandomStream(seed, "planes", 0);
        float[] values = new float[side * side];
        Normals.Fill(ref random, values);
        return values;
    }

    /// <summary>Two planes of standard normal values.</summary>
    public static (float[] Re, float[] Im) Complex(int side, ulong seed) => (Normal(side, seed), Normal(side, seed + 1000));
}
