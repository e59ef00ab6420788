using System.Globalization;
using System.Runtime.CompilerServices;
using Unreel.Pipelines;
using Unreel.Synthesize.Textures;

namespace Unreel.Synthesize;

/// <summary>
/// How fast videos are drawn: for each shipped preset of unlabelled videos the time of the clip that training takes of one, 16
/// frames at stride 4; and for one preset how it scales, what a worker takes of memory, and what is allocated.
/// </summary>
public sealed class SynthesizeBench : IBench
{
    private const string Typical = "accelerating-and-transforming-shapes", TypicalTextured = "accelerating-and-transforming-textures";

    private readonly SynthesizeBenchScale _scale;

    /// <summary>Makes the bench as it is shipped.</summary>
    public SynthesizeBench()
        : this(new SynthesizeBenchScale())
    {
    }

    internal SynthesizeBench(SynthesizeBenchScale scale) => _scale = scale;

    /// <inheritdoc/>
    public string Name => "synthesize";

    /// <inheritdoc/>
    public string Summary => "Milliseconds of a 16-frame clip of every preset without real videos on one thread; scaling to two threads, memory a worker, bytes allocated a frame.";

    /// <summary>What is measured, in order: a case is an entry here.</summary>
    private static IEnumerable<Case> Cases =>
    [
        .. PresetLibrary.Names(SynthesisKind.Videos).Where(IsDrawn).OrderBy(PaintsTextures).Select(preset => new Case(preset, "ms/clip", preset, 1, meter => meter.MillisecondsAClip())),
        .. Whole(Typical, string.Empty),
        .. Whole(TypicalTextured, "-textured"),
    ];

    private static Case[] Whole(string preset, string suffix) =>
    [
        new Case($"scaling{suffix}", "x", preset, 2, meter => meter.Scaling()),
        new Case($"memory{suffix}", "MB", preset, SynthesizeMeter.ExtraWorkers + 1, meter => meter.MegabytesAWorker()),
        new Case($"allocated{suffix}", "B/frame", preset, 1, meter => meter.AllocatedAFrame()),
    ];

    // Plain sets first: code is compiled for what it has met, and one process rarely draws both.
    private static bool PaintsTextures(string preset) => PresetLibrary.ReadVideos(preset).Textures.Count > 0;

    // Real videos are decoded, which is another matter.
    private static bool IsDrawn(string preset) => PresetLibrary.ReadVideos(preset).RealShare == 0;

    /// <inheritdoc/>
    public async IAsyncEnumerable<BenchFigure> RunAsync([EnumeratorCancellation] CancellationToken ct)
    {
        NoisePools pools = new(_scale.Textures);
        foreach (Case one in Cases)
            yield return await Task.Factory.StartNew(() => Measure(one, pools, ct), ct, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    private BenchFigure Measure(Case one, NoisePools pools, CancellationToken ct)
    {
        SynthesisRecipe recipe = new SynthesizeOptions { Preset = one.Preset, Count = SynthesizeMeter.Videos, Seed = 1, Size = _scale.Size }.ToRecipe();
        using SynthesizeMeter meter = new(new SynthesisSource(recipe, pools.For(recipe)), _scale, ct);
        SortedDictionary<string, string> config = new(StringComparer.Ordinal)
        {
            ["preset"] = one.Preset,
            ["size"] = string.Create(CultureInfo.InvariantCulture, $"{_scale.Size}x{_scale.Size}"),
            ["texels"] = recipe.Videos!.Textures.Count == 0 ? "none" : string.Create(CultureInfo.InvariantCulture, $"{_scale.Textures} images of noise"),
            ["objects"] = recipe.Videos.Objects.ToString(CultureInfo.InvariantCulture),
            ["frames"] = SynthesizeMeter.Frames.ToString(CultureInfo.InvariantCulture),
            ["stride"] = SynthesizeMeter.Stride.ToString(CultureInfo.InvariantCulture),
            ["videos"] = SynthesizeMeter.Videos.ToString(CultureInfo.InvariantCulture),
            ["threads"] = one.Threads.ToString(CultureInfo.InvariantCulture),
        };
        return new BenchFigure(Name, one.Name, one.Measure(meter), one.Unit, config);
    }

    private sealed record Case(string Name, string Unit, string Preset, int Threads, Func<SynthesizeMeter, double> Measure);
}

/// <summary>How long and how large; the defaults are what is shipped, and tests take less.</summary>
internal sealed record SynthesizeBenchScale
{
    /// <summary>The side of the canvas in pixels.</summary>
    public int Size { get; init; } = 256;

    /// <summary>Texture images in memory, 197 kB each: by default more than caches hold.</summary>
    public int Textures { get; init; } = 512;

    /// <summary>Clips before anything is measured, enough for the compiler to have done its best.</summary>
    public int WarmUp { get; init; } = 96;

    /// <summary>How long a case is measured.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(1);
}
