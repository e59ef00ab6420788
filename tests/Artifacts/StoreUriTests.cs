using Microsoft.Extensions.DependencyInjection;
using Unreel.Testing;

namespace Unreel.Artifacts.Tests;

/// <summary>The names of stores, and how they are registered.</summary>
public sealed class StoreUriTests(TemporaryFolder files) : IClassFixture<TemporaryFolder>
{
    [Theory]
    [InlineData("/data/store", "/data/store")]
    [InlineData("/data/store/", "/data/store")]
    [InlineData("file:///data/my%20store", "/data/my store")]
    [InlineData("UseDevelopmentStorage=true", "http://127.0.0.1:10000/devstoreaccount1/unreel")]
    [InlineData("UseDevelopmentStorage=true;Container=other", "http://127.0.0.1:10000/devstoreaccount1/other")]
    [InlineData("usedevelopmentstorage=TRUE;", "http://127.0.0.1:10000/devstoreaccount1/unreel")]
    [InlineData("http://127.0.0.1:4321/devstoreaccount1/other", "http://127.0.0.1:4321/devstoreaccount1/other")]
    [InlineData("https://acc.blob.core.windows.net/models", "https://acc.blob.core.windows.net/models")]
    [InlineData("https://acc.blob.core.windows.net/models?sv=2022&sig=s3cret", "https://acc.blob.core.windows.net/models")]
    public void Each_form_names_its_place_without_secrets(string uri, string location) =>
        Assert.Equal(location, ArtifactStores.Open(uri).Location);

    [Theory]
    [InlineData("")]
    [InlineData("UseDevelopmentStorage=false")]
    [InlineData("UseDevelopmentStorage=true;AccountKey=s3cret")]
    [InlineData("UseDevelopmentStorage=true;Container=No")]
    [InlineData("DefaultEndpointsProtocol=https;AccountName=a;AccountKey=s3cret")]
    [InlineData("http://acc.blob.core.windows.net/models?sig=s3cret")]
    [InlineData("https://acc.blob.core.windows.net/?sig=s3cret")]
    [InlineData("https://acc.blob.core.windows.net/models/deeper?sig=s3cret")]
    [InlineData("https://user:s3cret@acc.blob.core.windows.net/models")]
    [InlineData("https://[?sig=s3cret")]
    [InlineData("s3://bucket/x?sig=s3cret")]
    public void Other_forms_are_refused_without_repeating_secrets(string uri)
    {
        StoreException e = Assert.Throws<StoreException>(() => ArtifactStores.Open(uri));

        Assert.Contains("expected", e.Message, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("s3cret", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_nobody_serves_is_named()
    {
        const string Uri = "http://127.0.0.1:1/devstoreaccount1/nobody";
        ArtifactStore store = ArtifactStores.Open(Uri, new() { Retries = 1, RetryDelay = TimeSpan.FromMilliseconds(1) });

        StoreUnreachableException e = await Assert.ThrowsAsync<StoreUnreachableException>(() => store.ReadRecordAsync("x", CancellationToken.None));

        Assert.Contains(Uri, e.Message, StringComparison.Ordinal);
        Assert.Contains("refused", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_host_has_one_store()
    {
        using ServiceProvider services = new ServiceCollection().AddArtifactStore(files.File("store")).BuildServiceProvider();

        Assert.Same(services.GetRequiredService<IArtifactStore>(), services.GetRequiredService<IArtifactStore>());
        Assert.Equal(files.File("store"), services.GetRequiredService<IArtifactStore>().Location);
        Assert.Throws<StoreException>(() => new ServiceCollection().AddArtifactStore("s3://bucket"));
    }

    [Fact]
    public void Options_Defaults()
    {
        ArtifactStoreOptions options = new();

        Assert.Equal(4, options.Retries);
        Assert.Equal(TimeSpan.FromSeconds(100), options.AttemptTimeout);
        Assert.Equal(8 << 20, options.BlockBytes);
        Assert.Equal(1000, options.PageSize);
        Assert.Same(TimeProvider.System, options.Time);
    }
}
