namespace Unreel.Modeling;

/// <summary>What the processor is known to have.</summary>
public static class Processor
{
    private const string CpuInfo = "/proc/cpuinfo";

    /// <summary>Whether it has instructions for products of bfloat16; true where that cannot be told.</summary>
    public static bool HasBfloat16 => !File.Exists(CpuInfo) || HasInstructions(File.ReadLines(CpuInfo));

    internal static bool HasInstructions(IEnumerable<string> cpuInfo)
    {
        string? flags = cpuInfo.FirstOrDefault(line => line.StartsWith("flags", StringComparison.Ordinal) || line.StartsWith("Features", StringComparison.Ordinal));
        return flags is null || flags.Split(' ').Any(flag => flag is "avx512_bf16" or "amx_bf16" or "bf16");
    }
}
