using Unreel.Artifacts.Blobs;

namespace Unreel.Artifacts;

/// <summary>Garbage collection.</summary>
public sealed partial class ArtifactStore
{
    // Whoever collects tells ages by its own clock, and a service by its: they may differ by minutes.
    private static readonly TimeSpan LeastRemoteGrace = TimeSpan.FromHours(1);

    /// <summary>
    /// Removes what neither tags nor lineage reach, or says what would be removed. Safe beside writers and readers, and after a collection
    /// that was killed: the next one goes on.
    /// </summary>
    /// <param name="options">What may go; by default nothing is deleted.</param>
    /// <param name="progress">Told how far it is; null tells nobody.</param>
    /// <param name="ct">Cancels; what was removed by then is gone, and all that is listed is whole.</param>
    /// <exception cref="StoreConflictException">Another process collects in the same folder.</exception>
    /// <exception cref="StoreException">The grace is too short.</exception>
    public async Task<CollectionReport> CollectAsync(CollectionOptions options, IProgress<CollectionProgress>? progress, CancellationToken ct)
    {
        TimeSpan least = 2 * _blobs.Options.TouchAfter;
        if (!_blobs.IsLocal && !_blobs.Options.AllowsShortGrace && least < LeastRemoteGrace)
            least = LeastRemoteGrace;
        if (options.Grace < least)
            throw new StoreException($"A grace of {options.Grace.TotalMinutes:0.##} minutes is too short: writers may count on what is as old; expected at least {least.TotalMinutes:0.##} minutes.");

        using IDisposable? held = options.Delete ? await _blobs.BeginCollectionAsync(ct) : null;
        return await new GarbageCollector(this, _blobs, options, progress).RunAsync(ct);
    }

    /// <summary>Whether a blob is a manifest.</summary>
    internal async Task<bool> IsManifestAsync(BlobEntry blob, CancellationToken ct)
    {
        if (blob.Size is < 2 or > MaxManifestBytes)
            return false;

        await using (Stream? start = await _blobs.OpenAsync(blob.Path, 0, 1, ct))
        {
            byte[] first = new byte[1];
            if (start is null || await start.ReadAsync(first, ct) == 0 || first[0] != '{')
                return false;
        }

        return await _blobs.ReadAsync(blob.Path, MaxManifestBytes, ct) is { } stored && ManifestRules.LooksLikeManifest(stored.Bytes);
    }
}
