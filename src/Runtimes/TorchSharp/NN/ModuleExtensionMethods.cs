namespace TorchSharp;

/// <summary>Moves of whole modules, keeping their type.</summary>
public static class ModuleExtensionMethods
{
    /// <summary>Converts all parameters and buffers of real numbers.</summary>
    public static T to<T>(this T module, torch.ScalarType type, bool non_blocking = false) where T : torch.nn.Module =>
        (T)module._to(type, non_blocking);

    /// <summary>Moves and converts all parameters and buffers.</summary>
    public static T to<T>(this T module, torch.Device device, torch.ScalarType type, bool non_blocking = false)
        where T : torch.nn.Module => (T)module._to(device, type, non_blocking);

    /// <summary>Moves all parameters and buffers.</summary>
    public static T to<T>(this T module, DeviceType deviceType, int deviceIndex = -1, bool non_blocking = false)
        where T : torch.nn.Module => (T)module._to(deviceType, deviceIndex, non_blocking);

    /// <summary>Moves all parameters and buffers.</summary>
    public static T to<T>(this T module, torch.Device device, bool non_blocking = false) where T : torch.nn.Module =>
        (T)module._to(device.type, device.index, non_blocking);

    /// <summary>Moves all parameters and buffers.</summary>
    public static T to<T>(this T module, string device, bool non_blocking = false) where T : torch.nn.Module =>
        module.to(new torch.Device(device), non_blocking);

    /// <summary>Moves all parameters and buffers to the processor.</summary>
    public static T cpu<T>(this T module, bool non_blocking = false) where T : torch.nn.Module =>
        (T)module._to(DeviceType.CPU, -1, non_blocking);

    /// <summary>Moves all parameters and buffers to a GPU.</summary>
    public static T cuda<T>(this T module, int deviceIndex = -1, bool non_blocking = false) where T : torch.nn.Module =>
        (T)module._to(DeviceType.CUDA, deviceIndex, non_blocking);
}
