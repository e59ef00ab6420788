using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Unreel.Artifacts;
using Unreel.Serve.Api;
using Unreel.Testing;

namespace Unreel.Serve.Tests.Registry;

/// <summary>The registry as programs write to it.</summary>
public sealed class ApiWriteTests
{
    private static readonly byte[] Content = RandomNumberGenerator.GetBytes(300_000);
    private static readonly string Name = Digest.Of(Content).ToString();

    [Fact]
    public async Task A_file_is_uploaded_published_and_tagged()
    {
        using RegistryStore filled = await RegistryStore.FillAsync();
        await using TestHost host = await HostAsync(filled);

        Answer blob = await SendAsync(host, HttpMethod.Put, $"/api/v1/blobs/{Name}", Content);
        Answer made = await SendAsync(host, HttpMethod.Post, "/api/v1/artifacts", Manifest(), "application/json");
        string digest = (string)made.Json["digest"]!;
        Answer tagged = await SendAsync(host, HttpMethod.Put, "/api/v1/tags/onnx/mine/best", Target(digest), "application/json", ("If-None-Match", "*"));

        Assert.Equal((201, Content.Length), (blob.Status, (int)blob.Json["size"]!));
        Assert.Equal((201, $"/api/v1/artifacts/onnx/mine/{digest}"), (made.Status, made.Message.Headers.Location!.ToString()));
        Assert.Equal((201, $"\"{digest[7..]}\""), (tagged.Status, tagged.Header("ETag")));

        // What was just done is seen at once, in lists too.
        JsonNode listed = (await host.GetAsync("/api/v1/artifacts?q=mine")).Json;
        Assert.Equal((digest, "best"), ((string)listed["artifacts"]![0]!["digest"]!, (string)listed["artifacts"]![0]!["tags"]![0]!));
        Assert.Equal(Content, await host.Client.GetByteArrayAsync("/api/v1/artifacts/onnx/mine/best/files/model.onnx"));
        Artifact read = await filled.Store.ReadAsync(new ArtifactRef(ArtifactKind.Onnx, "mine", Digest.Parse(digest)), CancellationToken.None);
        Assert.Equal(("put", filled.Weights.Digest), (read.Lineage.Stage, read.Lineage.Inputs.Single().Digest));
    }

    [Theory]
    [InlineData("/api/v1/blobs/sha256:0000000000000000000000000000000000000000000000000000000000000000", "Nothing was stored")]
    [InlineData("/api/v1/blobs/sha256:00", "expected sha256: and 64")]
    public async Task Bytes_that_are_not_what_was_said_are_not_stored(string path, string detail)
    {
        using RegistryStore filled = await RegistryStore.FillAsync();
        await using TestHost host = await HostAsync(filled);

        (await SendAsync(host, HttpMethod.Put, path, Content)).AssertProblem(400, detail);

        Assert.False(File.Exists(filled.Store.LocalFile(Digest.Of(Content))));
        Assert.Empty(Directory.GetFiles(host.Spool));
    }

    [Fact]
    public async Task More_uploads_than_there_are_places_for_are_sent_away_for_a_while()
    {
        using RegistryStore filled = await RegistryStore.FillAsync();
        await using TestHost host = await HostAsync(filled);
        UploadPlaces places = host.Services.GetRequiredService<UploadPlaces>();
        IDisposable[] taken = [.. Enumerable.Range(0, UploadPlaces.Most).Select(_ => places.TryTake()!)];

        Answer refused = await SendAsync(host, HttpMethod.Put, $"/api/v1/blobs/{Name}", Content);
        refused.AssertProblem(503, "later");
        Assert.Equal("5", refused.Header("Retry-After"));

        taken[0].Dispose();
        Assert.Equal(201, (await SendAsync(host, HttpMethod.Put, $"/api/v1/blobs/{Name}", Content)).Status);
        Assert.Equal(201, (await SendAsync(host, HttpMethod.Put, $"/api/v1/blobs/{Name}", Content)).Status);
    }

    [Fact]
    public async Task An_upload_beyond_the_limit_or_cut_off_leaves_nothing()
    {
        using RegistryStore filled = await RegistryStore.FillAsync();
        await using TestHost host = await HostAsync(filled, options => options with { MaxBlobBytes = 1024 });
        string head = $"PUT /api/v1/blobs/{Name} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {RegistryStore.Key}\r\n";

        (await SendAsync(host, HttpMethod.Put, $"/api/v1/blobs/{Name}", Content)).AssertProblem(413, "too large");
        using (System.Net.Sockets.TcpClient client = new("127.0.0.1", host.Address.Port))
        {
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"{head}Content-Length: 900\r\n\r\nhalf of it"));
        }

        await Eventually.TrueAsync(() => Directory.GetFiles(host.Spool).Length == 0);
        Assert.False(File.Exists(filled.Store.LocalFile(Digest.Of(Content))));
    }

    [Theory]
    [InlineData("""{"kind":"onnx","name":"mine","files":[{"title":"a","digest":"sha256:0000000000000000000000000000000000000000000000000000000000000000","size":1,"media_type":"a/b"}]}""", 422, "is not in the store")]
    [InlineData("""{"kind":"onnx","name":"mine","files":[]}""", 422, "files is empty")]
    [InlineData("""{"kind":"what","name":"mine","files":[]}""", 422, "'what' is not a kind")]
    [InlineData("""{"kind":"onnx","name":"../a","files":[]}""", 422, "cannot name an artifact")]
    [InlineData("""{"kind":"onnx","name":"mine","files":[],"stage":"pretrain"}""", 400, "there is no member 'stage'")]
    [InlineData("""{"kind":"onnx","kind":"onnx","name":"mine","files":[]}""", 400, "'kind' is there twice")]
    [InlineData("""{"name":"mine","files":[]}""", 400, "'kind' is missing")]
    [InlineData("""{"kind":"onnx","name":"mine","files":[{"title":"a","digest":"sha256:00","size":"much","media_type":"a/b"}]}""", 400, "at $.files[0].size is of another type")]
    [InlineData("""{"kind":"onnx","name":"mine","files":[],"inputs":null}""", 400, "'inputs' is null")]
    [InlineData("""{"kind":"onnx","name":"mine","files":[null]}""", 400, "files holds a null")]
    [InlineData("""{"kind":"onnx","name":"mine","files":[{"title":"a","digest":"sha256:00","size":1,"media_type":"a/b"}],"inputs":[null]}""", 400, "inputs holds a null")]
    [InlineData("[", 400, "cannot be read")]
    [InlineData("null", 400, "null")]
    public async Task What_cannot_be_published_is_refused_by_name(string body, int status, string detail)
    {
        using RegistryStore filled = await RegistryStore.FillAsync();
        await using TestHost host = await HostAsync(filled);

        Answer answer = await SendAsync(host, HttpMethod.Post, "/api/v1/artifacts", Encoding.UTF8.GetBytes(body), "application/json");

        answer.AssertProblem(status, detail);
        Assert.DoesNotContain("Unreel.", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../up")]
    [InlineData("/absolute")]
    [InlineData("a\\b")]
    [InlineData("a#b")]
    [InlineData(".unreel-lock")]
    [InlineData("")]
    public async Task A_title_that_leads_out_of_a_folder_is_refused(string title)
    {
        using RegistryStore filled = await RegistryStore.FillAsync();
        await using TestHost host = await HostAsync(filled);
        await SendAsync(host, HttpMethod.Put, $"/api/v1/blobs/{Name}", Content);

        (await SendAsync(host, HttpMethod.Post, "/api/v1/artifacts", Manifest(title), "application/json")).AssertProblem(422, "cannot name a file");
        Assert.Equal(0, (int)(await host.GetAsync("/api/v1/artifacts?q=mine")).Json["total"]!);
    }

    [Fact]
    public async Task A_size_that_lies_is_refused()
    {
        using RegistryStore filled = await RegistryStore.FillAsync();
        await using TestHost host = await HostAsync(filled);
        await SendAsync(host, HttpMethod.Put, $"/api/v1/blobs/{Name}", Content);

        (await SendAsync(host, HttpMethod.Post, "/api/v1/artifacts", Manifest(size: 7), "application/json")).AssertProblem(422, "the manifest would say 7");
    }

    [Fact]
    public async Task A_tag_moves_only_from_where_it_is_expected_to_be()
    {
        using RegistryStore filled = await RegistryStore.FillAsync();
        await using TestHost host = await HostAsync(filled);
        ArtifactRef other = await filled.AddAsync(ArtifactKind.Weights, "walker", "finetune", [], new() { ["top1"] = .9 }, ("a.bin", "application/octet-stream", [1]));
        string now = $"\"{filled.Weights.Digest.Hex}\"", path = "/api/v1/tags/weights/walker/latest";
        Task<Answer> PutAsync(params (string, string)[] headers) => SendAsync(host, HttpMethod.Put, path, Target(other.Digest.ToString()), "application/json", headers);

        (await PutAsync()).AssertProblem(428, "If-None-Match: *");
        (await PutAsync(("If-None-Match", "*"))).AssertProblem(412, filled.Weights.Digest.ToString());
        (await PutAsync(("If-Match", $"\"{other.Digest.Hex}\""))).AssertProblem(412, "is not what If-Match expects");
        Assert.Equal(200, (await PutAsync(("If-Match", now))).Status);
        Assert.Equal(other.Digest.ToString(), (string)(await host.GetAsync(path)).Json["digest"]!);
        (await SendAsync(host, HttpMethod.Put, "/api/v1/tags/weights/walker/new", Target(other.Digest.ToString()), "application/json", ("If-Match", "*"))).AssertProblem(412, "does not exist");
        (await SendAsync(host, HttpMethod.Put, "/api/v1/tags/weights/walker/new", Target(Name), "application/json", ("If-None-Match", "*"))).AssertProblem(422, "no artifact");
    }

    [Fact]
    public async Task A_tagged_artifact_is_not_deleted_and_an_untagged_one_is()
    {
        using RegistryStore filled = await RegistryStore.FillAsync();
        await using TestHost host = await HostAsync(filled);
        string path = $"/api/v1/artifacts/weights/walker/{filled.Weights.Digest}", tag = "/api/v1/tags/weights/walker/latest";

        (await SendAsync(host, HttpMethod.Delete, path)).AssertProblem(409, "The tag weights/walker:latest");
        (await SendAsync(host, HttpMethod.Delete, "/api/v1/artifacts/weights/walker/latest")).AssertProblem(400, "not a digest");
        (await SendAsync(host, HttpMethod.Delete, tag)).AssertProblem(428, "If-Match");
        Assert.Equal(204, (await SendAsync(host, HttpMethod.Delete, tag, headers: ("If-Match", $"\"{filled.Weights.Digest.Hex}\""))).Status);
        Assert.Equal(204, (await SendAsync(host, HttpMethod.Delete, path)).Status);
        (await host.GetAsync(path)).AssertProblem(404, "no artifact");
        Assert.Equal(2, (int)(await host.GetAsync("/api/v1/artifacts")).Json["total"]!);
        (await SendAsync(host, HttpMethod.Delete, path)).AssertProblem(404, "no such artifact");
    }

    [Fact]
    public async Task What_something_tagged_was_made_from_is_deleted_only_by_force()
    {
        using RegistryStore filled = await RegistryStore.FillAsync();
        await using TestHost host = await HostAsync(filled);
        string path = $"/api/v1/artifacts/clips/drawn/{filled.Clips.Digest}";

        (await SendAsync(host, HttpMethod.Delete, path)).AssertProblem(409, "weights/walker:latest was made from clips/drawn@");
        (await SendAsync(host, HttpMethod.Delete, $"{path}?force=perhaps")).AssertProblem(400, "force is 'perhaps'");
        Assert.Equal(200, (await host.GetAsync(path)).Status);
        Assert.Equal(204, (await SendAsync(host, HttpMethod.Delete, $"{path}?force=true")).Status);
        (await host.GetAsync(path)).AssertProblem(404, "no artifact");
    }

    [Theory]
    [InlineData("PUT", "/api/v1/tags/weights/walker/latest")]
    [InlineData("DELETE", "/api/v1/tags/weights/walker/latest")]
    [InlineData("DELETE", "/api/v1/artifacts/weights/walker/latest")]
    [InlineData("POST", "/api/v1/artifacts")]
    [InlineData("POST", "/api/v1/blobs")]
    [InlineData("PUT", "/api/v1/blobs/sha256:00")]
    public async Task Writing_needs_a_management_key_also_on_loopback(string method, string path)
    {
        using RegistryStore filled = await RegistryStore.FillAsync();
        await using TestHost open = await TestHost.StartAsync(store: filled.Store, load: _ => new FakeClassifier(1f));
        await using TestHost locked = await TestHost.StartAsync(options => options with { Keys = [$"inference:{RegistryStore.Key}"] }, filled.Store, _ => new FakeClassifier(1f));

        (await open.SendAsync(new HttpMethod(method), path, [])).AssertProblem(403, "UNREEL_KEYS=management:KEY");
        Assert.Equal(401, (await locked.SendAsync(new HttpMethod(method), path, [])).Status);
        locked.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", RegistryStore.Key);
        (await locked.SendAsync(new HttpMethod(method), path, [])).AssertProblem(403, "opens inference only");
    }

    [Fact]
    public async Task A_page_of_another_site_cannot_write()
    {
        using RegistryStore filled = await RegistryStore.FillAsync();
        await using TestHost host = await HostAsync(filled);

        (await SendAsync(host, HttpMethod.Delete, "/api/v1/tags/weights/walker/latest", headers: [("If-Match", "*"), ("Sec-Fetch-Site", "cross-site")])).AssertProblem(403, "another site");
    }

    private static async Task<TestHost> HostAsync(RegistryStore filled, Func<ServeOptions, ServeOptions>? change = null)
    {
        TestHost host = await TestHost.StartAsync(options => (change?.Invoke(options) ?? options) with { Keys = [$"management:{RegistryStore.Key}"] }, filled.Store, _ => new FakeClassifier(1f));
        host.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", RegistryStore.Key);
        return host;
    }

    private static byte[] Manifest(string title = "model.onnx", int? size = null) => Encoding.UTF8.GetBytes(new JsonObject
    {
        ["kind"] = "onnx",
        ["name"] = "mine",
        ["inputs"] = new JsonArray(new JsonObject { ["option"] = "classifier", ["reference"] = "weights/walker:latest" }),
        ["files"] = new JsonArray(new JsonObject { ["title"] = title, ["digest"] = Name, ["size"] = size ?? Content.Length, ["media_type"] = "application/onnx" }),
    }.ToJsonString());

    private static byte[] Target(string digest) => Encoding.UTF8.GetBytes($$"""{"digest":"{{digest}}"}""");

    private static async Task<Answer> SendAsync(TestHost host, HttpMethod method, string path, byte[]? body = null, string? type = null, params (string Name, string Value)[] headers)
    {
        using HttpRequestMessage request = new(method, path) { Content = body is null ? null : new ByteArrayContent(body) };
        if (type is not null)
            request.Content!.Headers.ContentType = new MediaTypeHeaderValue(type);
        foreach ((string name, string value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await Answer.ReadAsync(await host.Client.SendAsync(request));
    }
}
