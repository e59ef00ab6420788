using System.Text.Json.Nodes;

namespace Unreel.Serve.Tests;

public sealed class ApiDocumentTests
{
    [Fact]
    public async Task The_document_lists_the_routes_with_bodies_and_examples()
    {
        await using TestHost host = await TestHost.StartAsync();

        JsonNode document = (await host.GetAsync("/openapi/v1.json")).Json;

        Assert.StartsWith("3.", (string)document["openapi"]!, StringComparison.Ordinal);
        Assert.Equal(
            [
                "/livez", "/metrics", "/readyz", "/v1/classify", "/v1/embed", "/v1/models", "/v1/models/{model}", "/v1/models/{model}/classify", "/v1/models/{model}/embed",
                "/v2", "/v2/health/live", "/v2/health/ready", "/v2/models/{model}", "/v2/models/{model}/infer", "/v2/models/{model}/ready",
                "/v2/models/{model}/versions/{version}", "/v2/models/{model}/versions/{version}/infer", "/v2/models/{model}/versions/{version}/ready",
            ],
            document["paths"]!.AsObject().Select(path => path.Key).Order(StringComparer.Ordinal));
        foreach (string method in (string[])["post", "put"])
        {
            JsonNode operation = document["paths"]!["/v1/classify"]![method]!;
            Assert.Equal("top_k", (string)operation["parameters"]![0]!["name"]!);
            Assert.NotNull(operation["requestBody"]!["content"]!["multipart/form-data"]);
            Assert.Equal("walk", (string)operation["responses"]!["200"]!["content"]!["application/json"]!["example"]!["files"]![0]!["label"]!);
            Assert.NotNull(operation["responses"]!["422"]!["content"]!["application/problem+json"]);
        }
    }

    [Fact]
    public async Task Answers_have_the_members_the_document_says()
    {
        await using TestHost host = await TestHost.StartAsync();
        JsonNode document = (await host.GetAsync("/openapi/v1.json")).Json;
        JsonNode schema = document["components"]!["schemas"]!["FileResult"]!["properties"]!;

        JsonNode file = (await host.SendAsync(HttpMethod.Put, "/v1/classify", Testing.Models.TestVideos.Bytes())).Json["files"]![0]!;

        Assert.Equal(schema.AsObject().Select(member => member.Key).Order(StringComparer.Ordinal), file.AsObject().Select(member => member.Key).Order(StringComparer.Ordinal));
    }
}
