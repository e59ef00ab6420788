using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Unreel.Artifacts;
using Unreel.Testing;
using Unreel.Testing.Models;

namespace Unreel.Serve.Tests;

/// <summary>The registry plays what was made to be looked at, and stays readable whatever an artifact holds.</summary>
public sealed class FilmTests : IDisposable
{
    private const int LargestFilm = 16 << 20;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Films_made_to_be_looked_at_are_played()
    {
        byte[] film = TestVideos.Bytes();
        (IArtifactStore store, ArtifactRef clips) = await FillAsync(("preview.mp4", "video/mp4", film), ("v000000.mp4", "video/mp4", film), ("videos/preview.mp4", "video/mp4", film), ("preview.csv", "text/csv", film));
        await using TestHost host = await TestHost.StartAsync(store: store);

        Answer page = await host.GetAsync($"/registry/clips/set/{clips.Digest}");

        Assert.Equal(3, Count(page.Text, "<video"));
        Assert.Contains($"<video src=\"/registry/blobs/clips/set/{clips.Digest}/preview.mp4\"", page.Text, StringComparison.Ordinal);
        Assert.Contains("controls muted loop playsinline", page.Text, StringComparison.Ordinal);
        Assert.Contains("media-src 'self'", page.Header("Content-Security-Policy"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 99)]
    [InlineData(100, 149)]
    [InlineData(50, null)]
    [InlineData(null, 70)]
    public async Task Films_come_in_ranges_as_browsers_ask_for_them(int? first, int? last)
    {
        byte[] film = TestVideos.Bytes();
        await using TestHost host = await StartAsync(film);
        using HttpRequestMessage request = new(HttpMethod.Get, await FilmAsync(host)) { Headers = { Range = new RangeHeaderValue(first, last) } };

        using HttpResponseMessage part = await host.Client.SendAsync(request);

        byte[] expected = first is { } from ? film[from..(last + 1 ?? film.Length)] : film[^last!.Value..];
        Assert.Equal((HttpStatusCode.PartialContent, "video/mp4"), (part.StatusCode, part.Content.Headers.ContentType!.MediaType));
        Assert.Equal(expected, await part.Content.ReadAsByteArrayAsync());
        Assert.Equal((film.Length, expected.Length), (part.Content.Headers.ContentRange!.Length, part.Content.Headers.ContentLength));
    }

    [Fact]
    public async Task Whole_films_have_a_length_a_tag_and_a_sandbox()
    {
        byte[] film = TestVideos.Bytes();
        await using TestHost host = await StartAsync(film);
        string path = await FilmAsync(host);

        Answer whole = await host.GetAsync(path);
        using HttpRequestMessage request = new(HttpMethod.Get, path) { Headers = { IfNoneMatch = { EntityTagHeaderValue.Parse(whole.Header("ETag")!) } } };
        using HttpResponseMessage again = await host.Client.SendAsync(request);
        using HttpRequestMessage beyond = new(HttpMethod.Get, path) { Headers = { Range = new RangeHeaderValue(film.Length, null) } };
        using HttpResponseMessage none = await host.Client.SendAsync(beyond);

        Assert.Equal((200, "bytes", (long?)film.Length), (whole.Status, whole.Header("Accept-Ranges"), whole.Message.Content.Headers.ContentLength));
        Assert.Equal(film, await whole.Message.Content.ReadAsByteArrayAsync());
        Assert.Equal($"\"{Convert.ToHexStringLower(SHA256.HashData(film))}\"", whole.Header("ETag"));
        Assert.StartsWith("inline", whole.Header("Content-Disposition"), StringComparison.Ordinal);
        Assert.StartsWith("sandbox; default-src 'none'; media-src 'self'", whole.Header("Content-Security-Policy"), StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.NotModified, HttpStatusCode.RequestedRangeNotSatisfiable), (again.StatusCode, none.StatusCode));
    }

    [Fact]
    public async Task Damaged_films_are_not_sent_at_all()
    {
        byte[] film = TestVideos.Bytes();
        await using TestHost host = await StartAsync(film);
        string path = await FilmAsync(host);
        string blob = Directory.EnumerateFiles(_folder.File("store"), Convert.ToHexStringLower(SHA256.HashData(film)), SearchOption.AllDirectories).Single();
        File.SetAttributes(blob, FileAttributes.Normal);
        File.WriteAllBytes(blob, [.. film[..^1], (byte)(film[^1] ^ 1)]);

        Answer answer = await host.GetAsync(path);

        answer.AssertProblem(502, "damaged in the store");
        Assert.Null(answer.Message.Headers.ETag);
        Assert.DoesNotContain("max-age", answer.Header("Cache-Control") ?? string.Empty, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Large_films_are_streamed_without_being_taken_into_memory()
    {
        byte[] film = new byte[LargestFilm + 1];
        TestVideos.Bytes().CopyTo(film, 0);
        await using TestHost host = await StartAsync(film);

        using HttpResponseMessage answer = await host.Client.GetAsync(await FilmAsync(host), HttpCompletionOption.ResponseHeadersRead);

        Assert.Equal(film.Length, answer.Content.Headers.ContentLength);
        Assert.Equal(film, await answer.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Pages_of_many_files_list_some_and_count_the_rest()
    {
        (string, string, byte[])[] frames = [.. Enumerable.Range(0, 230).Select(frame => ($"v000000/img_{frame:d5}.png", "image/png", new byte[] { (byte)frame }))];
        (string, string, byte[])[] charts = [.. Enumerable.Range(0, 30).Select(chart => ($"chart-{chart:d2}.png", "image/png", new byte[] { (byte)chart }))];
        (IArtifactStore store, ArtifactRef clips) = await FillAsync([.. charts, .. frames]);
        await using TestHost host = await TestHost.StartAsync(store: store);

        Answer page = await host.GetAsync($"/registry/clips/set/{clips.Digest}");

        Assert.Equal(124, Count(page.Text, "<a href=\"/registry/blobs/"));
        Assert.Contains("page 1 of 3", page.Text, StringComparison.Ordinal);
        Assert.Equal(24, Count(page.Text, "<img"));
        Assert.DoesNotContain("alt=\"v000000", page.Text, StringComparison.Ordinal);
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    private async Task<TestHost> StartAsync(byte[] film)
    {
        (IArtifactStore store, _) = await FillAsync(("preview.mp4", "video/mp4", film));
        return await TestHost.StartAsync(store: store);
    }

    private static async Task<string> FilmAsync(TestHost host)
    {
        string page = (await host.GetAsync("/registry/clips/set/latest")).Text;
        return page.Split("<video src=\"")[1].Split('"')[0];
    }

    private async Task<(IArtifactStore Store, ArtifactRef Clips)> FillAsync(params (string Title, string MediaType, byte[] Bytes)[] files)
    {
        CancellationToken none = CancellationToken.None;
        ArtifactStore store = ArtifactStores.Open(_folder.File("store"));
        List<Descriptor> layers = [];
        foreach ((string title, string mediaType, byte[] bytes) in files)
            layers.Add(await store.AddBytesAsync(bytes, mediaType, title, none));

        ArtifactRef clips = await store.PublishAsync(ArtifactKind.Clips, "set", new Lineage { Stage = "synthesize" }, layers, none);
        Assert.True(await store.TryMoveTagAsync(ArtifactKind.Clips, "set", "latest", clips.Digest, null, none));
        return (store, clips);
    }
}
