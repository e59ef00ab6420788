using System.Reflection;

namespace Unreel.Distributed;

/// <summary>Whether several processes can train together here.</summary>
public static class DistributedRuntime
{
    private const string System = "system";

    private static readonly string[] Known = ["gloo", "nccl"];

    /// <summary>The runtime that this program was built on: <c>nuget</c> or <c>system</c>.</summary>
    public static string Name { get; } =
        typeof(DistributedRuntime).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == "UnreelRuntime").Value!;

    /// <summary>Says why they cannot, in words that follow "because", or null where they can.</summary>
    public static string? WhyNot() => WhyNot(Name, Has);

    /// <summary>What processes exchange tensors over: <c>gloo</c>, <c>nccl</c> or both.</summary>
    public static IReadOnlyList<string> Backends() => [.. Known.Where(Has)];

    internal static string? WhyNot(string runtime, Func<string, bool> has)
    {
        if (runtime != System)
            return $"only the runtime '{System}' has c10d, and this program was built on '{runtime}': build with UNREEL_RUNTIME={System}";

        try
        {
            return Known.Any(has) ? null : "libunreel_c10d has neither Gloo nor NCCL";
        }
        catch (DllNotFoundException e)
        {
            return $"libunreel_c10d cannot be loaded (it is built where libtorch has c10d and Gloo's headers are there, in Debian libgloo-dev): {e.Message.ReplaceLineEndings(" ")}";
        }
    }

    private static bool Has(string backend) => NativeMethods.unreel_c10d_has(backend) != 0;
}
