using System.Net;
using System.Net.Http.Headers;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Unreel.Artifacts;
using Unreel.Testing.Models;

namespace Unreel.Serve.Tests.Registry;

/// <summary>The registry as programs read it.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ApiReadTests
{
    [Fact]
    public async Task Lists_go_page_by_page_until_all_were_seen()
    {
        using RegistryStore filled = await RegistryStore.FillAsync();
        await using TestHost host = await HostAsync(filled);
        List<string> seen = [];

        for (string? next = "/api/v1/artifacts?order=name&limit=2"; next is not null;)
        {
            Answer page = await host.GetAsync(next);
            Assert.Equal((200, 3), (page.Status, (int)page.Json["total"]!));
            seen.AddRange(page.Json["artifacts"]!.AsArray().Select(item => (string)item!["name"]!));
            next = (string?)page.Json["next"];
            Assert.Equal(next is null ? null : $"<{next}>; rel=\"next\"", page.Header("Link"));
        }

        Assert.Equal(["drawn", "judged", "walker"], seen);
    }

    [Theory]
    [InlineData("q=walker", "walker", "judged")]
    [InlineData("kind=clips", "drawn")]
    [InlineData("stage=evaluate", "judged")]
    [InlineData("tag=latest", "walker")]
    [InlineData("tagged=1", "walker")]
    [InlineData("tagged=0", "drawn", "judged")]
    [InlineData("order=metric:top1&limit=2", "walker", "judged")]
    [InlineData("q=nothing-is-called-so")]
    public async Task Filters_find_what_they_say(string query, params string[] expected)
    {
        using RegistryStore filled = await RegistryStore.FillAsync();
        await using TestHost host = await HostAsync(filled);

        JsonNode found = (await host.GetAsync($"/api/v1/artifacts?{query}")).Json;

        Assert.Equal(expected.Order(), found["artifacts"]!.AsArray().Select(item => (string)item!["name"]!).Order());
    }

    [Theory]
    [InlineData("/api/v1/artifacts?nonsense=1", 400, "There is no parameter 'nonsense'")]
    [InlineData("/api/v1/artifacts?limit=0", 400, "limit is '0'")]
    [InlineData("/api/v1/artifacts?limit=1001", 400, "limit is '1001'")]
    [InlineData("/api/v1/artifacts?order=what", 400, "order is 'what'")]
    [InlineData("/api/v1/artifacts?kind=what", 404, "not a kind")]
    [InlineData("/api/v1/artifacts/weights/walker/absent", 404, "no artifact weights/walker:absent")]
    [InlineData("/api/v1/artifacts/weights/walker/latest/files/absent", 404, "holds no file 'absent'")]
    [InlineData("/api/v1/artifacts/weights/walker/latest/files/..%2f..%2fetc%2fpasswd", 404, "holds no file")]
    [InlineData("/api/v1/artifacts/weights/walker/latest/lineage?depth=101", 400, "depth is '101'")]
    [InlineData("/api/v1/tags/weights/walker/absent", 404, "no tag weights/walker:absent")]
    [InlineData("/api/v1/tags/weights/..%2f..%2fa/latest", 404, "cannot be a tag")]
    [InlineData("/api/v1/runs/nothing", 404, "names no run")]
    [InlineData("/api/v1/runs/sha256:0000000000000000000000000000000000000000000000000000000000000000", 404, "no run")]
    public async Task What_is_wrong_is_said(string path, int status, string detail)
    {
        using RegistryStore filled = await RegistryStore.FillAsync();
        await using TestHost host = await HostAsync(filled);

        (await host.GetAsync(path)).AssertProblem(status, detail);
    }

    [Theory]
    [InlineData("/api/v1/artifacts")]
    [InlineData("/api/v1/artifacts/weights/walker/latest")]
    [InlineData("/api/v1/artifacts/weights/walker/latest/lineage")]
    [InlineData("/api/v1/tags")]
    [InlineData("/api/v1/tags/weights/walker/latest")]
    [InlineData("/api/v1/runs")]
    public async Task What_the_caller_has_is_not_sent_again(string path)
    {
        using RegistryStore filled = await RegistryStore.FillAsync();
        await using TestHost host = await HostAsync(filled);
        string tag = (await host.GetAsync(path)).Header("ETag")!;

        Assert.Equal(304, (await GetAsync(host, path, ("If-None-Match", tag))).Status);
        Assert.Equal(304, (await GetAsync(host, path, ("If-None-Match", $"\"other\", W/{tag}"))).Status);
        Assert.Equal(200, (await GetAsync(host, path, ("If-None-Match", "\"other\""))).Status);
    }

    [Fact]
    public async Task An_artifact_has_its_digest_as_etag_and_tells_files_and_lineage()
    {
        using RegistryStore filled = await RegistryStore.FillAsync();
        await using TestHost host = await HostAsync(filled);

        Answer answer = await host.GetAsync("/api/v1/artifacts/weights/walker/latest");

        Assert.Equal($"\"{filled.Weights.Digest.Hex}\"", answer.Header("ETag"));
        Assert.Equal(filled.Weights.ToString(), (string)answer.Json["reference"]!);
        Assert.Equal("finetune", (string)answer.Json["lineage"]!["stage"]!);
        Assert.Equal(filled.Clips.Digest.ToString(), (string)answer.Json["lineage"]!["inputs"]![0]!["digest"]!);
        JsonNode file = answer.Json["files"]!.AsArray().Single(each => (string)each!["title"]! == "metrics.jsonl")!;
        Assert.Equal((long)file["size"]!, (await host.Client.GetByteArrayAsync((string)file["url"]!)).Length);
    }

    [Fact]
    public async Task Lineage_goes_both_ways_and_says_what_it_leaves_out()
    {
        using RegistryStore filled = await RegistryStore.FillAsync();
        await using TestHost host = await HostAsync(filled);

        JsonNode whole = (await host.GetAsync("/api/v1/artifacts/weights/walker/latest/lineage")).Json;
        JsonNode near = (await host.GetAsync($"/api/v1/artifacts/clips/drawn/{filled.Clips.Digest}/lineage?depth=1")).Json;

        Assert.Equal([("walker", 0), ("drawn", -1), ("judged", 1)], whole["nodes"]!.AsArray().Select(node => (NameOf(node!), (int)node!["column"]!)));
        Assert.Equal(3, whole["edges"]!.AsArray().Count);
        Assert.Equal(0, (int)whole["left_out"]!);

        // The report was made from clips and weights: it stands right of both, and one step from the clips all the same.
        Assert.Equal([("drawn", 0), ("judged", 2), ("walker", 1)], near["nodes"]!.AsArray().Select(node => (NameOf(node!), (int)node!["column"]!)).OrderBy(pair => pair.Item1));
    }

    [Fact]
    public async Task Files_come_whole_and_in_parts_with_their_digests()
    {
        using RegistryStore filled = await RegistryStore.FillAsync();
        await using TestHost host = await HostAsync(filled);
        byte[] bytes = TestVideos.Bytes();
        string path = $"/api/v1/artifacts/clips/drawn/{filled.Clips.Digest}/files/preview.mp4";

        using HttpResponseMessage whole = await host.Client.GetAsync(path);
        using HttpResponseMessage head = await host.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, path));
        byte[] part = await (await PartAsync(host, path, 10, 19)).Content.ReadAsByteArrayAsync();
        using HttpResponseMessage end = await PartAsync(host, path, null, 5);
        using HttpResponseMessage beyond = await PartAsync(host, path, bytes.Length, null);

        Assert.Equal(bytes, await whole.Content.ReadAsByteArrayAsync());
        Assert.Equal($"sha-256=:{Convert.ToBase64String(SHA256.HashData(bytes))}:", whole.Headers.GetValues("Repr-Digest").Single());
        Assert.All([whole, head], answer => Assert.Equal((bytes.Length, "bytes", $"\"{Digest.Of(bytes).Hex}\""), (answer.Content.Headers.ContentLength, answer.Headers.AcceptRanges.Single(), answer.Headers.ETag!.Tag)));
        Assert.Equal(bytes[10..20], part);
        Assert.Equal((HttpStatusCode.PartialContent, $"bytes {bytes.Length - 5}-{bytes.Length - 1}/{bytes.Length}"), (end.StatusCode, end.Content.Headers.ContentRange!.ToString()));
        Assert.Equal(bytes[^5..], await end.Content.ReadAsByteArrayAsync());
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, beyond.StatusCode);
        Assert.Equal(304, (await GetAsync(host, path, ("If-None-Match", whole.Headers.ETag!.Tag))).Status);
        Assert.Equal(TestVideos.Bytes(), await host.Client.GetByteArrayAsync($"/api/v1/artifacts/clips/drawn/{filled.Clips.Digest}/files/a/b%20c.mp4"));
    }

    [Fact]
    public async Task Damaged_bytes_are_not_sent_to_whoever_has_others_and_a_tags_files_are_asked_for_again()
    {
        using RegistryStore filled = await RegistryStore.FillAsync();
        await using TestHost host = await HostAsync(filled);
        string byDigest = $"/api/v1/artifacts/weights/walker/{filled.Weights.Digest}/files/README.md", byTag = "/api/v1/artifacts/weights/walker/latest/files/README.md";
        byte[] bytes = await host.Client.GetByteArrayAsync(byDigest);

        Assert.Equal("no-cache, private", (await host.GetAsync(byTag)).Header("Cache-Control"));
        Assert.Contains("immutable", (await host.GetAsync(byDigest)).Header("Cache-Control"), StringComparison.Ordinal);
        Assert.Contains("immutable", (await host.GetAsync($"/api/v1/runs/{filled.Run}/logs/finetune.log")).Header("Cache-Control"), StringComparison.Ordinal);

        string file = filled.Store.LocalFile(Digest.Of(bytes))!;
        bytes[0] ^= 1;
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllBytes(file, bytes);
        (await GetAsync(host, byDigest, ("If-None-Match", "\"other\""))).AssertProblem(502, "damaged in the store");
        File.Delete(file);
        using HttpResponseMessage head = await host.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, byDigest));
        Assert.Equal(HttpStatusCode.BadGateway, head.StatusCode);
    }

    [Fact]
    public async Task A_slash_of_a_title_may_come_encoded()
    {
        using RegistryStore filled = await RegistryStore.FillAsync();
        await using TestHost host = await HostAsync(filled);

        Assert.Equal(TestVideos.Bytes(), await host.Client.GetByteArrayAsync($"/api/v1/artifacts/clips/drawn/{filled.Clips.Digest}/files/a%2Fb%20c.mp4"));
    }

    [Fact]
    public async Task A_damaged_record_does_not_hide_the_other_runs()
    {
        using RegistryStore filled = await RegistryStore.FillAsync();
        DateTimeOffset began = new(2026, 1, 3, 0, 0, 0, TimeSpan.Zero);
        PipelineRunRef hurt = await filled.Store.RecordPipelineRunAsync(new PipelineRun { Pipeline = "hurt", Started = began, Finished = began, Machine = "m", ExitCode = 0 }, [], CancellationToken.None);
        string file = filled.Store.LocalFile(hurt.Digest)!;
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllText(file, "{");
        await using TestHost host = await HostAsync(filled);

        JsonNode listed = (await host.GetAsync("/api/v1/runs")).Json;
        Answer page = await host.GetAsync("/registry/runs");

        Assert.Equal((2, 1), ((int)listed["total"]!, listed["runs"]!.AsArray().Count));
        Assert.Equal(hurt.Digest.ToString(), (string)listed["damaged"]![0]!["digest"]!);
        Assert.Contains("The record is damaged: ", page.Text, StringComparison.Ordinal);
        Assert.Contains($"/registry/runs/{filled.Run}", page.Text, StringComparison.Ordinal);
        (await host.GetAsync($"/api/v1/runs/{hurt.Digest}")).AssertProblem(502, "is damaged");
    }

    [Fact]
    public async Task A_part_whose_file_changed_since_the_caller_saw_it_comes_whole()
    {
        using RegistryStore filled = await RegistryStore.FillAsync();
        await using TestHost host = await HostAsync(filled);
        using HttpRequestMessage request = new(HttpMethod.Get, $"/api/v1/artifacts/clips/drawn/{filled.Clips.Digest}/files/preview.mp4");
        request.Headers.Range = new RangeHeaderValue(0, 3);
        request.Headers.IfRange = new RangeConditionHeaderValue("\"other\"");

        using HttpResponseMessage answer = await host.Client.SendAsync(request);

        Assert.Equal((HttpStatusCode.OK, TestVideos.Bytes().Length), (answer.StatusCode, (await answer.Content.ReadAsByteArrayAsync()).Length));
    }

    [Fact]
    public async Task Runs_and_their_logs_are_told()
    {
        using RegistryStore filled = await RegistryStore.FillAsync();
        await using TestHost host = await HostAsync(filled);

        JsonNode listed = (await host.GetAsync("/api/v1/runs")).Json;
        JsonNode run = (await host.GetAsync($"/api/v1/runs/{filled.Run}")).Json;
        Answer log = await host.GetAsync((string)run["logs"]![0]!["url"]!);

        Assert.Equal((1, filled.Run.ToString()), ((int)listed["total"]!, (string)listed["runs"]![0]!["digest"]!));
        Assert.Equal(["up-to-date", "done", "failed"], run["run"]!["stages"]!.AsArray().Select(stage => (string)stage!["state"]!));
        Assert.StartsWith("one\n", log.Text, StringComparison.Ordinal);
        Assert.StartsWith("attachment", log.Header("Content-Disposition"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_store_it_is_said()
    {
        await using TestHost host = await TestHost.StartAsync(load: _ => new FakeClassifier(1f));

        foreach (string path in (string[])["/api/v1/artifacts", "/api/v1/tags", "/api/v1/runs", "/api/v1/artifacts/onnx/a/b", "/registry/runs", "/registry/compare?a=onnx/a&b=onnx/b"])
            (await host.GetAsync(path)).AssertProblem(404, "without an artifact store");
    }

    private static Task<TestHost> HostAsync(RegistryStore filled) => TestHost.StartAsync(store: filled.Store, load: _ => new FakeClassifier(1f));

    private static string NameOf(JsonNode node) => ((string)node["reference"]!).Split('/', '@')[1];

    private static async Task<HttpResponseMessage> PartAsync(TestHost host, string path, long? from, long? to)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, path) { Headers = { Range = new RangeHeaderValue(from, to) } };
        return await host.Client.SendAsync(request);
    }

    private static async Task<Answer> GetAsync(TestHost host, string path, (string Name, string Value) header)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation(header.Name, header.Value);
        return await Answer.ReadAsync(await host.Client.SendAsync(request));
    }
}
