using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace Unreel.Synthesize;

/// <summary>Work on numbered items by several threads, one item after the other.</summary>
internal static class WorkerLoop
{
    /// <summary>Does the work. What is begun is finished soon, so that a second run has little to do again.</summary>
    /// <param name="items">The items.</param>
    /// <param name="workers">How many threads, 0 for one a core.</param>
    /// <param name="work">Does one item.</param>
    /// <param name="ct">Cancels between items.</param>
    /// <remarks>An error stops every worker; the first is thrown as it is.</remarks>
    public static void Run(IEnumerable<int> items, int workers, Action<int> work, CancellationToken ct)
    {
        try
        {
            Partitioner<int> inOrder = Partitioner.Create(items, EnumerablePartitionerOptions.NoBuffering);
            Parallel.ForEach(inOrder, new ParallelOptions { MaxDegreeOfParallelism = workers == 0 ? Environment.ProcessorCount : workers, CancellationToken = ct }, work);
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.Flatten().InnerExceptions[0]);
        }
    }
}
