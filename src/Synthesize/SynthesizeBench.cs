using System.Globalization;
using System.Runtime.CompilerServices;
using Unreel.Pipelines;

namespace Unreel.Synthesize;

/// <summary>
/// How fast videos are drawn: for each shipped preset of unlabelled videos the time of the clip that training takes of one, 16
/// frames at stride 4; and for one preset how it scales, what a worker takes of memory, and what is allocated.
/// </summary>
public sealed class SynthesizeBench : IBench
{
    private const string Typical = "accelerating-and-transforming-shapes";

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
    public string Summary => "Milliseconds of a 16-frame clip of every preset on one thread; scaling to two threads, memory a worker, bytes allocated a frame.";

    /// <summary>What is measured, in order: a case is an entry here.</summary>
    private static IEnumerable<Case> Cases =>
    [
        .. PresetLibrary.Names(SynthesisKind.Videos).Where(IsDrawnAlone).Select(preset => new Case(preset, "ms/clip", preset, 1, meter => meter.MillisecondsAClip())),
        new Case("scaling", "x", Typical, 2, meter => meter.Scaling()),
        new Case("memory", "MB", Typical, SynthesizeMeter.ExtraWorkers + 1, meter => meter.MegabytesAWorker()),
        new Case("allocated", "B/frame", Typical, 1, meter => meter.AllocatedAFrame()),
    ];

    /// <inheritdoc/>
    public async IAsyncEnumerable<BenchFigure> RunAsync([EnumeratorCancellation] CancellationToken ct)
    {
        foreach (Case one in Cases)
            yield return await Task.Factory.StartNew(() => Measure(one, ct), ct, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    private BenchFigure Measure(Case one, CancellationToken ct)
    {
        SynthesisRecipe recipe = new SynthesizeOptions { Preset = one.Preset, Count = SynthesizeMeter.Videos, Seed = 1, Size = _scale.Size }.ToRecipe();
        using SynthesizeMeter meter = new(one.Open(recipe), _scale, ct);
        SortedDictionary<string, string> config = new(StringComparer.Ordinal)
        {
            ["preset"] = one.Preset,
            ["size"] = string.Create(CultureInfo.InvariantCulture, $"{_scale.Size}x{_scale.Size}"),
            ["objects"] = recipe.Videos!.Objects.ToString(CultureInfo.InvariantCulture),
            ["frames"] = SynthesizeMeter.Frames.ToString(CultureInfo.InvariantCulture),
            ["stride"] = SynthesizeMeter.Stride.ToString(CultureInfo.InvariantCulture),
            ["videos"] = SynthesizeMeter.Videos.ToString(CultureInfo.InvariantCulture),
            ["threads"] = one.Threads.ToString(CultureInfo.InvariantCulture),
        };
        return new BenchFigure(Name, one.Name, one.Measure(meter), one.Unit, config);
    }

    // Without pools or real videos from elsewhere.
    private static bool IsDrawnAlone(string preset) => PresetLibrary.ReadVideos(preset) is { Textures.Count: 0, RealShare: 0 };

    private sealed record Case(string Name, string Unit, string Preset, int Threads, Func<SynthesizeMeter, double> Measure)
    {
        /// <summary>Opens the recipe with what it needs.</summary>
        public Func<SynthesisRecipe, SynthesisSource> Open { get; init; } = recipe => new SynthesisSource(recipe);
    }
}

/// <summary>How long and how large; the defaults are what is shipped, and tests take less.</summary>
internal sealed record SynthesizeBenchScale
{
    /// <summary>The side of the canvas in pixels.</summary>
    public int Size { get; init; } = 256;

    /// <summary>Clips before anything is measured, enough for the compiler to have done its best.</summary>
    public int WarmUp { get; init; } = 96;

    /// <summary>How long a case is measured.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(1.5);
}
