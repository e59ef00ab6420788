using System.Text.Json.Nodes;
using Unreel.Testing.Models;

namespace Unreel.Serve.Tests;

public sealed class ClassifyTests
{
    [Theory]
    [InlineData("PUT", null)]
    [InlineData("POST", null)]
    [InlineData("POST", "video/mp4")]
    [InlineData("POST", "application/octet-stream")]
    public async Task A_raw_body_is_classified(string method, string? type)
    {
        await using TestHost host = await TestHost.StartAsync();

        Answer answer = await host.SendAsync(new HttpMethod(method), "/v1/classify", TestVideos.Bytes(frames: 12), type);

        Assert.Equal(200, answer.Status);
        JsonNode file = Assert.Single(answer.Json["files"]!.AsArray())!;
        Assert.StartsWith("sha256:", (string)answer.Json["model"]!["digest"]!, StringComparison.Ordinal);
        Assert.Contains((string)file["label"]!, TinyModel.Labels);
        Assert.Equal(5, file["predictions"]!.AsArray().Count);
        Assert.Equal((string)file["label"]!, (string)file["predictions"]![0]!["label"]!);
        Assert.Equal((12, 48, 32, "h264", 2), ((int)file["video"]!["frames"]!, (int)file["video"]!["width"]!, (int)file["video"]!["height"]!, (string)file["video"]!["codec"]!, (int)file["video"]!["views"]!));
        Assert.All(new[] { "queue_ms", "decode_ms", "inference_ms" }, name => Assert.True((double)file["timings"]![name]! >= 0));
    }

    [Fact]
    public async Task Probabilities_of_all_classes_are_sorted_and_sum_to_one()
    {
        await using TestHost host = await TestHost.StartAsync();

        Answer answer = await host.SendAsync(HttpMethod.Put, "/v1/classify?top_k=6", TestVideos.Bytes());

        double[] values = [.. answer.Json["files"]![0]!["predictions"]!.AsArray().Select(each => (double)each!["probability"]!)];
        Assert.Equal(values.OrderDescending(), values);
        Assert.Equal(1, values.Sum(), 1e-5);
    }

    [Fact]
    public async Task A_form_of_two_files_gives_two_entries_in_order()
    {
        await using TestHost host = await TestHost.StartAsync(options => options with { MemoryThreshold = 100 });

        Answer answer = await host.SendFormAsync("/v1/classify?top_k=1", ("a, b.mp4", TestVideos.Bytes(frames: 8)), ("folder/c.mp4", TestVideos.Bytes(frames: 9)));

        Assert.Equal(200, answer.Status);
        Assert.Equal([8, 9], answer.Json["files"]!.AsArray().Select(file => (int)file!["video"]!["frames"]!));
        Assert.Equal(["a, b.mp4", "c.mp4"], answer.Json["files"]!.AsArray().Select(file => (string)file!["file"]!));
        Assert.Empty(Directory.EnumerateFileSystemEntries(host.Spool));
    }

    [Fact]
    public async Task Among_several_files_a_bad_one_costs_only_its_own_entry()
    {
        await using TestHost host = await TestHost.StartAsync();

        Answer answer = await host.SendFormAsync("/v1/classify", ("bad.mp4", [1, 2, 3, 4]), ("good.mp4", TestVideos.Bytes()));

        Assert.Equal(200, answer.Status);
        Assert.Null(answer.Json["files"]![0]!["label"]);
        Assert.Contains("bad.mp4", (string)answer.Json["files"]![0]!["error"]!, StringComparison.Ordinal);
        Assert.NotNull(answer.Json["files"]![1]!["label"]);
    }

    [Fact]
    public async Task The_same_video_gets_the_same_answer_by_body_and_by_form()
    {
        await using TestHost host = await TestHost.StartAsync(options => options with { MemoryThreshold = 64 });
        byte[] video = TestVideos.Bytes(seed: 3);

        JsonNode raw = (await host.SendAsync(HttpMethod.Put, "/v1/classify", video)).Json["files"]![0]!["predictions"]!;
        JsonNode form = (await host.SendFormAsync("/v1/classify", ("x.mp4", video))).Json["files"]![0]!["predictions"]!;

        Assert.Equal(raw.ToJsonString(), form.ToJsonString());
    }

    [Fact]
    public async Task Models_are_listed_with_labels_and_geometry()
    {
        await using TestHost host = await TestHost.StartAsync();

        JsonNode model = Assert.Single((await host.GetAsync("/v1/models")).Json["models"]!.AsArray())!;

        Assert.True((bool)model["ready"]!);
        Assert.Equal(TinyModel.Labels, model["labels"]!.AsArray().Select(label => (string)label!));
        Assert.Equal((4, 2, 16, 2), ((int)model["frames"]!, (int)model["stride"]!, (int)model["size"]!, (int)model["views"]!));
    }
}
