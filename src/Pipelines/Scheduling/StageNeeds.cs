namespace Unreel.Pipelines;

/// <summary>What a stage takes of a machine while it works. Stages run side by side only where all of them fit.</summary>
public sealed record StageNeeds
{
    /// <summary>Everything: what a stage needs that says nothing, because libraries that compute use all cores by themselves.</summary>
    public static StageNeeds Whole { get; } = new();

    /// <summary>One core and little memory: what a stage needs that reads and writes more than it computes.</summary>
    public static StageNeeds OneCore { get; } = new() { Cores = 1 };

    /// <summary>The cores it keeps busy. Default null: all, or four beside a GPU.</summary>
    public int? Cores { get; init; }

    /// <summary>The GPUs it computes on, where there are any. Default 0.</summary>
    public int Gpus { get; init; }

    /// <summary>The memory it takes, in bytes. Default null: not known, and not looked at.</summary>
    public long? Memory { get; init; }

    /// <summary>What a stage needs that computes on a device: <c>cpu</c>, or a GPU where there is one.</summary>
    /// <param name="device"><c>cpu</c>, <c>cuda</c> or <c>auto</c>.</param>
    /// <param name="threads">Threads of one operator; 0 for all cores, or four beside a GPU.</param>
    /// <param name="helpers">Threads beside those.</param>
    public static StageNeeds Computing(string device, int threads, int helpers = 0) => new()
    {
        Gpus = device == "cpu" ? 0 : 1,
        Cores = threads == 0 ? null : threads + helpers,
    };

    /// <summary>What a stage needs that only uses threads of its own.</summary>
    /// <param name="count">How many; 0 for one a core.</param>
    public static StageNeeds Threads(int count) => count == 0 ? Whole : new StageNeeds { Cores = count };

    /// <summary>The same, except where <paramref name="file"/> says otherwise.</summary>
    internal StageNeeds With(StageResources file) => new()
    {
        Cores = file.Cores ?? Cores,
        Gpus = file.Gpus ?? Gpus,
        Memory = file.Memory?.Bytes ?? Memory,
    };
}
