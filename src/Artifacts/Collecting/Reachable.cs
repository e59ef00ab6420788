using System.Collections.Concurrent;

namespace Unreel.Artifacts;

/// <summary>
/// What is reached from roots by lineage, and the blobs that all of it consists of. Read from manifests themselves, never from an index;
/// wave after wave, so that neither depth nor a cycle matters.
/// </summary>
internal sealed class Reachable(ArtifactStore store, string location, IProgress<CollectionProgress>? progress)
{
    private readonly ConcurrentDictionary<Digest, bool> _artifacts = new();
    private readonly ConcurrentDictionary<Digest, bool> _blobs = new();
    private readonly ConcurrentDictionary<Digest, bool> _described = new();
    private int _read;

    /// <summary>The artifacts reached so far, whether they could be read or not.</summary>
    public bool HasArtifact(Digest digest) => _artifacts.ContainsKey(digest);

    /// <summary>Whether something that was reached needs the blob.</summary>
    public bool HasBlob(Digest digest) => _blobs.ContainsKey(digest);

    /// <summary>What was reached and cannot be read, with the reason.</summary>
    public ConcurrentBag<string> Unreadable { get; } = [];

    /// <summary>Keeps a blob.</summary>
    public void AddBlob(Digest digest) => _blobs[digest] = true;

    /// <summary>Reaches on from some artifacts.</summary>
    /// <param name="roots">The artifacts.</param>
    /// <param name="isListed">Whether a digest has a marker: an input without one may be absent (it was removed, or never copied here).</param>
    /// <param name="ct">Cancels.</param>
    public async Task AddAsync(IEnumerable<Digest> roots, Func<Digest, bool> isListed, CancellationToken ct)
    {
        List<Digest> wave = [.. roots.Where(root => _artifacts.TryAdd(root, true))];
        while (wave.Count > 0)
        {
            ConcurrentBag<Digest> next = [];
            await Parallel.ForEachAsync(wave, Some(ct), async (digest, token) =>
            {
                foreach (Digest input in await ReadAsync(digest, isListed, token))
                {
                    if (_artifacts.TryAdd(input, true))
                        next.Add(input);
                }
            });
            wave = [.. next];
        }
    }

    /// <summary>Keeps a manifest that is no artifact, and what it names; says where it is not there, and so names nothing any more.</summary>
    public async Task<string?> AddManifestAsync(Digest digest, CancellationToken ct)
    {
        AddBlob(digest);
        if (!_described.TryAdd(digest, true))
            return null;

        try
        {
            if (await store.FindManifestAsync(digest, ct) is not { } manifest)
                return $"The manifest {digest} is not in {location}.";

            AddBlobsOf(manifest);
        }
        catch (StoreException e) when (e is not StoreUnreachableException)
        {
            Unreadable.Add(e.Message);
        }

        return null;
    }

    private async Task<IEnumerable<Digest>> ReadAsync(Digest digest, Func<Digest, bool> isListed, CancellationToken ct)
    {
        progress?.Report(new CollectionProgress("reading manifests", Interlocked.Increment(ref _read), 0));
        AddBlob(digest);
        try
        {
            if (await store.FindManifestAsync(digest, ct) is { } manifest)
            {
                AddBlobsOf(manifest);
                return (await store.ReadLineageAsync(manifest, ct)).Inputs.Select(input => input.Digest).Distinct();
            }

            if (isListed(digest))
                Unreadable.Add($"The manifest {digest} is not in {location}.");
        }
        catch (StoreException e) when (e is not StoreUnreachableException)
        {
            // A lineage from elsewhere may name bytes that are no artifact: those are kept, and need nothing in turn.
            if (isListed(digest) || e is DigestMismatchException)
                Unreadable.Add(e.Message);
        }

        return [];
    }

    private void AddBlobsOf(Manifest manifest)
    {
        AddBlob(manifest.Config.Digest);
        foreach (Descriptor layer in manifest.Layers)
            AddBlob(layer.Digest);
    }

    private static ParallelOptions Some(CancellationToken ct) => new() { MaxDegreeOfParallelism = ArtifactStore.AtOnce, CancellationToken = ct };
}
