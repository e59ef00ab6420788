using Unreel.Artifacts.Blobs;
using Unreel.Testing;

namespace Unreel.Artifacts.Tests;

/// <summary>The conformance suite over a folder.</summary>
public sealed class FolderStoreTests : StoreConformance
{
    private readonly TempFolder _folder = new();

    private protected override Task<IBlobs> OpenAsync(ArtifactStoreOptions options) =>
        Task.FromResult<IBlobs>(new FolderBlobs(Path.Combine(_folder.Path, "store"), options));

    private protected override Task CloseAsync()
    {
        _folder.Dispose();
        return Task.CompletedTask;
    }
}
