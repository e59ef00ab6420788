using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Unreel.Pipelines;

/// <summary>Says what the work is done with, for lineage and run records.</summary>
public interface IRuntimeDescription
{
    /// <summary>The version of Unreel.</summary>
    string Code { get; }

    /// <summary><c>system</c> or <c>nuget</c> with the versions of the libraries. Part of an artifact's identity: it must not depend on time or place.</summary>
    string Runtime { get; }

    /// <summary>Processor, cores, memory and operating system, in words; without the machine's name.</summary>
    string Machine { get; }
}

/// <summary>What can be said without knowing the libraries: the version of the program, of .NET, and the machine.</summary>
public sealed class DefaultRuntimeDescription : IRuntimeDescription
{
    /// <inheritdoc/>
    public string Code { get; } = typeof(DefaultRuntimeDescription).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <inheritdoc/>
    public string Runtime => $".NET {Environment.Version}";

    /// <inheritdoc/>
    public string Machine { get; } = string.Create(
        CultureInfo.InvariantCulture,
        $"{Processor()}, {Environment.ProcessorCount} cores, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30} GiB, {RuntimeInformation.OSDescription}");

    private static string Processor()
    {
        const string Information = "/proc/cpuinfo";
        string? line = File.Exists(Information)
            ? File.ReadLines(Information).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))
            : null;
        return line is null ? RuntimeInformation.ProcessArchitecture.ToString() : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }
}
