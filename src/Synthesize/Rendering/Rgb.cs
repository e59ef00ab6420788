using Unreel.Video;

namespace Unreel.Synthesize.Rendering;

/// <summary>A colour, 0..255 a channel.</summary>
internal readonly record struct Rgb(byte R, byte G, byte B)
{
    /// <summary>Draws a colour, each channel uniform: always one number.</summary>
    public static Rgb Draw(ref RandomStream random)
    {
        uint bits = random.NextUInt32();
        return new Rgb((byte)bits, (byte)(bits >> 8), (byte)(bits >> 16));
    }
}
