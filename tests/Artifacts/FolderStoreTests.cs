using Unreel.Artifacts.Blobs;
using Unreel.Testing;

namespace Unreel.Artifacts.Tests;

/// <summary>The conformance suite over a folder.</summary>
public sealed class FolderStoreTests(TemporaryFolder files) : StoreConformance(files)
{
    private readonly string _name = Guid.NewGuid().ToString("n");

    private protected override Task<IBlobs> OpenAsync(ArtifactStoreOptions options) => ReopenAsync(options);

    private protected override Task<IBlobs> ReopenAsync(ArtifactStoreOptions options) =>
        Task.FromResult<IBlobs>(new FolderBlobs(Files.File(_name), options));
}
