using Unreel.Artifacts;
using Unreel.Pipelines;

namespace Unreel.Cli.Hosting;

/// <summary>For commands that only read: a store that is mistyped is a mistake, not an empty store.</summary>
internal static class ExistingStore
{
    private static readonly string[] Parts = ["blobs", "manifests", "tags"];

    /// <summary>Refuses a folder that is none, or holds nothing of a store, and a container that is none or holds neither artifacts nor runs.</summary>
    /// <exception cref="UsageException">There is no store.</exception>
    public static async Task RequireAsync(IArtifactStore store, CancellationToken ct)
    {
        bool isFolder = Path.IsPathRooted(store.Location);
        if (isFolder ? !HasParts(store.Location) : !await HoldsAnythingAsync(store, ct))
            throw new UsageException($"there is no store at {store.Location}, or nothing is in it yet; expected {(isFolder ? "the folder of one" : "a container that holds one")}.");
    }

    private static bool HasParts(string folder) => Parts.Any(part => Directory.Exists(Path.Combine(folder, part)));

    private static async Task<bool> HoldsAnythingAsync(IArtifactStore store, CancellationToken ct)
    {
        await foreach (ArtifactRef _ in store.ListReferencesAsync(null, ct))
            return true;
        return (await store.ListPipelineRunsAsync(ct)).Count > 0;
    }
}
