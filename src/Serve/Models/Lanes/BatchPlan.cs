namespace Unreel.Serve.Models;

/// <summary>How many clips of several requests may run together.</summary>
/// <param name="Most">The most clips of a run that more than one request takes part in; 1 where requests run one by one.</param>
public sealed record BatchPlan(int Most)
{
    /// <summary>Requests run one by one.</summary>
    public static BatchPlan None { get; } = new(1);

    /// <summary>The sizes that were measured and warmed, in rising order; others are not made of several requests. Empty where any will do.</summary>
    public IReadOnlyList<int> Sizes { get; init; } = [];

    /// <summary>How many of the requests at the head of the queue run together: at least the first, whatever its size.</summary>
    /// <param name="counts">Clips of each request that waits, in order.</param>
    internal int Fitting(IEnumerable<int> counts)
    {
        (int jobs, int fitting, int clips) = (0, 1, 0);
        foreach (int count in counts)
        {
            (jobs, clips) = (jobs + 1, clips + count);
            if (clips > Most)
                break;
            if (Sizes.Count == 0 || Sizes.Contains(clips))
                fitting = jobs;
        }

        return fitting;
    }
}
