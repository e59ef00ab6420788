using System.Reflection;

namespace Unreel.Cli.Hosting;

/// <summary>Which runtime this program was built on; see <c>src/Runtimes/Runtimes.props</c>.</summary>
internal static class RuntimeChoice
{
    /// <summary><c>system</c> or <c>nuget</c>.</summary>
    public static string Name { get; } = typeof(RuntimeChoice).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => metadata.Key == "UnreelRuntime").Value!;
}
