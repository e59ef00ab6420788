using System.ComponentModel.DataAnnotations;
using System.Globalization;
using TorchSharp;
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

    /// <summary>How many processes share the physical cores, where <see cref="Threads"/> is 0. Default 1.</summary>
    public int CoreSharers { get; init; } = 1;

    /// <summary>Index of the CUDA device. Default 0.</summary>
    public int DeviceIndex { get; init; }

    /// <summary>The same for one of several processes: its share of the cores, and a device of its own.</summary>
    public TorchOptions For(ICollectives processes) => this with { CoreSharers = processes.CoreSharers, DeviceIndex = processes.LocalRank };
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
        set_num_threads(options.Threads > 0 ? options.Threads : Math.Max(1, PhysicalCores() / options.CoreSharers));
        bool accelerated = options.Device == "cuda" || (options.Device == "auto" && cuda.is_available());
        if (accelerated && !cuda.is_available())
            throw new ModelException("Device 'cuda' was asked for, but torch finds no CUDA device here; use 'cpu' or 'auto'.");

        if (!accelerated)
            return CPU;

        int index = IndexAmong(options.DeviceIndex, cuda.device_count(), Environment.GetEnvironmentVariable);
        return index == 0 ? CUDA : new Device(DeviceType.CUDA, index);
    }

    /// <summary>Physical cores as /proc/cpuinfo tells them, or logical ones where it does not.</summary>
    public static int PhysicalCores()
    {
        if (!File.Exists(CpuInfo))
            return Environment.ProcessorCount;

        int cores = CountCores(File.ReadLines(CpuInfo));
        return cores == 0 ? Environment.ProcessorCount : Math.Min(cores, Environment.ProcessorCount);
    }

    /// <summary>The index of this process's device among those that it sees.</summary>
    /// <param name="wanted">The process's number on its machine.</param>
    /// <param name="count">How many devices it sees.</param>
    /// <param name="variable">Gives an environment variable, or null.</param>
    /// <exception cref="ModelException">There are too few.</exception>
    internal static int IndexAmong(int wanted, int count, Func<string, string?> variable)
    {
        if (wanted < count)
            return wanted;

        // A scheduler that gives each task one device shows it no other, under the index 0. Processes of --nproc all see the same.
        bool hasItsOwn = count == 1 && variable("UNREEL_LAUNCHED") is null && variable("CUDA_VISIBLE_DEVICES") is { Length: > 0 } visible && !visible.Contains(',', StringComparison.Ordinal);
        return hasItsOwn
            ? 0
            : throw new ModelException($"Process {wanted} of this machine needs CUDA device {wanted}, but there are {count}; start as many processes as there are devices.");
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
