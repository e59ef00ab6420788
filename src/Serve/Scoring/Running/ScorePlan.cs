namespace Unreel.Serve.Scoring;

/// <summary>
/// How cores are shared. On the processor several inferences run side by side with few threads each, because threads of one inference wait for each other
/// at every layer, and for the core that a decoder has just then; on another device one runs at a time.
/// </summary>
/// <param name="Threads">Threads of one inference.</param>
/// <param name="Lanes">Inferences at a time.</param>
public readonly record struct ScorePlan(int Threads, int Lanes)
{
    // Each inference holds its activations; more of them than this would take memory rather than time.
    private const int MostLanes = 8;

    /// <summary>Chooses what is not said.</summary>
    /// <param name="threads">Threads of one inference; 0 to choose: one, on machines of 16 cores or more an eighth of them.</param>
    /// <param name="lanes">Inferences at a time; 0 to choose: as many as the cores have room for, at most 8.</param>
    /// <param name="device">Where inference runs.</param>
    /// <param name="cores">The cores there are.</param>
    public static ScorePlan Choose(int threads, int lanes, string device, int cores)
    {
        bool elsewhere = device != "cpu";
        int each = threads > 0 ? threads : elsewhere ? cores : Math.Max(1, cores / MostLanes);
        return new ScorePlan(each, lanes > 0 ? lanes : elsewhere ? 1 : Math.Clamp(cores / each, 1, MostLanes));
    }
}
