using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using Microsoft.OpenApi.Reader;
using Unreel.Testing.Models;

namespace Unreel.Serve.Tests;

public sealed class ApiDocumentTests
{
    [Fact]
    public async Task The_document_is_valid()
    {
        await using TestHost host = await TestHost.StartAsync();
        using MemoryStream text = new(Encoding.UTF8.GetBytes((await host.GetAsync("/openapi/v1.json")).Text));

        ReadResult read = await OpenApiDocument.LoadAsync(text, "json");

        Assert.Empty(read.Diagnostic!.Errors.Select(error => error.ToString()));
        Assert.Empty(read.Diagnostic.Warnings.Select(warning => warning.ToString()));
        Assert.Equal("Unreel", read.Document!.Info.Title);
    }

    [Fact]
    public async Task Every_route_of_the_api_is_in_it_with_a_summary_and_its_parameters()
    {
        await using TestHost host = await TestHost.StartAsync();
        JsonObject paths = (await host.GetAsync("/openapi/v1.json")).Json["paths"]!.AsObject();
        HashSet<string> ids = [];

        foreach (RouteEndpoint route in host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>())
        {
            string pattern = "/" + route.RoutePattern.RawText!.Trim('/').Replace("{**", "{", StringComparison.Ordinal);
            if (route.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>() is not null || pattern.StartsWith("/openapi", StringComparison.Ordinal))
                continue;

            foreach (string method in route.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods)
            {
                JsonNode? operation = paths[pattern]?[method.ToLowerInvariant()];
                Assert.True(operation is not null, $"{method} {pattern} is missing.");
                Assert.False(string.IsNullOrEmpty((string?)operation["summary"]), $"{method} {pattern} has no summary.");
                Assert.True(ids.Add((string)operation["operationId"]!), $"{method} {pattern} has the id of another operation.");
                string[] told = [.. (operation["parameters"]?.AsArray() ?? []).Where(each => (string)each!["in"]! == "path").Select(each => (string)each!["name"]!)];
                Assert.Equal(route.RoutePattern.Parameters.Select(parameter => parameter.Name), told);
            }
        }
    }

    [Fact]
    public async Task Routes_that_take_videos_show_bodies_examples_and_refusals()
    {
        await using TestHost host = await TestHost.StartAsync();
        JsonNode paths = (await host.GetAsync("/openapi/v1.json")).Json["paths"]!;

        foreach (string path in (string[])["/v1/classify", "/v1/models/{model}/classify"])
        {
            foreach (string method in (string[])["post", "put"])
            {
                JsonNode operation = paths[path]![method]!;
                string[] told = [.. operation["parameters"]!.AsArray().Select(each => (string)each!["name"]!)];
                Assert.Empty(((string[])["top_k", "views", "timeline", "hop"]).Except(told));
                Assert.NotNull(operation["requestBody"]!["content"]!["multipart/form-data"]);
                Assert.Equal("walk", (string)operation["responses"]!["200"]!["content"]!["application/json"]!["example"]!["files"]![0]!["label"]!);
                Assert.StartsWith("event: video\n", (string)operation["responses"]!["200"]!["content"]!["text/event-stream"]!["example"]!, StringComparison.Ordinal);
                Assert.NotNull(operation["responses"]!["422"]!["content"]!["application/problem+json"]);
            }
        }

        Assert.NotNull(paths["/v2/models/{model}/infer"]!["post"]!["responses"]!["400"]!["content"]!["application/json"]!["example"]!["error"]);
    }

    [Theory]
    [InlineData("/v1/classify", "FileResult")]
    [InlineData("/v1/embed", "FileFeatures")]
    public async Task Answers_and_examples_have_the_members_the_document_says(string path, string type)
    {
        await using TestHost host = await TestHost.StartAsync();
        JsonNode document = (await host.GetAsync("/openapi/v1.json")).Json;
        IEnumerable<string> expected = Members(document["components"]!["schemas"]![type]!["properties"]!);

        Assert.Equal(expected, Members((await host.SendAsync(HttpMethod.Put, path, TestVideos.Bytes())).Json["files"]![0]!));
        Assert.Equal(expected, Members(document["paths"]![path]!["put"]!["responses"]!["200"]!["content"]!["application/json"]!["example"]!["files"]![0]!));
    }

    [Fact]
    public async Task The_example_of_a_model_has_the_members_of_one()
    {
        await using TestHost host = await TestHost.StartAsync();
        JsonNode example = (await host.GetAsync("/openapi/v1.json")).Json["paths"]!["/v1/models"]!["get"]!["responses"]!["200"]!["content"]!["application/json"]!["example"]!["models"]![0]!;

        Assert.Equal(Members((await host.GetAsync("/v1/models")).Json["models"]![0]!), Members(example));
    }

    private static IEnumerable<string> Members(JsonNode node) => node.AsObject().Select(member => member.Key).Order(StringComparer.Ordinal);
}
