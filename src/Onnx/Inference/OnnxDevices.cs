using System.Globalization;

namespace Unreel.Onnx;

/// <summary>Devices as users name them.</summary>
public static class OnnxDevices
{
    /// <summary>What can be named, for help texts.</summary>
    public const string Help = "cpu, cuda, or cuda:1 for another GPU than the first; cuda,cpu takes the processor where CUDA cannot be used";

    /// <summary>Reads a device's name.</summary>
    /// <param name="options">What else is wanted.</param>
    /// <param name="device">See <see cref="Help"/>.</param>
    /// <exception cref="FormatException">It names no device; the message says what was expected.</exception>
    public static OnnxModelOptions On(this OnnxModelOptions options, string device)
    {
        bool falls = device.EndsWith(",cpu", StringComparison.Ordinal);
        string first = falls ? device[..^4] : device;
        if (first == "cpu" && !falls)
            return options with { Device = OnnxDevice.Cpu };
        if (first == "cuda")
            return options with { Device = OnnxDevice.Cuda, DeviceId = 0, AllowCpuFallback = falls };
        return first.StartsWith("cuda:", StringComparison.Ordinal) && int.TryParse(first[5..], NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number < 64
            ? options with { Device = OnnxDevice.Cuda, DeviceId = number, AllowCpuFallback = falls }
            : throw new FormatException($"'{device}' is no device; expected {Help}.");
    }
}
