using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Unreel.Synthesize.Rendering;
using Unreel.Synthesize.Scenes;
using Unreel.Synthesize.Textures;
using Unreel.Video;

namespace Unreel.Synthesize.Tests.Scenes;

/// <summary>What is counted of the objects of 2,000 videos of a shipped preset, with pools of a few textures.</summary>
internal sealed class SceneStatistics
{
    public const int Videos = 2000;

    private static readonly ConcurrentDictionary<string, Lazy<SceneStatistics>> Known = [];
    private readonly PresetFacts _facts;

    private SceneStatistics(string name)
    {
        Preset = PresetLibrary.ReadVideos(name);
        _facts = PresetFacts.Of(name);
        double turn = _facts.Transforms ? 1.8 : 0, change = _facts.Transforms ? 0.005 : 0;
        (Speed, Acceleration) = (new(_facts.Speed.Low, _facts.Speed.High), Around(_facts.Acceleration));
        (Polygons, Circles) = (new(turn, change, change), _facts.CirclesTransform ? new(turn, change, 0) : new(0, 0, 0));
        (Textures, Backgrounds) = (PoolCounts(), PoolCounts());
        Measure(new VideoScene(Preset, Seed(name), TestPools.SetFor(Preset)));
        for (int i = 0; i < 10 * Videos; i++)
            CollectionsMarshal.GetValueRefOrAddDefault(Lengths, VideoScene.FrameCount(Preset, Seed(name), i), out _)++;
    }

    public SynthesisPreset Preset { get; }

    /// <summary>How many videos are neither real nor one still texture.</summary>
    public int Drawn { get; private set; }

    /// <summary>Whether each video is one still texture.</summary>
    public List<bool> Stills { get; } = [];

    /// <summary>Objects by radius.</summary>
    public long[] Radii { get; } = new long[257];

    public Spread X { get; } = new(0, 512);

    public Spread Y { get; } = new(0, 512);

    /// <summary>Objects that do not start on a whole pixel.</summary>
    public long Fractional { get; private set; }

    /// <summary>Objects whose position is off the canvas at first, and those whose is on it.</summary>
    public long[] OffCanvas { get; } = new long[2];

    /// <summary>In turns.</summary>
    public Spread Direction { get; } = new(-0.5, 0.5);

    public Spread Speed { get; }

    public Spread Acceleration { get; }

    public TransformSpreads Polygons { get; }

    public TransformSpreads Circles { get; }

    /// <summary>Objects of each kind, in the order of <see cref="SynthesisShape"/>.</summary>
    public long[] Shapes { get; } = new long[6];

    /// <summary>The objects' red, green and blue: their colours, or their tints.</summary>
    public Spread[] Colours { get; } = [Channel(), Channel(), Channel()];

    /// <summary>The backgrounds' red, green and blue.</summary>
    public Spread[] BackgroundColours { get; } = [Channel(), Channel(), Channel()];

    /// <summary>How often each texture of each pool is an object's.</summary>
    public long[][] Textures { get; }

    /// <summary>How often each texture of each pool fills the canvas.</summary>
    public long[][] Backgrounds { get; }

    /// <summary>Videos by length, of ten times as many.</summary>
    public SortedDictionary<int, long> LengthCounts => new(Lengths);

    private Dictionary<int, long> Lengths { get; } = [];

    /// <summary>The statistics of a preset; measured once.</summary>
    public static SceneStatistics Of(string name) => Known.GetOrAdd(name, key => new(() => new SceneStatistics(key))).Value;

    /// <summary>A seed of the preset's own, so that presets are separate evidence.</summary>
    public static ulong Seed(string name) => new RandomStream(0, name, 0).NextUInt32();

    private void Measure(VideoScene scene)
    {
        Portion real = new(Preset.RealShare);
        for (int video = 0; video < Videos; video++)
        {
            scene.Load(video);
            bool isReal = real.Has(video), isStill = !isReal && scene.BackgroundFill == SceneFill.Texture && scene.Objects == 0 && Preset.Objects > 0;
            Stills.Add(isStill);
            if (isReal)
                continue;

            Add(BackgroundColours, scene.Background);
            if (Preset.Textures.Count > 0)
                Backgrounds[scene.BackgroundTexture.Pool][scene.BackgroundTexture.Texture]++;

            Drawn += isStill ? 0 : 1;
            foreach (ref readonly MovingObject item in scene.All)
                Add(item);

            if (!isStill)
                Add(scene.AllTextures);
        }
    }

    private void Add(in MovingObject item)
    {
        Radii[(int)item.Figure.Radius]++;
        X.Add(item.X);
        Y.Add(item.Y);
        Fractional += item.X == Math.Floor(item.X) && item.Y == Math.Floor(item.Y) ? 0 : 1;
        OffCanvas[item.X < 256 && item.Y < 256 ? 1 : 0]++;
        Direction.Add(Math.Atan2(item.DirectionY, item.DirectionX) / Math.Tau);
        Speed.Add(item.Speed);
        Acceleration.Add(item.Acceleration);
        Shapes[(int)FigureForms.Kind(item)]++;
        (item.Figure.Corners == 0 ? Circles : Polygons).Add(item);
        Add(Colours, item.Figure.Colour);
    }

    private void Add(ReadOnlySpan<TextureChoice> choices)
    {
        foreach (TextureChoice choice in choices)
            Textures[choice.Pool][choice.Texture]++;
    }

    private static void Add(Spread[] channels, Rgb colour)
    {
        channels[0].Add(colour.R);
        channels[1].Add(colour.G);
        channels[2].Add(colour.B);
    }

    private long[][] PoolCounts() => [.. Preset.Textures.Select(_ => new long[TestPools.Count])];

    private static Spread Channel() => new(0, 256);

    internal static Spread Around(double bound) => new(-bound, bound);
}

/// <summary>Transforms of objects, held against the largest turn in degrees and the largest changes a frame.</summary>
internal sealed class TransformSpreads(double turn, double scaling, double shear)
{
    public Spread Turn { get; } = SceneStatistics.Around(turn);

    public Spread ScaleX { get; } = SceneStatistics.Around(scaling);

    public Spread ScaleY { get; } = SceneStatistics.Around(scaling);

    public Spread ShearX { get; } = SceneStatistics.Around(shear);

    public Spread ShearY { get; } = SceneStatistics.Around(shear);

    /// <summary>Objects whose transform is used when they are drawn.</summary>
    public long Used { get; private set; }

    public IEnumerable<(string Name, Spread Values)> All => [("turn", Turn), ("scale x", ScaleX), ("scale y", ScaleY), ("shear x", ShearX), ("shear y", ShearY)];

    public void Add(in MovingObject item)
    {
        Turn.Add(item.Rotation * 360);
        ScaleX.Add(item.ScaleX);
        ScaleY.Add(item.ScaleY);
        ShearX.Add(item.ShearX);
        ShearY.Add(item.ShearY);
        Used += item.Transforms ? 1 : 0;
    }
}
