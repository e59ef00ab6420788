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

/// <summary>How a model is run.</summary>
public sealed record OnnxModelOptions
{
    /// <summary>Where the model runs. Default the processor.</summary>
    public OnnxDevice Device { get; init; } = OnnxDevice.Cpu;

    /// <summary>Number of the GPU. Default 0.</summary>
    [Range(0, 63)]
    public int DeviceId { get; init; }

    /// <summary>How much the graph is rewritten when it is loaded. Default everything.</summary>
    public OnnxOptimisation Optimisation { get; init; } = OnnxOptimisation.All;

    /// <summary>Threads of one run; 0 takes one for each core. Default 0.</summary>
    [Range(0, 1024)]
    public int Threads { get; init; }

    /// <summary>Holds the numbers against their ranges.</summary>
    /// <exception cref="OnnxModelException">One is out of its range; the message names it.</exception>
    internal void Validate(string model)
    {
        List<ValidationResult> wrong = [];
        if (!Validator.TryValidateObject(this, new ValidationContext(this), wrong, validateAllProperties: true))
            throw new OnnxModelException(model, $"cannot be run as asked: {string.Join(' ', wrong.Select(result => result.ErrorMessage))}");
    }
}
