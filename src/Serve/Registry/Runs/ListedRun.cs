using Unreel.Artifacts;

namespace Unreel.Serve.Registry;

/// <summary>A run in a list: read, or damaged with the reason.</summary>
/// <param name="Reference">When it began, and the digest of its record.</param>
/// <param name="Stored">The record; null where it is damaged.</param>
/// <param name="Problem">What is wrong with it; null where nothing is.</param>
internal sealed record ListedRun(PipelineRunRef Reference, StoredPipelineRun? Stored, string? Problem)
{
    /// <summary>Reads the records of a page; one that is damaged does not hide the others, one that was removed meanwhile is left out.</summary>
    /// <exception cref="StoreUnreachableException">The store cannot be reached.</exception>
    public static async Task<IReadOnlyList<ListedRun>> ReadAsync(IArtifactStore store, IEnumerable<PipelineRunRef> runs, CancellationToken ct) =>
        [.. (await Task.WhenAll(runs.Select(run => ReadAsync(store, run, ct)))).Where(run => run.Stored is not null || run.Problem is not null)];

    private static async Task<ListedRun> ReadAsync(IArtifactStore store, PipelineRunRef run, CancellationToken ct)
    {
        try
        {
            return new ListedRun(run, await store.ReadPipelineRunAsync(run.Digest, ct), null);
        }
        catch (StoreException problem) when (problem is not StoreUnreachableException)
        {
            return new ListedRun(run, null, StoreWords.Of(store, problem));
        }
    }
}
