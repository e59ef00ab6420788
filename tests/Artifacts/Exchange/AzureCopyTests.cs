using Microsoft.Extensions.Logging.Abstractions;
using Unreel.Testing;

namespace Unreel.Artifacts.Tests;

/// <summary>Copies between a folder and a container, both ways.</summary>
[NeedsAzurite]
public sealed class AzureCopyTests(SharedAzurite azurite) : IClassFixture<SharedAzurite>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [StoreFact]
    public async Task A_store_goes_to_a_container_and_comes_back()
    {
        ArtifactStore source = Shelf.Open(_folder, "source"), back = Shelf.Open(_folder, "back");
        ArtifactStore container = ArtifactStores.Open(azurite.Running.NewUri(), new ArtifactStoreOptions { BlockBytes = 1 << 20 }, NullLogger.Instance);
        await source.FillAsync();
        byte[] large = new byte[(5 << 20) + 3];
        large[^1] = 1;
        Descriptor layer = await source.AddBytesAsync(large, "application/octet-stream", "large.bin", Shelf.Ct);
        await source.PublishAsync(ArtifactKind.Clips, "large", new Lineage { Stage = "put" }, [layer], Shelf.Ct);

        CopySummary there = await source.CopyAsync(container, new ExchangeOptions());
        CopySummary again = await source.CopyAsync(container, new ExchangeOptions());
        CopySummary home = await container.CopyAsync(back, new ExchangeOptions());

        Assert.Equal((4, 4, 4), (there.Copied, again.Present, home.Copied));
        Assert.Equal(await source.ContentAsync(), await container.ContentAsync());
        Assert.Equal(await source.ContentAsync(), await back.ContentAsync());
    }
}
