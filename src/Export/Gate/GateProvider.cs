using Unreel.Onnx;
using Unreel.Pipelines;

namespace Unreel.Export;

/// <summary>An execution provider that the ONNX Runtime in use offers.</summary>
/// <param name="Name">Its short name, e.g. <c>cuda</c>.</param>
/// <param name="Device">What to ask for; null where it cannot be used.</param>
/// <param name="WhyNot">Why it cannot be used; null where it can.</param>
internal sealed record GateProvider(string Name, OnnxDevice? Device, string? WhyNot = null)
{
    private const string Suffix = "ExecutionProvider";

    /// <summary>Asks the library what it offers and tries it.</summary>
    /// <param name="asked">Short names of those that must be usable; empty for all that are.</param>
    /// <returns>All that are to be reported, usable or not.</returns>
    /// <exception cref="UsageException">One that was asked for is not there or cannot be used.</exception>
    public static IReadOnlyList<GateProvider> Find(IReadOnlyList<string> asked) => Choose([.. OnnxRuntimeInfo.Load().Providers.Select(Try)], asked);

    /// <summary>Chooses among what is there.</summary>
    /// <inheritdoc cref="Find"/>
    public static IReadOnlyList<GateProvider> Choose(IReadOnlyList<GateProvider> present, IReadOnlyList<string> asked)
    {
        foreach (string name in asked)
        {
            GateProvider found = present.FirstOrDefault(provider => provider.Name == name)
                ?? throw new UsageException($"providers names '{name}'; this ONNX Runtime offers {string.Join(", ", present.Select(provider => provider.Name))}.");
            if (found.WhyNot is { } reason)
                throw new UsageException($"providers names '{name}', which cannot be used here: {reason}");
        }

        return asked.Count == 0 ? present : [.. present.Where(provider => asked.Contains(provider.Name))];
    }

    private static GateProvider Try(string offered)
    {
        string name = offered.Replace(Suffix, string.Empty, StringComparison.Ordinal).ToLowerInvariant();
        return name switch
        {
            "cpu" => new GateProvider(name, OnnxDevice.Cpu),
            "cuda" => OnnxRuntimeInfo.WhyNoCuda() is { } reason ? new GateProvider(name, null, reason) : new GateProvider(name, OnnxDevice.Cuda),
            _ => new GateProvider(name, null, "the library offers it, but models are run on cpu and cuda only"),
        };
    }
}
