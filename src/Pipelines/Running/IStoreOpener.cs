using Microsoft.Extensions.Logging;
using Unreel.Artifacts;

namespace Unreel.Pipelines;

/// <summary>Opens the store a pipeline names.</summary>
public interface IStoreOpener
{
    /// <summary>Opens a store; <paramref name="location"/> is a full path or a URI.</summary>
    IArtifactStore Open(string location);
}

/// <summary>Opens stores with default retries and time-outs.</summary>
internal sealed class StoreOpener(ILoggerFactory loggers) : IStoreOpener
{
    public IArtifactStore Open(string location) =>
        ArtifactStores.Open(location, logger: loggers.CreateLogger("Unreel.Artifacts"));
}
