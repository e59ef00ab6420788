namespace TorchSharp;

/// <summary>The kinds of device libtorch knows; CPU and CUDA are the ones used here.</summary>
public enum DeviceType
{
    /// <summary>The processor.</summary>
    CPU = 0,

    /// <summary>An NVIDIA GPU.</summary>
    CUDA = 1,

    /// <summary>Shapes without data.</summary>
    META = 14,
}

/// <summary>Tensors, networks and optimisers, named as in PyTorch.</summary>
public static partial class torch
{
    /// <summary>The processor.</summary>
    public static readonly Device CPU = new(DeviceType.CPU, -1);

    /// <summary>Shapes without data.</summary>
    public static readonly Device META = new(DeviceType.META, -1);

    /// <summary>The current CUDA device.</summary>
    public static Device CUDA { get; } = new(DeviceType.CUDA, -1);

    /// <summary>Makes a device from text such as "cpu" or "cuda:1".</summary>
    public static Device device(string description) => new(description);

    /// <summary>Makes a device from its type's name and its index.</summary>
    public static Device device(string deviceType, int index = -1) => new(deviceType, index);

    /// <summary>Makes a device from its type and index.</summary>
    public static Device device(DeviceType deviceType, int index = -1) => new(deviceType, index);

    /// <summary>Makes the CUDA device of an index.</summary>
    public static Device device(int index) => new(DeviceType.CUDA, index);

    /// <summary>Where a tensor lives.</summary>
    public class Device
    {
        /// <summary>Reads text such as "cpu" or "cuda:1".</summary>
        public Device(string description)
        {
            var parts = description.Split(':');
            if (parts.Length > 2)
                throw new ArgumentException($"'{description}' is not a device: expected TYPE or TYPE:INDEX.");
            type = Parse(parts[0]);
            index = parts.Length == 2 ? int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture) : -1;
        }

        /// <summary>Makes a device from its type's name and its index.</summary>
        public Device(string deviceType, int index = -1)
        {
            type = Parse(deviceType);
            this.index = index;
        }

        /// <summary>Makes a device from its type and index.</summary>
        public Device(DeviceType deviceType, int index = -1)
        {
            type = deviceType;
            this.index = index;
        }

        /// <summary>Makes the CUDA device of an index.</summary>
        public Device(int index)
        {
            type = DeviceType.CUDA;
            this.index = index;
        }

        /// <summary>The kind of device.</summary>
        public DeviceType type { get; private set; } = DeviceType.CPU;

        /// <summary>Which of its kind, or -1 for the current one.</summary>
        public int index { get; private set; } = -1;

        internal long Packed => ((long)index << 32) | (uint)type;

        /// <summary>Reads text such as "cpu" or "cuda:1".</summary>
        public static implicit operator Device(string description) => new(description);

        /// <inheritdoc/>
        public override string ToString() =>
            type == DeviceType.CPU || index == -1 ? Name : $"{Name}:{index}";

        private string Name => type.ToString().ToLowerInvariant();

        internal static Device Unpack(long packed) => new((DeviceType)(int)packed, (int)(packed >> 32));

        private static DeviceType Parse(string name) => name.ToUpperInvariant() switch
        {
            "CPU" => DeviceType.CPU,
            "CUDA" => DeviceType.CUDA,
            "META" => DeviceType.META,
            _ => throw new ArgumentException($"'{name}' is not a device type: expected cpu, cuda or meta."),
        };
    }
}
