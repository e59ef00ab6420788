using Unreel.Onnx;

namespace Unreel.Serve.Benches;

/// <summary>What is measured of a server and how long; the defaults are what is shipped, and tests take less.</summary>
internal sealed record ServeBenchScale
{
    /// <summary>The models whose throughput is measured.</summary>
    public IReadOnlyList<(string Name, ClassifierShape Shape)> Models { get; init; } = [("ti-112", BenchModel.Ti), ("s-224", BenchModel.S)];

    /// <summary>Turns that both sides of a comparison take.</summary>
    public int Turns { get; init; } = 6;

    /// <summary>How long a turn takes at least.</summary>
    public TimeSpan Turn { get; init; } = TimeSpan.FromSeconds(1.25);

    /// <summary>Clients that send frames at a time.</summary>
    public int Clients { get; init; } = 2;

    /// <summary>Requests whose added latency is measured.</summary>
    public int Requests { get; init; } = 1000;

    /// <summary>The model that a server is started with.</summary>
    public (string Name, ClassifierShape Shape) Started { get; init; } = ("s-224", BenchModel.S);

    /// <summary>The model that the crowd asks.</summary>
    public ClassifierShape Crowded { get; init; } = BenchModel.Ti;

    /// <summary>How long it is measured what a server can bear.</summary>
    public TimeSpan Bearable { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often a server is started.</summary>
    public int Starts { get; init; } = 3;

    /// <summary>How often a tag is moved.</summary>
    public int Moves { get; init; } = 100;

    /// <summary>Requests that have the server for themselves, before the crowd comes.</summary>
    public int Alone { get; init; } = 100;

    /// <summary>How long the crowd stays.</summary>
    public TimeSpan Crowd { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Threads of an inference; 0 means all cores.</summary>
    public int Threads { get; init; }

    /// <summary>Where a folder is made for what is written; it is gone at the end.</summary>
    public string TemporaryFolder { get; init; } = Path.GetTempPath();
}
