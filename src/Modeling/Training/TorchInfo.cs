using System.Reflection;
using TorchSharp;
using static TorchSharp.torch;

namespace Unreel.Modeling;

/// <summary>What torch is here, for people who ask what they run on.</summary>
/// <param name="Runtime">The assembly that gives TorchSharp's API, with its version.</param>
/// <param name="Version">The version of libtorch.</param>
/// <param name="Device">The device that <c>auto</c> means.</param>
/// <param name="Threads">Threads of one operator by default.</param>
public sealed record TorchInfo(string Runtime, string Version, string Device, int Threads)
{
    /// <summary>Loads torch and asks it.</summary>
    /// <exception cref="ModelException">torch cannot be loaded; the message says why.</exception>
    public static TorchInfo Get()
    {
        try
        {
            AssemblyName assembly = typeof(torch).Assembly.GetName();
            Device device = TorchSetup.Apply(new TorchOptions());
            return new TorchInfo($"{assembly.Name} {assembly.Version}", __version__, device.type.ToString().ToLowerInvariant(), get_num_threads());
        }
        catch (Exception error) when (error is DllNotFoundException or TypeInitializationException or NotSupportedException)
        {
            throw new ModelException($"torch cannot be loaded: {error.InnerException?.Message ?? error.Message}", error);
        }
    }
}
