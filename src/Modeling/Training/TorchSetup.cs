using System.ComponentModel.DataAnnotations;
using System.Globalization;
using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>Where and with how many threads torch computes.</summary>
public sealed record TorchOptions
{
    /// <summary><c>auto</c> (CUDA where there is a device), <c>cpu</c> or <c>cuda</c>. Default <c>auto</c>.</summary>
    [RegularExpression("auto|cpu|cuda")]
    public string Device { get; init; } = "auto";

    /// <summary>Threads of one operator. Default 0: as many as there are physical cores. Results depend on the number in their last bits.</summary>
    [Range(0, 1024)]
    public int Threads { get; init; }
}

/// <summary>Sets torch up before it is used.</summary>
/// <remarks>
/// With the same number of threads on the same kind of machine every operator used here adds in the same order, so that runs
/// repeat bit for bit. OpenMP's waiting threads must not spin on a shared machine: set OMP_WAIT_POLICY=PASSIVE.
/// </remarks>
internal static class TorchSetup
{
    private const string CpuInfo = "/proc/cpuinfo";

    /// <summary>Applies options and finds the device.</summary>
    /// <exception cref="ModelException">CUDA is asked for and there is none.</exception>
    public static Device Apply(TorchOptions options)
    {
        set_num_threads(options.Threads > 0 ? options.Threads : PhysicalCores());
        bool accelerated = options.Device == "cuda" || (options.Device == "auto" && cuda.is_available());
        if (accelerated && !cuda.is_available())
            throw new ModelException("Device 'cuda' was asked for, but torch finds no CUDA device here; use 'cpu' or 'auto'.");

        return accelerated ? CUDA : CPU;
    }

    /// <summary>Physical cores as /proc/cpuinfo tells them, or logical ones where it does not.</summary>
    public static int PhysicalCores()
    {
        if (!File.Exists(CpuInfo))
            return Environment.ProcessorCount;

        int cores = CountCores(File.ReadLines(CpuInfo));
        return cores == 0 ? Environment.ProcessorCount : Math.Min(cores, Environment.ProcessorCount);
    }

    internal static int CountCores(IEnumerable<string> cpuInfo)
    {
        var cores = new HashSet<(int Package, int Core)>();
        int package = 0;
        foreach (string line in cpuInfo)
        {
            if (Field(line, "physical id") is { } packageNumber)
                package = packageNumber;
            else if (Field(line, "core id") is { } core)
                cores.Add((package, core));
        }

        return cores.Count;
    }

    private static int? Field(string line, string name) =>
        line.StartsWith(name, StringComparison.Ordinal)
            && int.TryParse(line[(line.IndexOf(':') + 1)..], CultureInfo.InvariantCulture, out int value) ? value : null;
}
