using Unreel.Modeling;
using Unreel.Pipelines;

namespace Unreel.Cli.Hosting;

/// <summary>What stages share on this machine.</summary>
internal static class Machine
{
    /// <summary>What there is; a GPU that torch cannot compute on is none.</summary>
    public static MachineCapacity Capacity()
    {
        MachineCapacity found = MachineCapacity.Detect();
        return found.Gpus == 0 || TorchComputesOnIt() ? found : found with { Gpus = 0 };
    }

    private static bool TorchComputesOnIt()
    {
        try
        {
            return TorchInfo.Get().Device != "cpu";
        }
        catch (Exception e) when (e is ModelException or DllNotFoundException or TypeInitializationException)
        {
            // Stages that need torch will say what is missing; for the others it does not matter.
            return false;
        }
    }
}
