using Unreel.Modeling;
using Unreel.Video;

namespace Unreel.Export;

/// <summary>Clips made on the spot: a slope of brightness that moves, its own in each clip and colour, under noise.</summary>
internal static class MovingClips
{
    private const ulong Seed = 17;
    private const uint MostNoise = 31;

    /// <summary>Makes some; the same ones each time.</summary>
    /// <returns>uint8 RGB [frames, side, side, 3] each.</returns>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Make(VideoTransformerShape shape, int count) =>
        [.. Enumerable.Range(0, count).Select(number => (ReadOnlyMemory<byte>)Make(shape, (ulong)number))];

    private static byte[] Make(VideoTransformerShape shape, ulong number)
    {
        RandomStream random = new(Seed, "bench", number);
        (int across, int down, int onward) = (random.NextInt(1, 5), random.NextInt(1, 5), random.NextInt(2, 17));
        byte[] clip = new byte[shape.ClipBytes];
        int next = 0;
        for (int frame = 0; frame < shape.Frames; frame++)
        {
            for (int row = 0; row < shape.ImageSize; row++)
            {
                for (int column = 0; column < shape.ImageSize; column++)
                {
                    int phase = (column * across) + (row * down) + (frame * onward);
                    uint noise = random.NextUInt32();
                    clip[next++] = Brightness(phase, noise);
                    clip[next++] = Brightness(phase + 100, noise >> 8);
                    clip[next++] = Brightness(phase + 200, noise >> 16);
                }
            }
        }

        return clip;
    }

    // Up and down again: an edge where it starts anew would be most of what there is to see.
    private static byte Brightness(int phase, uint noise)
    {
        int place = phase % 512;
        return (byte)((Math.Min(place, 511 - place) * 7 / 8) + (noise & MostNoise));
    }
}
