using System.Runtime.InteropServices;
using static TorchSharp.PInvoke.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>The version of libtorch.</summary>
    public static string __version__ => Marshal.PtrToStringUTF8(unreel_torch_version())!;

    /// <summary>How many threads one operator may use.</summary>
    public static int get_num_threads() => unreel_num_threads();

    /// <summary>Sets how many threads one operator may use.</summary>
    public static void set_num_threads(int num) => Check(unreel_set_num_threads(num));

    /// <summary>How many operators may run beside each other.</summary>
    public static int get_num_interop_threads() => unreel_num_interop_threads();

    /// <summary>Sets how many operators may run beside each other; only before the first does.</summary>
    public static void set_num_interop_threads(int num) => Check(unreel_set_num_interop_threads(num));

    /// <summary>Whether a CUDA device can be used.</summary>
    public static bool cuda_is_available() => cuda.is_available();

    /// <summary>Readies a device and returns it; without one, the default.</summary>
    public static Device InitializeDevice(Device? device)
    {
        device ??= CPU;
        InitializeDeviceType(device.type);
        return device;
    }

    /// <summary>Readies a kind of device, or throws if there is none of it.</summary>
    public static void InitializeDeviceType(DeviceType deviceType)
    {
        if (!TryInitializeDeviceType(deviceType))
            throw new InvalidOperationException($"Torch device type {deviceType} did not initialise on the current machine.");
    }

    /// <summary>Readies a kind of device; returns false if there is none of it.</summary>
    public static bool TryInitializeDeviceType(DeviceType deviceType) =>
        deviceType != DeviceType.CUDA || cuda.is_available();

    /// <summary>CUDA devices.</summary>
    public static partial class cuda
    {
        /// <summary>Whether a CUDA device can be used.</summary>
        public static bool is_available() => unreel_cuda_available() != 0;

        /// <summary>How many CUDA devices there are.</summary>
        public static int device_count() => unreel_cuda_device_count();

        /// <summary>Waits until a device has done everything asked of it.</summary>
        public static void synchronize(Device? device = null) => Check(unreel_cuda_synchronize(device?.index ?? -1));
    }
}
