using Unreel.Synthesize.Rendering;
using Unreel.Video;

namespace Unreel.Synthesize;

/// <summary>Standard normal numbers (Box and Muller 1958) whose every bit is the same on every machine.</summary>
internal static class Normals
{
    /// <summary>The next standard normal number; takes two 64-bit draws.</summary>
    public static double Next(ref RandomStream random)
    {
        double radius = Math.Sqrt(-2 * PortableMath.Log(1 - random.NextDouble()));
        return radius * Turn.CosSin(random.NextDouble()).Cos;
    }
}
