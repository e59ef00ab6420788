namespace Unreel.Pipelines;

/// <summary>Decides which stages may work side by side: those that fit the machine together, or as many as the user said.</summary>
/// <param name="machine">What there is.</param>
/// <param name="jobs">How many at once whatever they need; null: as many as fit.</param>
internal sealed class Admission(MachineCapacity machine, int? jobs)
{
    // What feeds a GPU and writes checkpoints beside it.
    private const int CoresBesideGpu = 4;

    private readonly Dictionary<string, StageNeeds> _inside = [];

    /// <summary>Lets a stage in if it fits; whoever is alone always does.</summary>
    public bool TryEnter(string id, StageNeeds needs)
    {
        StageNeeds settled = Settle(needs);
        if (!Fits(settled))
            return false;

        _inside.Add(id, settled);
        return true;
    }

    /// <summary>Gives back what a stage took.</summary>
    public void Leave(string id) => _inside.Remove(id);

    private bool Fits(StageNeeds more) => jobs is { } most
        ? _inside.Count < most
        : _inside.Count == 0
            || (Sum(more, needs => needs.Cores ?? 0) <= machine.Cores
                && Sum(more, needs => needs.Gpus) <= machine.Gpus
                && Sum(more, needs => needs.Memory ?? 0) <= machine.Memory);

    private long Sum(StageNeeds more, Func<StageNeeds, long> part) => part(more) + _inside.Values.Sum(part);

    /// <summary>What a stage asks for can be more than there is: then it takes all.</summary>
    private StageNeeds Settle(StageNeeds needs)
    {
        int gpus = Math.Min(needs.Gpus, machine.Gpus);
        int cores = needs.Cores ?? (gpus > 0 ? CoresBesideGpu : machine.Cores);
        return new StageNeeds { Cores = Math.Min(cores, machine.Cores), Gpus = gpus, Memory = needs.Memory };
    }
}
