using System.Globalization;
using Unreel.Modeling;

namespace Unreel.Export;

/// <summary>A size of network to measure.</summary>
/// <param name="Model">The preset.</param>
/// <param name="ImageSize">Side of the frames.</param>
internal sealed record InferCase(string Model, int ImageSize)
{
    /// <summary>The sizes.</summary>
    public VideoTransformerShape Shape => Presets.Get(Model) with { ImageSize = ImageSize };

    /// <summary>All that decides the figures and lies in the network.</summary>
    public SortedDictionary<string, string> Config(int classes) => new(StringComparer.Ordinal)
    {
        ["model"] = Model,
        ["width"] = Text(Shape.Width),
        ["depth"] = Text(Shape.Depth),
        ["heads"] = Text(Shape.Heads),
        ["image_size"] = Text(ImageSize),
        ["frames"] = Text(Shape.Frames),
        ["tubelet"] = Text(Shape.TubeletSize),
        ["patch"] = Text(Shape.PatchSize),
        ["tokens"] = Text(Shape.Tokens),
        ["classes"] = Text(classes),
        ["weights"] = "normal, std .02",
    };

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>What is measured and how long; the defaults are what is shipped, and tests take less.</summary>
internal sealed record InferBenchScale
{
    /// <summary>The networks that are run, in order.</summary>
    public IReadOnlyList<InferCase> Cases { get; init; } = [new("ti", 112), new("s", 224)];

    /// <summary>The network whose graph is written and not run.</summary>
    public InferCase Exported { get; init; } = new("b", 224);

    /// <summary>Classes of the head.</summary>
    public int Classes { get; init; } = 400;

    /// <summary>Threads of a run.</summary>
    public int Threads { get; init; } = 2;

    /// <summary>Clips that graphs take in turn.</summary>
    public int Clips { get; init; } = 4;

    /// <summary>How many of the clips ranges are found on.</summary>
    public int CalibrationClips { get; init; } = 2;

    /// <summary>How often a graph is loaded on its own, and how often the large one is written.</summary>
    public int Loads { get; init; } = 3;

    /// <summary>Turns of all graphs before any is measured.</summary>
    public int WarmUp { get; init; } = 2;

    /// <summary>Turns measured at least.</summary>
    public int FewestTurns { get; init; } = 5;

    /// <summary>How long the graphs of a network take turns at least.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(12);

    /// <summary>Where a folder is made for what is written; it is gone at the end. It should lie on a disk, not in memory.</summary>
    public string TemporaryFolder { get; init; } = Path.GetTempPath();
}
