using Unreel.Artifacts.Blobs;
using Unreel.Testing;

namespace Unreel.Artifacts.Tests;

/// <summary>The conformance suite over a folder.</summary>
public sealed class FolderStoreTests(TemporaryFolder files) : StoreConformance(files)
{
    private protected override Task<IBlobs> OpenAsync(ArtifactStoreOptions options) =>
        Task.FromResult<IBlobs>(new FolderBlobs(Files.File(Guid.NewGuid().ToString("n")), options));
}
