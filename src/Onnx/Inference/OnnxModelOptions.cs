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

/// <summary>How a model is run.</summary>
public sealed record OnnxModelOptions
{
    /// <summary>Where the model runs. Default the processor.</summary>
    public OnnxDevice Device { get; init; } = OnnxDevice.Cpu;

    /// <summary>Number of the GPU. Default 0.</summary>
    [Range(0, 63)]
    public int DeviceId { get; init; }

    /// <summary>Threads of one run; 0 takes one for each core. Default 0.</summary>
    [Range(0, 1024)]
    public int Threads { get; init; }

    /// <summary>
    /// Whether idle threads spin before they sleep. Default false: spinning wins little when alone on a machine and
    /// takes the cores from decoding when not.
    /// </summary>
    public bool Spin { get; init; }
}
