using Unreel.Onnx;
using Unreel.Serve.Scoring;
using Unreel.Video;

namespace Unreel.Serve.Benches;

/// <summary>Videos and a model, and what they are scored with.</summary>
/// <param name="Name">What figures call it.</param>
/// <param name="Frame">Size of the videos.</param>
/// <param name="Frames">Frames of a video.</param>
/// <param name="Videos">How many videos.</param>
/// <param name="Model">Sizes of the model.</param>
/// <param name="Workers">Videos decoded at a time.</param>
/// <param name="Plan">Threads of an inference, and inferences at a time.</param>
internal sealed record ScoreBenchCase(string Name, FrameSize Frame, int Frames, int Videos, ClassifierShape Model, int Workers, ScorePlan Plan);

/// <summary>What is measured and how long; the defaults are what is shipped, and tests take less.</summary>
internal sealed record ScoreBenchScale
{
    private static readonly int Cores = Environment.ProcessorCount;

    /// <summary>The cases, in order.</summary>
    public IReadOnlyList<ScoreBenchCase> Cases { get; init; } =
    [
        new("decode-bound", new FrameSize(640, 360), 64, 60 * Cores, Shape(width: 24, depth: 1, size: 64), Cores, ScorePlan.Choose(0, 0, "cpu", Cores)),
        new("inference-bound", new FrameSize(96, 96), 16, 10 * Cores, Shape(width: 384, depth: 12), Cores, ScorePlan.Choose(0, 0, "cpu", Cores)),
        new("balanced", new FrameSize(320, 240), 64, 30 * Cores, Shape(width: 96, depth: 4), Half, new ScorePlan(1, Half)),
    ];

    /// <summary>How often each is measured; the median counts.</summary>
    public int Rounds { get; init; } = 3;

    /// <summary>The folder for videos and models; gone afterwards.</summary>
    public string TemporaryFolder { get; init; } = Path.GetTempPath();

    private static int Half => Math.Max(1, Cores / 2);

    /// <summary>A model of 16 square frames.</summary>
    public static ClassifierShape Shape(int width, int depth, int size = 112) => new() { Frames = 16, Size = size, Patch = 16, Width = width, Depth = depth, Heads = width / 8, Classes = 10 };
}
