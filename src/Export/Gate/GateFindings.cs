using Unreel.Onnx;

namespace Unreel.Export;

/// <summary>What became of a provider.</summary>
/// <param name="Provider">The provider.</param>
/// <param name="Rows">The logits of each clip as the model is served there, one at a time and optimised as far as it can be; null where it did not run.</param>
/// <param name="How">How those were come by; null where it did not run.</param>
internal sealed record ProviderFindings(GateProvider Provider, IReadOnlyDictionary<int, float[]>? Rows = null, OnnxModelOptions? How = null)
{
    /// <summary>Levels of optimisation at which the model could not be run, which was excused, with the reasons.</summary>
    public IReadOnlyDictionary<OnnxOptimisation, string> Failures { get; init; } = new Dictionary<OnnxOptimisation, string>();

    /// <summary>Why the model ran on it not at all, or not at every level; null where it did.</summary>
    public string? WhyNot => Provider.WhyNot ?? (Failures.Count == 0 ? null : string.Join(
        "; ",
        Failures.GroupBy(failure => failure.Value, failure => failure.Key).Select(group => $"at {string.Join(", ", group.Select(level => level.ToString().ToLowerInvariant()))}: {group.Key}")));
}

/// <summary>What the gate found.</summary>
/// <param name="Parity">All comparisons.</param>
/// <param name="Served">The logits of each clip as the model is served: one clip at a time, on the first provider that runs it.</param>
/// <param name="How">How that was.</param>
/// <param name="Providers">The providers, used or not.</param>
internal sealed record GateFindings(ParityReport Parity, IReadOnlyDictionary<int, float[]> Served, OnnxModelOptions How, IReadOnlyList<ProviderFindings> Providers);
