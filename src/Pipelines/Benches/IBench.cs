namespace Unreel.Pipelines;

/// <summary>
/// Measures how fast a part of Unreel is on this machine, for <c>unreel bench NAME</c>. A bench needs no input and no network,
/// makes what it measures on, stays under two minutes in all, and warms up until its figures have settled.
/// </summary>
/// <remarks>
/// Register one with <see cref="PipelineServices"/>' <c>AddBench</c>. What is compared (one thread with two, ours with another's)
/// is measured in one run, taking turns, and the figure is the median.
/// </remarks>
public interface IBench
{
    /// <summary>The name on the command line, e.g. <c>synthesize</c>: lower-case letters, digits and hyphens.</summary>
    string Name { get; }

    /// <summary>What it measures, in one sentence.</summary>
    string Summary { get; }

    /// <summary>Measures; each figure comes as soon as it is there.</summary>
    IAsyncEnumerable<BenchFigure> RunAsync(CancellationToken ct);
}

/// <summary>One figure; as JSON an object of exactly these five, by their names in lower case.</summary>
/// <param name="Bench">The bench's name.</param>
/// <param name="Case">What was measured, e.g. a preset; with bench and unit it tells the figure from others over time.</param>
/// <param name="Value">The figure, finite.</param>
/// <param name="Unit">Its unit, e.g. <c>ms/clip</c>, <c>clips/s</c>, <c>x</c> for ratios, <c>MB</c> for 10^6 bytes.</param>
/// <param name="Config">All that decides the figure: sizes, counts, threads; the command adds the machine and the version of the code.</param>
public sealed record BenchFigure(string Bench, string Case, double Value, string Unit, IReadOnlyDictionary<string, string> Config);
