using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Unreel.Artifacts;
using Unreel.Pipelines;
using Unreel.Serve.Oci;
using Unreel.Testing;

namespace Unreel.Serve.Tests;

/// <summary>The OCI distribution API, spoken by ourselves and by skopeo.</summary>
public sealed class OciTests : IDisposable
{
    private const string Key = "0123456789abcdef0123456789abcdef", Inference = "fedcba9876543210fedcba9876543210";

    private readonly ModelShelf _shelf = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _shelf.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("latest")]
    [InlineData(null)]
    public async Task A_manifest_is_sent_byte_for_byte_by_tag_and_by_digest(string? tag)
    {
        ArtifactRef model = await ModelAsync();
        await using Registry registry = await StartAsync();

        Answer answer = await registry.GetAsync($"/v2/onnx/tiny/manifests/{tag ?? model.Digest.ToString()}");

        Assert.Equal((200, "application/vnd.oci.image.manifest.v1+json"), (answer.Status, answer.Type));
        Assert.Equal(model.Digest, Digest.Of(Encoding.UTF8.GetBytes(answer.Text)));
        Assert.Equal((model.Digest.ToString(), $"\"{model.Digest}\""), (answer.Header("Docker-Content-Digest"), answer.Header("ETag")));
        Assert.Equal("registry/2.0", answer.Header("Docker-Distribution-API-Version"));
        Answer known = await registry.GetAsync($"/v2/onnx/tiny/manifests/{tag ?? model.Digest.ToString()}", request => request.Headers.IfNoneMatch.Add(new EntityTagHeaderValue($"\"{model.Digest}\"")));
        Assert.Equal((304, ""), (known.Status, known.Text));
    }

    [Fact]
    public async Task Blobs_are_sent_whole_and_in_part()
    {
        ArtifactRef model = await ModelAsync();
        Descriptor layer = (await _shelf.Store.ReadAsync(model, default)).Manifest.Layers.First(layer => layer.Title == "model.onnx");
        byte[] bytes = await File.ReadAllBytesAsync(_shelf.Store.LocalFile(layer.Digest)!);
        await using Registry registry = await StartAsync();
        string path = $"/v2/onnx/tiny/blobs/{layer.Digest}";

        Answer whole = await registry.GetAsync(path);
        Assert.Equal(bytes, await whole.Message.Content.ReadAsByteArrayAsync());
        Assert.Equal((layer.Digest.ToString(), "bytes", layer.Size), (whole.Header("Docker-Content-Digest"), whole.Header("Accept-Ranges"), whole.Message.Content.Headers.ContentLength));

        foreach ((string range, int from, int to) in new[] { ("bytes=5-9", 5, 9), ("bytes=5-", 5, bytes.Length - 1), ("bytes=-7", bytes.Length - 7, bytes.Length - 1), ("bytes=0-99999999", 0, bytes.Length - 1) })
        {
            Answer part = await registry.GetAsync(path, request => request.Headers.Add("Range", range));
            Assert.Equal((206, $"bytes {from}-{to}/{bytes.Length}"), (part.Status, part.Header("Content-Range")));
            Assert.Equal(bytes[from..(to + 1)], await part.Message.Content.ReadAsByteArrayAsync());
        }

        Answer beyond = await registry.GetAsync(path, request => request.Headers.Add("Range", $"bytes={bytes.Length}-"));
        Assert.Equal((416, $"bytes */{bytes.Length}"), (beyond.Status, beyond.Header("Content-Range")));
        Answer several = await registry.GetAsync(path, request => request.Headers.Add("Range", "bytes=0-1,4-5"));
        Assert.Equal((200, bytes.Length), (several.Status, (await several.Message.Content.ReadAsByteArrayAsync()).Length));
        Answer another = await registry.GetAsync(path, request =>
        {
            request.Headers.Add("Range", "bytes=5-9");
            request.Headers.Add("If-Range", "\"another\"");
        });
        Assert.Equal(200, another.Status);
    }

    [Theory]
    [InlineData("manifests/latest")]
    [InlineData("blobs/BLOB")]
    [InlineData("tags/list")]
    [InlineData("referrers/DIGEST")]
    public async Task Head_says_what_get_would(string what)
    {
        ArtifactRef model = await ModelAsync();
        Descriptor layer = (await _shelf.Store.ReadAsync(model, default)).Manifest.Layers[0];
        await using Registry registry = await StartAsync();
        string path = $"/v2/onnx/tiny/{what.Replace("BLOB", layer.Digest.ToString(), StringComparison.Ordinal).Replace("DIGEST", model.Digest.ToString(), StringComparison.Ordinal)}";

        Answer get = await registry.GetAsync(path), head = await registry.SendAsync(HttpMethod.Head, path);

        Assert.Equal((200, 200, ""), (get.Status, head.Status, head.Text));
        Assert.Equal((get.Type, get.Header("Docker-Content-Digest")), (head.Type, head.Header("Docker-Content-Digest")));
    }

    [Fact]
    public async Task Tags_are_listed_page_by_page()
    {
        ArtifactRef model = await ModelAsync();
        foreach (string tag in new[] { "v2", "V10", "b" })
            await _shelf.Store.MoveTagAsync(model, tag, TimeProvider.System, default);
        await using Registry registry = await StartAsync();

        Answer all = await registry.GetAsync("/v2/onnx/tiny/tags/list");
        List<string> paged = [];
        string? next = "/v2/onnx/tiny/tags/list?n=3";
        for (int pages = 0; next is not null; pages++)
        {
            Assert.True(pages < 2);
            Answer page = await registry.GetAsync(next);
            paged.AddRange(page.Json["tags"]!.AsArray().Select(tag => (string)tag!));
            next = page.Header("Link") is { } link ? link[(link.IndexOf('<', StringComparison.Ordinal) + 1)..link.IndexOf('>', StringComparison.Ordinal)] : null;
        }

        Assert.Equal("onnx/tiny", (string?)all.Json["name"]);
        Assert.Equal(["b", "latest", "V10", "v2"], all.Json["tags"]!.AsArray().Select(tag => (string)tag!));
        Assert.Equal(["b", "latest", "V10", "v2"], paged);
        Assert.Empty((await registry.GetAsync("/v2/onnx/tiny/tags/list?n=0")).Json["tags"]!.AsArray());
        Assert.Equal(["v2"], (await registry.GetAsync("/v2/onnx/tiny/tags/list?last=V10")).Json["tags"]!.AsArray().Select(tag => (string)tag!));
    }

    [Fact]
    public async Task What_refers_to_an_artifact_is_listed_and_can_be_fetched()
    {
        ArtifactRef model = await ModelAsync();
        using SigningKey key = SigningKey.Create();
        Referrer signature = (await ArtifactSigner.SignAsync(_shelf.Store, model, key, default))!;
        await _shelf.Store.RecordRunAsync(model, new RunRecord { Started = DateTimeOffset.UnixEpoch, Finished = DateTimeOffset.UnixEpoch, Machine = "x" }, default);
        await using Registry registry = await StartAsync();

        Answer all = await registry.GetAsync($"/v2/onnx/tiny/referrers/{model.Digest}");
        Answer signatures = await registry.GetAsync($"/v2/onnx/tiny/referrers/{model.Digest}?artifactType={Uri.EscapeDataString(DsseEnvelope.EnvelopeMediaType)}");
        Answer none = await registry.GetAsync($"/v2/onnx/tiny/referrers/{Digest.Of("x"u8)}");

        Assert.Equal(("application/vnd.oci.image.index.v1+json", 2), (all.Type, all.Json["manifests"]!.AsArray().Count));
        Assert.Null(all.Header("OCI-Filters-Applied"));
        JsonNode only = Assert.Single(signatures.Json["manifests"]!.AsArray())!;
        Assert.Equal((signature.Digest.ToString(), "artifactType"), ((string?)only["digest"], signatures.Header("OCI-Filters-Applied")));
        Assert.Equal((200, 0), (none.Status, none.Json["manifests"]!.AsArray().Count));
        Answer manifest = await registry.GetAsync($"/v2/onnx/tiny/manifests/{signature.Digest}");
        Assert.Equal(signature.Digest, Digest.Of(Encoding.UTF8.GetBytes(manifest.Text)));
        Assert.Equal(404, (await registry.GetAsync($"/v2/onnx/other/manifests/{signature.Digest}")).Status);
    }

    [Theory]
    [InlineData("GET", "/v2/onnx/absent/tags/list", 404, "NAME_UNKNOWN")]
    [InlineData("GET", "/v2/what/tiny/tags/list", 404, "NAME_UNKNOWN")]
    [InlineData("GET", "/v2/tiny/tags/list", 404, "NAME_UNKNOWN")]
    [InlineData("GET", "/v2/onnx/a/b/tags/list", 404, "NAME_UNKNOWN")]
    [InlineData("GET", "/v2/onnx/tiny/tags/other", 404, "NAME_UNKNOWN")]
    [InlineData("GET", "/v2/onnx/..%2F..%2Fetc/tags/list", 404, "NAME_UNKNOWN")]
    [InlineData("GET", "/v2/onnx/tiny:latest/tags/list", 404, "NAME_UNKNOWN")]
    [InlineData("GET", "/v2/onnx/tiny/manifests/absent", 404, "MANIFEST_UNKNOWN")]
    [InlineData("GET", "/v2/onnx/tiny/manifests/..%2Flatest", 404, "MANIFEST_UNKNOWN")]
    [InlineData("GET", "/v2/onnx/tiny/manifests/sha256:12", 400, "DIGEST_INVALID")]
    [InlineData("GET", "/v2/onnx/tiny/manifests/ABSENT", 404, "MANIFEST_UNKNOWN")]
    [InlineData("GET", "/v2/onnx/tiny/manifests/LAYER", 404, "MANIFEST_UNKNOWN")]
    [InlineData("GET", "/v2/weights/tiny/manifests/MODEL", 404, "MANIFEST_UNKNOWN")]
    [InlineData("GET", "/v2/onnx/tiny/blobs/latest", 400, "DIGEST_INVALID")]
    [InlineData("GET", "/v2/onnx/tiny/blobs/ABSENT", 404, "BLOB_UNKNOWN")]
    [InlineData("GET", "/v2/onnx/absent/blobs/LAYER", 404, "NAME_UNKNOWN")]
    [InlineData("GET", "/v2/onnx/tiny/referrers/latest", 400, "DIGEST_INVALID")]
    [InlineData("GET", "/v2/onnx/tiny/tags/list?n=-1", 400, "PAGINATION_NUMBER_INVALID")]
    [InlineData("GET", "/v2/onnx/tiny/tags/list?n=many", 400, "PAGINATION_NUMBER_INVALID")]
    [InlineData("POST", "/v2/onnx/tiny/blobs/uploads/", 405, "UNSUPPORTED")]
    [InlineData("PUT", "/v2/onnx/tiny/manifests/latest", 405, "UNSUPPORTED")]
    [InlineData("PATCH", "/v2/onnx/tiny/blobs/uploads/1", 405, "UNSUPPORTED")]
    [InlineData("DELETE", "/v2/onnx/tiny/manifests/latest", 405, "UNSUPPORTED")]
    [InlineData("GET", "/v1/models", 404, "NAME_UNKNOWN")]
    [InlineData("GET", "/registry", 404, "NAME_UNKNOWN")]
    [InlineData("GET", "/v2/health/live", 404, "NAME_UNKNOWN")]
    [InlineData("GET", "/", 404, "NAME_UNKNOWN")]
    public async Task What_cannot_be_answered_is_said_in_the_specifications_words(string method, string path, int status, string code)
    {
        ArtifactRef model = await ModelAsync();
        Descriptor layer = (await _shelf.Store.ReadAsync(model, default)).Manifest.Layers[0];
        path = path.Replace("ABSENT", Digest.Of("x"u8).ToString(), StringComparison.Ordinal).Replace("LAYER", layer.Digest.ToString(), StringComparison.Ordinal).Replace("MODEL", model.Digest.ToString(), StringComparison.Ordinal);
        await using Registry registry = await StartAsync();

        Answer answer = await registry.SendAsync(new HttpMethod(method), path);

        Assert.Equal((status, "application/json", code), (answer.Status, answer.Type, (string?)answer.Json["errors"]![0]!["code"]));
        Assert.NotEmpty((string)answer.Json["errors"]![0]!["message"]!);
        Assert.DoesNotContain("/tmp", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_blob_breaks_off_instead_of_ending()
    {
        ArtifactRef model = await ModelAsync();
        Descriptor layer = (await _shelf.Store.ReadAsync(model, default)).Manifest.Layers.First(layer => layer.Title == "model.onnx");
        await using Registry registry = await StartAsync();
        string file = _shelf.Store.LocalFile(layer.Digest)!;
        byte[] bytes = await File.ReadAllBytesAsync(file);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(file, bytes);

        await Assert.ThrowsAsync<HttpRequestException>(() => registry.GetAsync($"/v2/onnx/tiny/blobs/{layer.Digest}"));
    }

    [Theory]
    [InlineData(null, 401)]
    [InlineData("Bearer " + Key, 200)]
    [InlineData("Bearer " + Inference, 403)]
    [InlineData("Bearer wrong-wrong-wrong-wrong", 401)]
    [InlineData("Basic", 401)]
    public async Task Only_a_key_for_management_opens_it(string? authorization, int status)
    {
        await ModelAsync();
        await using Registry registry = await StartAsync($"management:{Key}", $"inference:{Inference}");

        foreach (string path in new[] { "/v2/", "/v2/onnx/tiny/tags/list", "/v2/onnx/tiny/manifests/latest", "/v2/onnx/absent/tags/list", "/" }.Take(status == 200 ? 3 : 5))
        {
            Answer answer = await registry.GetAsync(path, request => request.Headers.TryAddWithoutValidation("Authorization", authorization));
            Assert.Equal(status, answer.Status);
            if (status == 401)
                Assert.StartsWith("Basic realm=", answer.Header("WWW-Authenticate"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_key_may_come_as_a_password()
    {
        await ModelAsync();
        await using Registry registry = await StartAsync($"management:{Key}");

        Answer answer = await registry.GetAsync("/v2/", request => request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"me:{Key}"))));

        Assert.Equal(200, answer.Status);
    }

    [Fact]
    public async Task Neither_port_answers_for_the_other()
    {
        await ModelAsync();
        await using Registry registry = await StartAsync();

        Assert.Equal(404, (await registry.Host.GetAsync("/v2/onnx/tiny/tags/list")).Status);
        Assert.Equal(200, (await registry.Host.GetAsync("/v2/health/live")).Status);
        Assert.Equal(404, (await registry.GetAsync("/v2/health/live")).Status);
        Assert.Equal(404, (await registry.GetAsync("/metrics")).Status);
    }

    [Fact]
    public async Task Options_that_cannot_be_are_refused()
    {
        ServeOptions options = new() { Models = [Models.ModelChoice.Parse("onnx/tiny:latest")], OciPort = 5000, Port = 5000 };

        Assert.Contains("expected two ports", Assert.Throws<UsageException>(() => ServeHost.Build(options, _shelf.Store)).Message, StringComparison.Ordinal);
        Assert.Contains("no store was named", Assert.Throws<UsageException>(() => ServeHost.Build(options with { Port = 0 }, null)).Message, StringComparison.Ordinal);
        await using Registry registry = await StartAsync();
        UsageException taken = await Assert.ThrowsAsync<UsageException>(() => TestHost.StartAsync(each => each with { OciPort = registry.Address.Port }, _shelf.Store));
        Assert.Contains($"Port {registry.Address.Port} of 127.0.0.1 is in use by another program; choose another with --oci-port", taken.Message, StringComparison.Ordinal);
    }

    [ProgramFact("skopeo", "--version")]
    public async Task Skopeo_lists_tags_and_fetches_by_tag_and_by_digest()
    {
        ArtifactRef model = await ModelAsync();
        await using Registry registry = await StartAsync($"management:{Key}");
        string name = $"docker://{registry.Address.Authority}/onnx/tiny";
        ArtifactStore target = ArtifactStores.Open(_folder.File("store"));

        (int listed, string tags) = Judges.Run("skopeo", "list-tags", "--tls-verify=false", "--creds", $"me:{Key}", name);
        (int inspected, string manifest) = Judges.Run("skopeo", "inspect", "--raw", "--tls-verify=false", "--creds", $"me:{Key}", $"{name}:latest");
        (int copied, string output) = Judges.Run("skopeo", "copy", "--insecure-policy", "--src-tls-verify=false", "--src-creds", $"me:{Key}", $"{name}@{model.Digest}", $"oci:{_folder.File("pulled")}:v1");
        (int refused, _) = Judges.Run("skopeo", "list-tags", "--tls-verify=false", "--creds", $"me:{Inference}", name);

        Assert.True((listed, inspected, copied) == (0, 0, 0), tags + manifest + output);
        Assert.NotEqual(0, refused);
        Assert.Equal(["latest"], JsonNode.Parse(tags)!["Tags"]!.AsArray().Select(tag => (string)tag!));
        Assert.Equal(model.Digest, Digest.Of(Encoding.UTF8.GetBytes(manifest)));
        OciLayout layout = await OciLayout.OpenAsync(_folder.File("pulled"), default);
        ImportedArtifact imported = Assert.Single(await new LayoutImport(target, TimeProvider.System).RunAsync(layout, null, null, default));
        Assert.Equal((model, true), (imported.Artifact, imported.KeptDigest));
        Assert.Empty(await target.VerifyAsync(model, deep: true, default));
    }

    private async Task<ArtifactRef> ModelAsync()
    {
        ArtifactRef model = await _shelf.AddAsync(1);
        await _shelf.TagAsync(model);
        return model;
    }

    private async Task<Registry> StartAsync(params string[] keys) =>
        new(await TestHost.StartAsync(options => options with { OciPort = 0, Keys = keys }, _shelf.Store));

    /// <summary>A server, asked by its OCI port.</summary>
    private sealed class Registry : IAsyncDisposable
    {
        private readonly HttpClient _client;

        public Registry(TestHost host)
        {
            Host = host;
            Address = new Uri(OciServices.OciAddressOf(host.App)!);
            _client = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(60) };
        }

        public TestHost Host { get; }

        public Uri Address { get; }

        public Task<Answer> GetAsync(string path, Action<HttpRequestMessage>? change = null) => SendAsync(HttpMethod.Get, path, change);

        public async Task<Answer> SendAsync(HttpMethod method, string path, Action<HttpRequestMessage>? change = null)
        {
            using HttpRequestMessage request = new(method, path);
            change?.Invoke(request);
            return await Answer.ReadAsync(await _client.SendAsync(request));
        }

        public async ValueTask DisposeAsync()
        {
            _client.Dispose();
            await Host.DisposeAsync();
        }
    }
}
