using System.Text.Json.Nodes;
using Unreel.Testing.Models;

namespace Unreel.Serve.Tests;

public sealed class EmbedTests
{
    [Theory]
    [InlineData("POST", "/v1/embed")]
    [InlineData("PUT", "/v1/embed?views=3x2")]
    public async Task Features_are_the_mean_over_the_views(string method, string path)
    {
        await using TestHost host = await TestHost.StartAsync();

        Answer answer = await host.SendAsync(new HttpMethod(method), path, TestVideos.Bytes());

        JsonNode file = Assert.Single(answer.Json["files"]!.AsArray())!;
        Assert.Equal((200, 12, 12), (answer.Status, (int)answer.Json["width"]!, file["features"]!.AsArray().Count));
        Assert.Contains(Features(file), value => value != 0);
        Assert.StartsWith("sha256:", (string)answer.Json["model"]!["digest"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Normalised_features_point_the_same_way_and_have_length_one()
    {
        await using TestHost host = await TestHost.StartAsync();
        byte[] video = TestVideos.Bytes();

        double[] plain = Features((await host.SendAsync(HttpMethod.Put, "/v1/embed", video)).Json["files"]![0]!);
        double[] unit = Features((await host.SendAsync(HttpMethod.Put, "/v1/embed?normalise=1", video)).Json["files"]![0]!);

        double length = Math.Sqrt(plain.Sum(value => value * value));
        Assert.Equal(1, Math.Sqrt(unit.Sum(value => value * value)), 1e-5);
        Assert.Equal(plain.Select(value => value / length), unit, (first, second) => Math.Abs(first - second) < 1e-5);
    }

    [Fact]
    public async Task Several_files_have_an_entry_each()
    {
        await using TestHost host = await TestHost.StartAsync();

        Answer answer = await host.SendFormAsync("/v1/embed", ("a.mp4", TestVideos.Bytes()), ("bad.mp4", [1, 2, 3]), ("b.mp4", TestVideos.Bytes(seed: 2)));

        Assert.Equal(["a.mp4", "bad.mp4", "b.mp4"], answer.Json["files"]!.AsArray().Select(file => (string)file!["file"]!));
        Assert.Equal([false, true, false], answer.Json["files"]!.AsArray().Select(file => file!["features"] is null));
        Assert.Contains("bad.mp4", (string)answer.Json["files"]![1]!["error"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_without_features_says_so()
    {
        await using TestHost host = await TestHost.StartAsync(load: _ => new FakeClassifier(.5f, .5f));

        (await host.SendAsync(HttpMethod.Put, "/v1/embed", TestVideos.Bytes())).AssertProblem(400, "gives no features");
    }

    private static double[] Features(JsonNode file) => [.. file["features"]!.AsArray().Select(value => (double)value!)];
}
