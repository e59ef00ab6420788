using System.Runtime.InteropServices;
using Unreel.Artifacts;
using Unreel.Distributed;
using Unreel.Modeling;
using Unreel.Onnx;
using Unreel.Pipelines;
using Unreel.Video;

namespace Unreel.Cli.Hosting;

/// <summary>One thing the doctor looked at.</summary>
/// <param name="Part">What it is.</param>
/// <param name="Found">What was found, or why it was not.</param>
/// <param name="IsMissing">Whether it is missing.</param>
/// <param name="Remedy">The command that mends it; null where there is nothing to mend.</param>
/// <param name="IsNeeded">Whether nothing works without it.</param>
internal sealed record Finding(string Part, string Found, bool IsMissing = false, string? Remedy = null, bool IsNeeded = true);

/// <summary>Looks at what the work is done with.</summary>
internal static class Diagnosis
{
    private const string Driver = "/proc/driver/nvidia/version";
    private const string Prepare = "infra/unreel doctor (the launcher installs and compiles it)";

    public static IEnumerable<Finding> OfMachine()
    {
        DefaultRuntimeDescription basis = new();
        yield return new Finding("unreel", basis.Code);
        yield return new Finding("runtime", $"{RuntimeChoice.Name} ({(RuntimeChoice.Name == "system" ? "libraries of this machine" : "NuGet packages")})");
        yield return new Finding(".NET", $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier}");
        yield return new Finding("machine", basis.Machine);
        yield return Look("torch", () =>
        {
            TorchInfo torch = TorchInfo.Get();
            return $"libtorch {torch.Version} through {torch.Runtime}, device {torch.Device}, {torch.Threads} threads";
        });
        yield return DistributedRuntime.WhyNot() is { } why
            ? new Finding("many processes", $"cannot train together, because {why}", IsMissing: true, Remedy: Prepare, IsNeeded: false)
            : new Finding("many processes", $"can train together (--nproc), over {string.Join(" and ", DistributedRuntime.Backends())}");
        yield return Look("onnx runtime", () =>
        {
            OnnxRuntimeInfo runtime = OnnxRuntimeInfo.Load();
            return $"{runtime.Version}, {runtime.Library}, {Devices()}";
        });
        yield return Look("libav", () => VideoFiles.LibavVersion());
        yield return new Finding("OMP_WAIT_POLICY", Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") ?? "not set: threads that wait spin, which is slow on a busy machine",
            Remedy: Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") is null ? "export OMP_WAIT_POLICY=PASSIVE" : null);
        yield return Program("npm", "brings ONNX Runtime and, for tests, Azurite", "apt-get install npm");
        yield return Program("cmake", "compiles the native libraries", "apt-get install cmake");
        yield return Gpu();
    }

    /// <summary>Whether the store answers.</summary>
    public static async Task<Finding> OfStoreAsync(string location, CancellationToken ct)
    {
        try
        {
            ArtifactStore store = ArtifactStores.Open(location);
            int tags = 0;
            await foreach (Tag tag in store.ListTagsAsync(null, ct))
                tags++;

            return new Finding("store", $"{store.Location}, {tags} tags");
        }
        catch (StoreException e)
        {
            return new Finding("store", e.Message, IsMissing: true, Remedy: "name another with --store or UNREEL_STORE");
        }
    }

    private static Finding Look(string part, Func<string> look)
    {
        try
        {
            return new Finding(part, look());
        }
        catch (Exception e) when (e is ModelException or OnnxModelException or VideoException or DllNotFoundException or TypeInitializationException)
        {
            return new Finding(part, e.Message, IsMissing: true, Remedy: Prepare);
        }
    }

    private static Finding Program(string name, string purpose, string remedy)
    {
        string? found = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
        return found is null
            ? new Finding(name, $"not found ({purpose})", IsMissing: true, Remedy: remedy, IsNeeded: false)
            : new Finding(name, $"{found} ({purpose})");
    }

    // Without a driver the reason is plain; with one it is worth reading.
    private static string Devices() =>
        !File.Exists(Driver) ? "on the CPU"
        : OnnxRuntimeInfo.WhyNoCuda() is { } why ? $"on the CPU, although there is a GPU: {why}"
        : "on the CPU and CUDA";

    private static Finding Gpu() => File.Exists(Driver)
        ? new Finding("nvidia driver", File.ReadLines(Driver).First())
        : new Finding("nvidia driver", "none; everything runs on the CPU");
}
