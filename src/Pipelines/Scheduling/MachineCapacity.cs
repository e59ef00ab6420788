namespace Unreel.Pipelines;

/// <summary>What this machine has for stages to share.</summary>
/// <param name="Cores">Logical cores this process may use.</param>
/// <param name="Gpus">GPUs: 0 or 1, because the stages of one process all compute on the first.</param>
/// <param name="Memory">Bytes this process may use.</param>
public sealed record MachineCapacity(int Cores, int Gpus, long Memory)
{
    private const string NvidiaGpus = "/proc/driver/nvidia/gpus";

    /// <summary>Looks at this machine.</summary>
    public static MachineCapacity Detect() =>
        new(Environment.ProcessorCount, CountGpus(), GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    private static int CountGpus()
    {
        bool isHidden = Environment.GetEnvironmentVariable("CUDA_VISIBLE_DEVICES") is "" or "-1";
        return !isHidden && Directory.Exists(NvidiaGpus) && Directory.EnumerateDirectories(NvidiaGpus).Any() ? 1 : 0;
    }
}
