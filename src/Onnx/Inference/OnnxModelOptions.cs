using System.ComponentModel.DataAnnotations;

namespace Unreel.Onnx;

/// <summary>Where models run.</summary>
public enum OnnxDevice
{
    /// <summary>The processor.</summary>
    Cpu,

    /// <summary>An NVIDIA GPU; needs a library with the CUDA provider.</summary>
    Cuda,
}

/// <summary>How much ONNX Runtime rewrites a graph when it loads it.</summary>
public enum OnnxOptimisation
{
    /// <summary>Not at all.</summary>
    Disabled,

    /// <summary>Rewrites that keep the operators standard ones.</summary>
    Basic,

    /// <summary>Fusions that depend on where the graph runs, too.</summary>
    Extended,

    /// <summary>Layouts of memory, too; not every version knows it apart from <see cref="All"/>.</summary>
    Layout,

    /// <summary>Everything.</summary>
    All,
}

/// <summary>How cuDNN's algorithm for a convolution is chosen.</summary>
public enum CudnnSearch
{
    /// <summary>By rules: next to nothing for a new batch size.</summary>
    Heuristic,

    /// <summary>By trying all: most of a second for each new batch size.</summary>
    Exhaustive,

    /// <summary>Always the same one.</summary>
    Default,
}

/// <summary>How a model is run.</summary>
public sealed record OnnxModelOptions
{
    /// <summary>Where the model runs. Default the processor.</summary>
    public OnnxDevice Device { get; init; } = OnnxDevice.Cpu;

    /// <summary>Number of the GPU. Default 0.</summary>
    [Range(0, 63)]
    public int DeviceId { get; init; }

    /// <summary>Whether the processor is used where the device cannot be; <see cref="OnnxModel.Notice"/> then says why. Default no: that it cannot is an error. It is about the device as a whole, see <see cref="OnnxModel.Provider"/>.</summary>
    public bool AllowCpuFallback { get; init; }

    /// <summary>Bytes of the GPU's memory that tensors may take, at least 1 MiB; null for all there is. Default null.</summary>
    [Range(1L << 20, long.MaxValue)]
    public long? GpuMemoryLimit { get; init; }

    /// <summary>How cuDNN's algorithms are chosen. Default by rules.</summary>
    public CudnnSearch CudnnSearch { get; init; } = CudnnSearch.Heuristic;

    /// <summary>Whether the GPU may round the factors of products of 32-bit floats to 10 bits of mantissa, which is faster on GPUs from Ampere on and off by about 1e-3. Default no.</summary>
    public bool AllowTf32 { get; init; }

    /// <summary>More execution providers that the library offers, tried before the processor and in this order, such as <c>XNNPACK</c>. Default none.</summary>
    public IReadOnlyList<string> Providers { get; init; } = [];

    /// <summary>How much the graph is rewritten. Default everything.</summary>
    public OnnxOptimisation Optimisation { get; init; } = OnnxOptimisation.All;

    /// <summary>Threads of one run; 0 takes one for each core. Default 0.</summary>
    [Range(0, 1024)]
    public int Threads { get; init; }

    /// <summary>
    /// Whether threads spin while they wait. Default no: spinning wins little when alone on a machine, and takes the cores from decoding when not.
    /// </summary>
    public bool Spinning { get; init; }

    /// <summary>Whether memory of the processor is kept between runs. Default yes; without, a run takes longer and gives back what it took.</summary>
    public bool MemoryArena { get; init; } = true;

    /// <summary>Whether memory of a batch size is planned in one piece after its first run. Default yes.</summary>
    public bool MemoryPattern { get; init; } = true;

    /// <summary>
    /// Where the times of all nodes are written when the model is closed, a file in the format of Chrome's tracer: its name begins with this,
    /// and the time and <c>.json</c> follow. Null for no profile. Default null.
    /// </summary>
    public string? ProfileTo { get; init; }

    /// <summary>Holds the numbers against their ranges.</summary>
    /// <exception cref="OnnxModelException">One is out of its range; the message names it.</exception>
    internal void Validate(string model)
    {
        List<ValidationResult> wrong = [];
        if (!Validator.TryValidateObject(this, new ValidationContext(this), wrong, validateAllProperties: true))
            throw new OnnxModelException(model, $"cannot be run as asked: {string.Join(' ', wrong.Select(result => result.ErrorMessage))}");
        if (ProfileTo is { } profile && !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(profile))))
            throw new OnnxModelException(model, $"cannot be profiled to '{profile}': there is no such folder");
    }
}
