using Microsoft.Extensions.Logging.Abstractions;
using Unreel.Artifacts.Blobs;
using Unreel.Testing;

namespace Unreel.Artifacts.Tests;

/// <summary>One Azurite for all tests that need it; each uses a container of its own.</summary>
public sealed class SharedAzurite : IAsyncLifetime
{
    private AzuriteFixture? _azurite;

    public AzuriteFixture Running => _azurite ?? throw new InvalidOperationException(Azurite.Missing);

    public async Task InitializeAsync() => _azurite = Azurite.Missing is null ? await AzuriteFixture.StartAsync() : null;

    public async Task DisposeAsync()
    {
        if (_azurite is not null)
            await _azurite.DisposeAsync();
    }
}

[CollectionDefinition(Name)]
public sealed class AzuriteTests : ICollectionFixture<SharedAzurite>
{
    public const string Name = "Azurite";
}

/// <summary>The conformance suite over a real Azurite.</summary>
[NeedsAzurite]
[Collection(AzuriteTests.Name)]
public sealed class AzureStoreTests(TemporaryFolder files, SharedAzurite azurite) : StoreConformance(files)
{
    private string? _uri;

    private protected override Task<IBlobs> OpenAsync(ArtifactStoreOptions options) => ReopenAsync(options);

    private protected override Task<IBlobs> ReopenAsync(ArtifactStoreOptions options) =>
        Task.FromResult(ArtifactStores.OpenBlobs(_uri ??= azurite.Running.NewUri(), options, NullLogger.Instance));
}
