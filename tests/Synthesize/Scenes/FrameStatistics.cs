using System.Collections.Concurrent;
using Unreel.Synthesize.Rendering;
using Unreel.Synthesize.Scenes;

namespace Unreel.Synthesize.Tests.Scenes;

/// <summary>What is seen in one frame of 2,000 videos, painted in the objects' own colours whatever they are cut out of.</summary>
/// <param name="Colours">The mean number of colours of objects: of objects that are seen, since hardly two share one.</param>
/// <param name="Black">The share of the canvas that no object covers: its mean.</param>
internal sealed record FrameStatistics(double Colours, double Black)
{
    private const int Side = 256;

    private static readonly ConcurrentDictionary<Key, Lazy<FrameStatistics>> Known = [];

    /// <summary>The statistics of a preset's frame; measured once for all presets that have the same there.</summary>
    public static FrameStatistics Of(SynthesisPreset preset, int frame) =>
        Known.GetOrAdd(Key.Of(preset, frame), key => new(() => Measure(key, preset))).Value;

    private static FrameStatistics Measure(Key key, SynthesisPreset preset)
    {
        VideoScene scene = new(preset with { Textures = [], Tint = false, Background = SynthesisBackground.Black, StillShare = 0 }, 1);
        FrameRenderer renderer = new(Side);
        byte[] pixels = new byte[renderer.FrameBytes];
        ColourCounter counter = new();
        (long colours, long black) = (0, 0);
        for (int video = 0; video < SceneStatistics.Videos; video++)
        {
            scene.Load(video);
            renderer.Render(scene, [key.Frame], pixels);
            (int seen, int none) = counter.Count(pixels);
            (colours, black) = (colours + seen, black + none);
        }

        return new FrameStatistics(colours / (double)SceneStatistics.Videos, black / ((double)SceneStatistics.Videos * Side * Side));
    }

    // What decides where objects are in a frame. In frame 0 nothing has moved or changed yet.
    private sealed record Key(int Frame, string Shapes, double MinSpeed, double MaxSpeed, double Acceleration, double Rotation, double Scaling, double Shear, bool Circles)
    {
        public static Key Of(SynthesisPreset preset, int frame)
        {
            string shapes = string.Join(' ', preset.Shapes);
            return frame == 0 || preset.IsStill
                ? new Key(0, shapes, 0, 0, 0, 0, 0, 0, false)
                : new Key(
                    frame,
                    shapes,
                    preset.MinSpeed * preset.SpeedFactor,
                    preset.MaxSpeed * preset.SpeedFactor,
                    preset.Acceleration,
                    preset.Rotation,
                    preset.Scaling,
                    preset.Shear,
                    preset.TransformCircles || !preset.Transforms);
        }
    }
}

/// <summary>Counts the colours of frames, and their black pixels.</summary>
internal sealed class ColourCounter
{
    private readonly ulong[] _seen = new ulong[(1 << 24) / 64];
    private readonly List<int> _colours = [];

    /// <summary>How many colours other than black there are, and how many pixels are black.</summary>
    /// <param name="pixels">RGB [row, column, channel].</param>
    public (int Colours, int Black) Count(ReadOnlySpan<byte> pixels)
    {
        int black = 0;
        while (pixels.Length > 0)
        {
            // A run of equal pixels is what equals itself three bytes further.
            int run = (pixels[3..].CommonPrefixLength(pixels) / 3) + 1;
            int colour = pixels[0] | (pixels[1] << 8) | (pixels[2] << 16);
            if (colour == 0)
                black += run;
            else if ((_seen[colour >> 6] & (1ul << (colour & 63))) == 0)
                See(colour);

            pixels = pixels[(run * 3)..];
        }

        int colours = _colours.Count;
        _colours.ForEach(colour => _seen[colour >> 6] = 0);
        _colours.Clear();
        return (colours, black);
    }

    private void See(int colour)
    {
        _seen[colour >> 6] |= 1ul << (colour & 63);
        _colours.Add(colour);
    }
}
