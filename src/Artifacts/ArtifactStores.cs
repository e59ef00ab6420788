using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Unreel.Artifacts.Blobs;

namespace Unreel.Artifacts;

/// <summary>Opens stores by their URI.</summary>
public static class ArtifactStores
{
    /// <summary>
    /// Opens a store; nothing is read or written yet, so a store that is not there is found at the first use
    /// (<see cref="StoreUnreachableException"/>). Folder and container are made at the first write.
    /// </summary>
    /// <param name="uri">
    /// A folder or <c>file://</c> URI; <c>https://ACCOUNT.blob.core.windows.net/CONTAINER</c>, with a SAS as its query or else
    /// entered with DefaultAzureCredential; <c>UseDevelopmentStorage=true</c>, with <c>;Container=NAME</c> if it is not <c>unreel</c>,
    /// or <c>http://127.0.0.1:PORT/devstoreaccount1/CONTAINER</c> for Azurite.
    /// </param>
    /// <param name="options">Retries, time-outs, sizes; the defaults if null.</param>
    /// <param name="logger">Where retries and repairs are told.</param>
    /// <exception cref="StoreException">The URI is none of these.</exception>
    public static ArtifactStore Open(string uri, ArtifactStoreOptions? options = null, ILogger? logger = null)
    {
        logger ??= NullLogger.Instance;
        return new ArtifactStore(OpenBlobs(uri, options ?? new(), logger), logger);
    }

    /// <summary>Opens what a store lies on.</summary>
    internal static IBlobs OpenBlobs(string uri, ArtifactStoreOptions options, ILogger logger) => StoreUri.Parse(uri) switch
    {
        StoreUri.Folder folder => new FolderBlobs(folder.Path, options),
        StoreUri container => new AzureBlobs(AzureContainers.Open(container, options), options, logger),
    };
}
