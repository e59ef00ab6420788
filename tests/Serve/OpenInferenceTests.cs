using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Unreel.Onnx;
using Unreel.Testing;
using Unreel.Testing.Models;
using Unreel.Video;

namespace Unreel.Serve.Tests;

public sealed class OpenInferenceTests
{
    private const string Infer = "/v2/models/m/infer";
    private const int ClipBytes = 4 * 16 * 16 * 3;

    [Fact]
    public async Task The_server_and_its_models_tell_of_themselves()
    {
        await using TestHost host = await StartAsync();

        JsonNode server = (await host.GetAsync("/v2")).Json, model = (await host.GetAsync("/v2/models/m")).Json;

        Assert.Equal(("unreel", "binary_tensor_data"), ((string)server["name"]!, (string)server["extensions"]![0]!));
        Assert.Equal(("m", "onnxruntime_onnx"), ((string)model["name"]!, (string)model["platform"]!));
        Assert.Equal("""["latest"]""", model["versions"]!.ToJsonString());
        Assert.Equal("""[{"name":"video","datatype":"UINT8","shape":[-1,4,16,16,3]}]""", model["inputs"]!.ToJsonString());
        Assert.Equal(["logits", "probabilities", "features"], model["outputs"]!.AsArray().Select(output => (string)output!["name"]!));
        Assert.Equal(["[-1,6]", "[-1,6]", "[-1,12]"], model["outputs"]!.AsArray().Select(output => output!["shape"]!.ToJsonString()));
        Assert.Equal(model.ToJsonString(), (await host.GetAsync("/v2/models/m/versions/latest")).Json.ToJsonString());
    }

    [Theory]
    [InlineData("/v2/models/m/ready", """{"name":"m","ready":true}""")]
    [InlineData("/v2/models/m/versions/latest/ready", """{"name":"m","ready":true}""")]
    public async Task Readiness_is_told_by_get_and_head(string path, string expected)
    {
        await using TestHost host = await StartAsync();

        Assert.Equal((200, expected), ((await host.GetAsync(path)).Status, (await host.GetAsync(path)).Text));
        using HttpRequestMessage head = new(HttpMethod.Head, path);
        Assert.Equal(200, (int)(await host.Client.SendAsync(head)).StatusCode);
    }

    [Fact]
    public async Task Not_ready_before_the_model_is_warm()
    {
        TaskCompletionSource hold = new();
        await using TestHost host = await TestHost.StartAsync(Named, load: _ => new FakeClassifier(1f) { Hold = hold }, ready: false);

        Assert.Equal(503, (await host.GetAsync("/v2/models/m/ready")).Status);
        AssertError(await PostAsync(host, Json([0])), 503, "still being loaded");
        hold.SetResult();
    }

    [Fact]
    public async Task Flat_and_nested_json_give_what_the_model_gives()
    {
        await using TestHost host = await StartAsync();
        byte[] clips = Clips(2);
        Predictions expected = Expect(clips, 2);

        foreach (string data in (string[])[Flat(clips), Nested(clips, [2, 4, 16, 16, 3])])
        {
            Answer answer = await PostAsync(host, Json(data, clips: 2, more: """,  "id": "a-1" """));
            Assert.Equal((200, "a-1", "m", "latest"), (answer.Status, (string)answer.Json["id"]!, (string)answer.Json["model_name"]!, (string)answer.Json["model_version"]!));
            Assert.Equal(["logits", "probabilities", "features"], Outputs(answer).Select(output => (string)output["name"]!));
            Assert.Equal(["[2,6]", "[2,6]", "[2,12]"], Outputs(answer).Select(output => output["shape"]!.ToJsonString()));
            Assert.Equal(expected.Logits, Values(answer, "logits"), Near);
            Assert.Equal(expected.Probabilities, Values(answer, "probabilities"), Near);
            Assert.Equal(expected.Features, Values(answer, "features"), Near);
        }
    }

    [Fact]
    public async Task Members_may_come_in_any_order_and_unknown_ones_are_passed_over()
    {
        await using TestHost host = await StartAsync();
        byte[] clips = Clips(1);
        string request = $$$"""{"x":[{}],"outputs":[{"x":1,"name":"logits"}],"inputs":[{"data":{{{Nested(clips, [1, 4, 16, 16, 3])}}},"x":{"y":[1]},"shape":[1,4,16,16,3],"datatype":"UINT8","name":"video"}],"parameters":{"timeout":1}}""";

        Answer answer = await PostAsync(host, request);

        Assert.Equal(["logits"], Outputs(answer).Select(output => (string)output["name"]!));
        Assert.Equal(Expect(clips, 1).Logits, Values(answer, "logits"), Near);
        Assert.Null(answer.Json["id"]);
    }

    [Theory]
    [InlineData("", """, "parameters": {"binary_data_output": true}""", true, true)]
    [InlineData("""{"binary_data": true}""", "", true, false)]
    [InlineData("""{"binary_data": false}""", """, "parameters": {"binary_data_output": true}""", false, true)]
    public async Task Binary_tensors_go_in_and_come_out(string ofLogits, string ofAll, bool isFirstBinary, bool isSecondBinary)
    {
        await using TestHost host = await StartAsync();
        byte[] clips = Clips(3);
        string outputs = $$"""[{"name":"logits"{{(ofLogits.Length > 0 ? ",\"parameters\":" + ofLogits : "")}}},{"name":"features"}]""";

        Answer answer = await PostBinaryAsync(host, Binary(3, clips.Length, $", \"outputs\": {outputs}{ofAll}"), clips);

        Predictions expected = Expect(clips, 3);
        Assert.Equal("application/octet-stream", answer.Type);
        (JsonNode json, byte[] tensors) = await SplitAsync(answer);
        JsonNode[] told = [.. json["outputs"]!.AsArray()!];
        int offset = 0;
        foreach ((JsonNode output, bool isBinary, float[] values) in (ReadOnlySpan<(JsonNode, bool, float[])>)[(told[0], isFirstBinary, expected.Logits), (told[1], isSecondBinary, expected.Features)])
        {
            Assert.Equal(isBinary, output["data"] is null);
            if (!isBinary)
                continue;
            Assert.Equal(4 * values.Length, (int)output["parameters"]!["binary_data_size"]!);
            for (int index = 0; index < values.Length; index++, offset += 4)
                Assert.Equal(values[index], BinaryPrimitives.ReadSingleLittleEndian(tensors.AsSpan(offset)), 1e-5);
        }

        Assert.Equal(offset, tensors.Length);
    }

    [Fact]
    public async Task More_clips_than_run_at_once_come_back_in_order()
    {
        await using TestHost host = await StartAsync();
        byte[] clips = Clips(19);

        Answer answer = await PostBinaryAsync(host, Binary(19, clips.Length), clips);

        Assert.Equal("application/json", answer.Type);
        Assert.Equal(Expect(clips, 19).Probabilities, Values(answer, "probabilities"), Near);
    }

    [Fact]
    public async Task A_body_of_unknown_length_is_taken_too()
    {
        await using TestHost host = await StartAsync();
        byte[] clips = Clips(40);
        host.Client.DefaultRequestHeaders.TransferEncodingChunked = true;

        Assert.Equal(200, (await PostBinaryAsync(host, Binary(40, clips.Length), clips)).Status);
    }

    private static ServeOptions Named(ServeOptions options) => options with { Models = [options.Models[0] with { Name = "m" }] };

    internal static Task<TestHost> StartAsync(Func<ServeOptions, ServeOptions>? change = null) => TestHost.StartAsync(options => Named(change?.Invoke(options) ?? options));

    internal static byte[] Clips(int count)
    {
        RandomStream random = new(3, "open-inference", 0);
        byte[] clips = new byte[count * ClipBytes];
        for (int index = 0; index < clips.Length; index++)
            clips[index] = (byte)random.NextInt(256);
        return clips;
    }

    internal static string Json(byte[] data) => Json(Flat(data));

    internal static string Json(string data, int clips = 1, string more = "") =>
        $$"""{"inputs":[{"name":"video","shape":[{{clips}},4,16,16,3],"datatype":"UINT8","data":{{data}}}]{{more}}}""";

    internal static string Binary(int clips, long size, string more = "") =>
        $$$"""{"inputs":[{"name":"video","shape":[{{{clips}}},4,16,16,3],"datatype":"UINT8","parameters":{"binary_data_size":{{{size}}}}}]{{{more}}}}""";

    internal static string Flat(byte[] data) => $"[{string.Join(", ", data)}]";

    internal static Task<Answer> PostAsync(TestHost host, string json) => host.SendAsync(HttpMethod.Post, Infer, Encoding.UTF8.GetBytes(json), "application/json");

    internal static async Task<Answer> PostBinaryAsync(TestHost host, string json, byte[] tensors, string? length = null)
    {
        byte[] header = Encoding.UTF8.GetBytes(json);
        using HttpRequestMessage request = new(HttpMethod.Post, Infer) { Content = new ByteArrayContent([.. header, .. tensors]) };
        request.Headers.TryAddWithoutValidation("Inference-Header-Content-Length", length ?? header.Length.ToString(CultureInfo.InvariantCulture));
        // A refusal may come before the body is sent, and closes the connection on it.
        request.Headers.ExpectContinue = true;
        return await Answer.ReadAsync(await host.Client.SendAsync(request));
    }

    internal static void AssertError(Answer answer, int status, string error)
    {
        Assert.True(answer.Status == status, $"{answer.Status}: {answer.Text}");
        Assert.Equal("application/json", answer.Type);
        Assert.Contains(error, (string)answer.Json["error"]!, StringComparison.Ordinal);
        Assert.Single(answer.Json.AsObject());
    }

    private static string Nested(byte[] data, ReadOnlySpan<int> shape)
    {
        if (shape.Length == 1)
            return Flat(data);

        int part = data.Length / shape[0];
        List<string> parts = [];
        for (int index = 0; index < shape[0]; index++)
            parts.Add(Nested(data[(index * part)..((index + 1) * part)], shape[1..]));
        return $"[{string.Join(",\n", parts)}]";
    }

    private static Predictions Expect(byte[] clips, int count)
    {
        using TemporaryFolder folder = new();
        using OnnxModel model = OnnxModel.Open(TinyModel.Write(folder.Path), new OnnxModelOptions { Threads = 1 });
        return model.Classify(clips, count);
    }

    private static JsonNode[] Outputs(Answer answer) => [.. answer.Json["outputs"]!.AsArray()!];

    private static float[] Values(Answer answer, string output) =>
        [.. Outputs(answer).Single(each => (string)each["name"]! == output)["data"]!.AsArray().Select(value => (float)value!)];

    private static async Task<(JsonNode Json, byte[] Tensors)> SplitAsync(Answer answer)
    {
        int length = int.Parse(answer.Header("Inference-Header-Content-Length")!, CultureInfo.InvariantCulture);
        byte[] body = await answer.Message.Content.ReadAsByteArrayAsync();
        return (JsonNode.Parse(body.AsSpan(0, length))!, body[length..]);
    }

    private static bool Near(float first, float second) => Math.Abs(first - second) < 1e-5;
}
