using System.Text.Json.Nodes;
using Unreel.Artifacts;
using Unreel.Serve.Models;
using Unreel.Testing;
using Unreel.Testing.Models;

namespace Unreel.Serve.Tests;

public sealed class RegistryTests : IDisposable
{
    private const string Hostile = "<script>alert('x')</script>";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Artifacts_are_listed_by_kind_with_tags_sizes_and_inputs()
    {
        (IArtifactStore store, ArtifactRef clips, ArtifactRef model) = await FillAsync();
        await using TestHost host = await TestHost.StartAsync(store: store);

        Answer page = await host.GetAsync("/registry");

        Assert.Equal((200, "text/html"), (page.Status, page.Type));
        Assert.Contains($"/registry/onnx/tiny/{model.Digest}", page.Text, StringComparison.Ordinal);
        Assert.Contains($"/registry/clips/drawn/{clips.Digest}", page.Text, StringComparison.Ordinal);
        Assert.Contains("latest", page.Text, StringComparison.Ordinal);
        Assert.Contains("top1 0.714", page.Text, StringComparison.Ordinal);
        Answer only = await host.GetAsync("/registry?kind=clips");
        Assert.DoesNotContain("/registry/onnx/tiny", only.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("latest")]
    [InlineData(null)]
    public async Task An_artifact_is_shown_by_tag_and_by_digest(string? tag)
    {
        (IArtifactStore store, ArtifactRef clips, ArtifactRef model) = await FillAsync();
        await using TestHost host = await TestHost.StartAsync(store: store);

        Answer page = await host.GetAsync($"/registry/onnx/tiny/{tag ?? model.Digest.ToString()}");

        Assert.Equal(200, page.Status);
        Assert.Contains(model.Digest.ToString(), page.Text, StringComparison.Ordinal);
        Assert.Contains($"/registry/clips/drawn/{clips.Digest}", page.Text, StringComparison.Ordinal);
        Assert.Contains("model.onnx", page.Text, StringComparison.Ordinal);
        Assert.Contains("Xeon", page.Text, StringComparison.Ordinal);
        Assert.Contains("picture.svg\" alt", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_others_wrote_is_encoded_everywhere()
    {
        (IArtifactStore store, _, _) = await FillAsync();
        await using TestHost host = await TestHost.StartAsync(store: store);

        foreach (string path in (string[])["/registry", "/registry/onnx/tiny/latest", "/registry?kind=onnx"])
        {
            Answer page = await host.GetAsync(path);
            Assert.Equal(200, page.Status);
            Assert.DoesNotContain("<script>alert", page.Text, StringComparison.Ordinal);
        }

        Assert.Contains("&lt;script&gt;alert", (await host.GetAsync("/registry/onnx/tiny/latest")).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/registry")]
    public async Task Pages_carry_the_headers_that_protect_them(string path)
    {
        (IArtifactStore store, _, _) = await FillAsync();
        await using TestHost host = await TestHost.StartAsync(store: store);

        Answer page = await host.GetAsync(path);

        Assert.Contains("frame-ancestors 'none'", page.Header("Content-Security-Policy"), StringComparison.Ordinal);
        Assert.Contains("script-src 'nonce-", page.Header("Content-Security-Policy"), StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", page.Header("Content-Security-Policy"), StringComparison.Ordinal);
        Assert.Equal(("nosniff", "DENY"), (page.Header("X-Content-Type-Options"), page.Header("X-Frame-Options")));
    }

    [Fact]
    public async Task Files_are_sent_as_downloads_and_pictures_are_shown_in_a_sandbox()
    {
        (IArtifactStore store, _, ArtifactRef model) = await FillAsync();
        await using TestHost host = await TestHost.StartAsync(store: store);
        string path = $"/registry/blobs/onnx/tiny/{model.Digest}";

        Answer file = await host.GetAsync($"{path}/model.onnx");
        Answer picture = await host.GetAsync($"{path}/picture.svg");
        Answer page = await host.GetAsync($"{path}/folder/page.html");

        Assert.StartsWith("attachment", file.Header("Content-Disposition"), StringComparison.Ordinal);
        Assert.Equal(File.ReadAllBytes(_folder.File("model.onnx")), await file.Message.Content.ReadAsByteArrayAsync());
        Assert.Equal(("image/svg+xml", "inline"), (picture.Type, picture.Header("Content-Disposition")!.Split(';')[0]));
        Assert.StartsWith("attachment", page.Header("Content-Disposition"), StringComparison.Ordinal);
        Assert.All(new[] { file, picture, page }, each => Assert.StartsWith("sandbox", each.Header("Content-Security-Policy"), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_damaged_file_is_never_sent_to_its_end()
    {
        (IArtifactStore store, _, _) = await FillAsync();
        await using TestHost host = await TestHost.StartAsync(store: store);
        foreach (int size in (int[])[1000, 4 << 20])
        {
            Descriptor layer = await store.AddBytesAsync(new byte[size], "video/mp4", "film.mp4", CancellationToken.None);
            ArtifactRef film = await store.PublishAsync(ArtifactKind.Clips, "film", new Lineage { Stage = "put" }, [layer], CancellationToken.None);
            string blob = store.LocalFile(layer.Digest)!;
            byte[] bytes = new byte[size];
            bytes[^1] = 1;
            File.WriteAllBytes(blob, bytes);
            string path = $"/registry/blobs/clips/film/{film.Digest}/film.mp4";

            // Of a small one nothing has been sent when it is found out; a large one breaks off.
            if (size == 1000)
                (await host.GetAsync(path)).AssertProblem(502, "missing or damaged");
            else
                await Assert.ThrowsAsync<HttpRequestException>(() => host.GetAsync(path));

            using HttpRequestMessage part = new(HttpMethod.Get, path) { Headers = { Range = new(0, 9) } };
            (await Answer.ReadAsync(await host.Client.SendAsync(part))).AssertProblem(502, "missing or damaged");
        }
    }

    [Theory]
    [InlineData("/registry/onnx/absent/latest", "no artifact")]
    [InlineData("/registry/onnx/tiny/absent", "no artifact")]
    [InlineData("/registry/what/tiny/latest", "names no artifact")]
    [InlineData("/registry/onnx/..%2F..%2Fetc/latest", "names no artifact")]
    [InlineData("/registry?kind=what", "not a kind")]
    [InlineData("/registry/blobs/onnx/tiny/latest/..%2f..%2fetc%2fpasswd", "holds no file")]
    public async Task What_is_not_there_is_a_404(string path, string detail)
    {
        (IArtifactStore store, _, _) = await FillAsync();
        await using TestHost host = await TestHost.StartAsync(store: store);

        (await host.GetAsync(path)).AssertProblem(404, detail);
    }

    [Fact]
    public async Task Without_a_store_the_registry_says_so()
    {
        await using TestHost host = await TestHost.StartAsync();

        (await host.GetAsync("/registry")).AssertProblem(404, "without an artifact store");
    }

    [Fact]
    public async Task A_model_of_the_store_is_fetched_by_digest_and_served()
    {
        (IArtifactStore store, _, ArtifactRef model) = await FillAsync();
        await using TestHost host = await TestHost.StartAsync(options => options with { Models = [ModelChoice.Parse("onnx/tiny:latest")], CacheFolder = _folder.File("cache") }, store);

        Answer answer = await host.SendAsync(HttpMethod.Put, "/v1/classify", TestVideos.Bytes());

        Assert.Equal(("tiny", model.Digest.ToString()), ((string)answer.Json["model"]!["name"]!, (string)answer.Json["model"]!["digest"]!));
        Assert.True(File.Exists(_folder.File("cache", "sha256", model.Digest.Hex, "model.onnx")));
    }

    private async Task<(IArtifactStore Store, ArtifactRef Clips, ArtifactRef Model)> FillAsync()
    {
        CancellationToken none = CancellationToken.None;
        ArtifactStore store = ArtifactStores.Open(_folder.File("store"));
        Descriptor recipe = await store.AddBytesAsync("{}"u8.ToArray(), "application/json", "recipe.json", none);
        ArtifactRef clips = await store.PublishAsync(ArtifactKind.Clips, "drawn", new Lineage { Stage = "synthesize" }, [recipe], none);

        Descriptor[] files =
        [
            await store.AddFileAsync(TinyModel.Write(_folder.Path), "application/octet-stream", "model.onnx", none),
            await store.AddBytesAsync("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"u8.ToArray(), "image/svg+xml", "picture.svg", none),
            await store.AddBytesAsync("<script>alert(1)</script>"u8.ToArray(), "text/html", "folder/page.html", none),
        ];
        Lineage lineage = new()
        {
            Stage = Hostile,
            Options = new JsonObject { ["note"] = Hostile },
            Inputs = [new LineageInput("clips", clips.ToString(), clips.Digest), new LineageInput("other", $"folder:{Hostile}", clips.Digest)],
            Metrics = new() { ["top1"] = .714, [Hostile] = 1 },
            Runtime = Hostile,
        };
        ArtifactRef model = await store.PublishAsync(ArtifactKind.Onnx, "tiny", lineage, files, none);
        DateTimeOffset then = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
        await store.RecordRunAsync(model, new RunRecord { Started = then, Finished = then.AddSeconds(9), Machine = "Xeon " + Hostile }, none);
        Assert.True(await store.TryMoveTagAsync(ArtifactKind.Onnx, "tiny", "latest", model.Digest, null, none));
        return (store, clips, model);
    }
}
