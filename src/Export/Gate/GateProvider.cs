using Unreel.Onnx;
using Unreel.Pipelines;

namespace Unreel.Export;

/// <summary>An execution provider that the ONNX Runtime in use offers.</summary>
/// <param name="Name">Its short name, e.g. <c>cuda</c>.</param>
/// <param name="Options">How a model is run on it; null where it cannot be used.</param>
/// <param name="WhyNot">Why it cannot be used; null where it can.</param>
internal sealed record GateProvider(string Name, OnnxModelOptions? Options, string? WhyNot = null)
{
    /// <summary>The processor.</summary>
    public const string Cpu = "cpu";

    /// <summary>NVIDIA's GPUs.</summary>
    public const string Cuda = "cuda";

    private const string Suffix = "ExecutionProvider";

    // Runs operators that stand for calls of a service, and nothing that is in our graphs.
    private const string Azure = "azure";

    /// <summary>Whether it is one that every machine has or everyone wants, and not one that takes the graphs that it likes.</summary>
    public bool IsUsual => Name is Cpu or Cuda;

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
        string native = offered.Replace(Suffix, string.Empty, StringComparison.Ordinal);
        string name = native.ToLowerInvariant();
        return name switch
        {
            Cpu => new GateProvider(name, new OnnxModelOptions()),
            Cuda => Usable(name, OnnxRuntimeInfo.WhyNoCuda(), new OnnxModelOptions { Device = OnnxDevice.Cuda }),
            Azure => new GateProvider(name, null, "it calls a service; models here have nothing for it to run"),
            _ => Usable(name, OnnxRuntimeInfo.WhyNot(native), new OnnxModelOptions { Providers = [native] }),
        };
    }

    private static GateProvider Usable(string name, string? whyNot, OnnxModelOptions options) => new(name, whyNot is null ? options : null, whyNot);
}
