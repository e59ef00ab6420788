using Microsoft.Extensions.Logging;
using Unreel.Artifacts.Blobs;

namespace Unreel.Artifacts;

/// <summary>Opens stores by their URI.</summary>
public static class ArtifactStores
{
    /// <summary>Opens a store; nothing is read or written yet.</summary>
    /// <param name="uri">A folder or <c>file://</c> URI.</param>
    /// <param name="options">Retries, time-outs, sizes; the defaults if null.</param>
    /// <param name="logger">Where retries and repairs are told.</param>
    /// <exception cref="StoreException">The URI is none of these.</exception>
    public static ArtifactStore Open(string uri, ArtifactStoreOptions? options = null, ILogger? logger = null) =>
        new(new FolderBlobs(uri, options ?? new()), logger);
}
