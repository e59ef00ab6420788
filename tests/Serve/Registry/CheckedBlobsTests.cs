using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.DependencyInjection;
using Unreel.Artifacts;
using Unreel.Serve.Registry;
using Unreel.Testing;

namespace Unreel.Serve.Tests.Registry;

/// <summary>Parts of files are sent only of files that were found whole.</summary>
public sealed class CheckedBlobsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_file_is_read_once_for_all_its_parts_and_again_when_it_was_written_to()
    {
        ArtifactStore store = ArtifactStores.Open(_folder.File("store"));
        (ArtifactRef film, Descriptor layer) = await AddAsync(store, 3 << 20);
        await using TestHost host = await TestHost.StartAsync(store: store, load: _ => new FakeClassifier(1f));
        CheckedBlobs blobs = host.Services.GetRequiredService<CheckedBlobs>();
        string path = $"/registry/blobs/clips/film/{film.Digest}/film.mp4", file = store.LocalFile(layer.Digest)!;

        HttpStatusCode[] answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(part => PartAsync(host, path, part * 1000, (part * 1000) + 99)));
        Assert.All(answers, status => Assert.Equal(HttpStatusCode.PartialContent, status));
        Assert.Equal(1, blobs.Read);

        File.SetLastWriteTimeUtc(file, File.GetLastWriteTimeUtc(file).AddHours(1));
        Assert.Equal(HttpStatusCode.PartialContent, await PartAsync(host, path, 0, 9));
        Assert.Equal(2, blobs.Read);

        byte[] bytes = File.ReadAllBytes(file);
        bytes[^1] ^= 1;
        File.WriteAllBytes(file, bytes);
        File.SetLastWriteTimeUtc(file, File.GetLastWriteTimeUtc(file).AddHours(2));
        Assert.Equal(HttpStatusCode.BadGateway, await PartAsync(host, path, 0, 9));
        File.Delete(file);
        Assert.Equal(HttpStatusCode.BadGateway, await PartAsync(host, path, 0, 9));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1000, 70_000)]
    [InlineData(99_990, 10)]
    public async Task A_blob_of_a_remote_store_is_read_from_where_it_is_wanted(int from, int count)
    {
        ArtifactStore store = ArtifactStores.Open(_folder.File("store"));
        (_, Descriptor layer) = await AddAsync(store, 100_000);
        byte[] all = File.ReadAllBytes(store.LocalFile(layer.Digest)!), part = new byte[count];
        await using SeekingBlob blob = new(store, layer);

        blob.Seek(from, SeekOrigin.Begin);
        await blob.ReadExactlyAsync(part);

        Assert.Equal(all[from..(from + count)], part);
        Assert.Equal(from + count, blob.Position);
        blob.Position = 0;
        Assert.Equal(all[0], (byte)await ReadOneAsync(blob));
        blob.Seek(0, SeekOrigin.End);
        Assert.Equal(-1, await ReadOneAsync(blob));
    }

    private static async Task<int> ReadOneAsync(Stream stream)
    {
        byte[] one = new byte[1];
        return await stream.ReadAsync(one) == 0 ? -1 : one[0];
    }

    private static async Task<(ArtifactRef Film, Descriptor Layer)> AddAsync(ArtifactStore store, int size)
    {
        byte[] bytes = [.. Enumerable.Range(0, size).Select(place => (byte)(place * 31 >> 4))];
        Descriptor layer = await store.AddBytesAsync(bytes, "video/mp4", "film.mp4", CancellationToken.None);
        return (await store.PublishAsync(ArtifactKind.Clips, "film", new Lineage { Stage = "put" }, [layer], CancellationToken.None), layer);
    }

    private static async Task<HttpStatusCode> PartAsync(TestHost host, string path, long from, long to)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, path) { Headers = { Range = new RangeHeaderValue(from, to) } };
        using HttpResponseMessage answer = await host.Client.SendAsync(request);
        return answer.StatusCode;
    }
}
