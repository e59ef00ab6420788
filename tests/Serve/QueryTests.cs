using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Unreel.Serve.Decoding;
using Unreel.Serve.Models;
using Unreel.Testing;
using Unreel.Testing.Models;

namespace Unreel.Serve.Tests;

public sealed class QueryTests
{
    [Theory]
    [InlineData("classify?topk=3", "There is no parameter 'topk'; there are top_k, views, timeline, hop.")]
    [InlineData("classify?top_k=1&top_k=2", "top_k is given 2 times")]
    [InlineData("classify?views=0", "views is '0'; expected CLIPS or CLIPSxCROPS")]
    [InlineData("classify?views=65", "views is '65'")]
    [InlineData("classify?views=5x17", "views is '5x17'")]
    [InlineData("classify?views=33x2", "64 in all")]
    [InlineData("classify?views=5x", "views is '5x'")]
    [InlineData("classify?views=x", "views is 'x'")]
    [InlineData("classify?views=-1x3", "views is '-1x3'")]
    [InlineData("classify?views=99999999999x3", "expected CLIPS")]
    [InlineData("classify?timeline=maybe", "timeline is 'maybe'; expected 1 or 0.")]
    [InlineData("classify?hop=1", "expected timeline=1 with it")]
    [InlineData("classify?timeline=1&hop=0", "hop is '0'; expected seconds")]
    [InlineData("classify?timeline=1&hop=NaN", "hop is 'NaN'")]
    [InlineData("classify?timeline=1&hop=1e9", "hop is '1e9'")]
    [InlineData("classify?timeline=1&views=2", "a window of a timeline is one clip")]
    [InlineData("embed?top_k=1", "There is no parameter 'top_k'; there are views, normalise.")]
    [InlineData("embed?normalise=2", "normalise is '2'; expected 1 or 0.")]
    public async Task A_query_that_cannot_be_meant_is_refused_by_name(string query, string detail)
    {
        await using TestHost host = await TestHost.StartAsync();

        (await host.SendAsync(HttpMethod.Put, "/v1/" + query, [1])).AssertProblem(400, detail);
    }

    [Theory]
    [InlineData("1", 1)]
    [InlineData("5", 5)]
    [InlineData("3x3", 9)]
    [InlineData("20x3", 60)]
    public async Task As_many_views_as_are_asked_for_are_looked_at(string views, int expected)
    {
        await using TestHost host = await TestHost.StartAsync();

        Answer answer = await host.SendAsync(HttpMethod.Put, $"/v1/classify?top_k=6&views={views}", TestVideos.Bytes());

        JsonNode file = answer.Json["files"]![0]!;
        Assert.Equal(expected, (int)file["video"]!["views"]!);
        Assert.Equal(1, file["predictions"]!.AsArray().Sum(each => (double)each!["probability"]!), 1e-5);
    }

    [Fact]
    public async Task Models_are_found_by_name_tag_and_digest()
    {
        await using TestHost host = await TwoModelsAsync();
        JsonArray models = (await host.GetAsync("/v1/models")).Json["models"]!.AsArray();
        string digest = (string)models[1]!["digest"]!;

        Assert.Equal(["one", "two"], models.Select(model => (string)model!["name"]!));
        foreach (string name in (string[])["two", "two:latest", $"two@{digest}"])
        {
            Answer answer = await host.SendAsync(HttpMethod.Put, $"/v1/models/{name}/classify", TestVideos.Bytes());
            Assert.Equal(("two", "latest", digest), ((string)answer.Json["model"]!["name"]!, (string)answer.Json["model"]!["version"]!, (string)answer.Json["model"]!["digest"]!));
            Assert.Equal(digest, (string)(await host.GetAsync($"/v1/models/{name}")).Json["digest"]!);
        }

        Assert.Equal("one", (string)(await host.SendAsync(HttpMethod.Put, "/v1/classify", TestVideos.Bytes())).Json["model"]!["name"]!);
    }

    [Theory]
    [InlineData("GET", "/v1/models/three")]
    [InlineData("POST", "/v1/models/three/classify")]
    [InlineData("PUT", "/v1/models/three/embed")]
    [InlineData("PUT", "/v1/models/three/classify?timeline=1")]
    public async Task An_unknown_model_is_not_found_and_the_known_ones_are_named(string method, string path)
    {
        await using TestHost host = await TwoModelsAsync();

        (await host.SendAsync(new HttpMethod(method), path, method == "GET" ? [] : [1])).AssertProblem(404, "There is no model 'three'; there are one:latest, two:latest.");
    }

    [Fact]
    public async Task Answers_name_no_path_of_the_server()
    {
        await using TestHost host = await TestHost.StartAsync();

        foreach (string path in (string[])["/v1/models", "/v2/models", "/v1/models/absent"])
            Assert.DoesNotContain("/tmp", (await host.GetAsync(path)).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("/tmp", (await host.SendAsync(HttpMethod.Put, "/v1/classify", TestVideos.Bytes())).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("soon")]
    [InlineData("1e300")]
    [InlineData("86401")]
    public async Task A_time_that_is_none_is_refused(string seconds)
    {
        await using TestHost host = await TestHost.StartAsync();
        host.Client.DefaultRequestHeaders.TryAddWithoutValidation("X-Request-Timeout", seconds);

        (await host.SendAsync(HttpMethod.Put, "/v1/classify", TestVideos.Bytes())).AssertProblem(400, $"X-Request-Timeout is '{seconds}'");
    }

    [Fact]
    public async Task A_caller_may_want_less_time_than_the_server_allows()
    {
        HeldDecoder decoder = new();
        await using TestHost host = await TestHost.StartAsync(services: services => services.AddSingleton<IClipDecoder>(decoder));
        host.Client.DefaultRequestHeaders.Add("X-Request-Timeout", "0.2");

        (await host.SendAsync(HttpMethod.Put, "/v1/classify", TestVideos.Bytes())).AssertProblem(504, "within 0.2 s");
    }

    [Fact]
    public async Task A_compressed_body_is_refused()
    {
        await using TestHost host = await TestHost.StartAsync();
        using HttpRequestMessage request = new(HttpMethod.Put, "/v1/classify") { Content = new ByteArrayContent([1, 2, 3]) };
        request.Content.Headers.ContentEncoding.Add("gzip");

        (await Answer.ReadAsync(await host.Client.SendAsync(request))).AssertProblem(415, "encoding is 'gzip'");
    }

    private static async Task<TestHost> TwoModelsAsync()
    {
        using TemporaryFolder folder = new();
        string second = TinyModel.Write(folder.File("second"), seed: 8);
        return await TestHost.StartAsync(options => options with { Models = [options.Models[0] with { Name = "one" }, new ModelChoice("two", "latest", second)] });
    }
}
