using System.Globalization;
using System.Text;
using static Unreel.Serve.Tests.OpenInferenceTests;

namespace Unreel.Serve.Tests;

/// <summary>Inference requests that are malformed, or lie.</summary>
public sealed class HardeningInferTests
{
    private const int ClipBytes = 4 * 16 * 16 * 3;

    public static TheoryData<string, string> Malformed => new()
    {
        { "", "is empty" },
        { " ", "no valid JSON" },
        { "{", "no valid JSON" },
        { "null", "is no object" },
        { "[]", "is no object" },
        { "1e999", "is no object" },
        { "\"video\"", "is no object" },
        { "{}", "no 'inputs'" },
        { "{}{}", "no 'inputs'" },
        { """{"inputs":[]}{}""", "no valid JSON" },
        { """{"inputs":null}""", "'inputs' is no array" },
        { """{"inputs":[]}""", "There are 0 inputs" },
        { """{"inputs":[1]}""", "An input is no object" },
        { """{"inputs":[{}]}""", "has no 'name'" },
        { """{"inputs":[{"name":"video"}]}""", "has no 'datatype'" },
        { """{"inputs":[{"name":"video","datatype":"UINT8"}]}""", "has no 'shape'" },
        { """{"inputs":[{"name":"video","datatype":"UINT8","shape":[1,4,16,16,3]}]}""", "neither 'data' nor" },
        { """{"inputs":[{"name":"video","datatype":"FP32","shape":[1,4,16,16,3],"data":[0]}]}""", "is of FP32; expected UINT8" },
        { """{"inputs":[{"name":"sound","datatype":"UINT8","shape":[1],"data":[0]}]}""", "no input 'sound'; it takes 'video'" },
        { """{"inputs":[{"name":"video","name":"video"}]}""", "given twice" },
        { """{"inputs":[],"inputs":[]}""", "given twice" },
        { """{"inputs":[{"name":"\ud800","datatype":"UINT8","shape":[1],"data":[0]}]}""", "no valid JSON" },
        { """{"id":7,"inputs":[]}""", "'id' is no string" },
        { """{"inputs":[],"parameters":[]}""", "'parameters' is no object" },
        { """{"inputs":[],"parameters":{"binary_data_output":1}}""", "neither true nor false" },
        { """{"inputs":[{"name":"video","datatype":"UINT8","shape":[1,4,16,16,3],"parameters":{"binary_data_size":3072}}]}""", "no header Inference-Header-Content-Length" },
        { """{"inputs":[{"name":"video","datatype":"UINT8","shape":[1,4,16,16,3],"parameters":{"shared_memory_region":"/dev/shm/x"}}]}""", "extension that this server does not have" },
        { """{"inputs":[],"outputs":[{"name":"logits","parameters":{"classification":3}}]}""", "extension that this server does not have" },
        { new string('[', 100_000), "is no object" },
        { $$"""{"x":{{new string('[', 100_000)}}""", "no valid JSON" },
        { $$"""{"inputs":[{"name":"video","datatype":"UINT8","shape":[1,4,16,16,3],"data":{{new string('[', 20)}}""", "nested more than" },
        { $$"""{"inputs":[{"name":"{{new string('n', 1000)}}"}]}""", "more than 256 bytes" },
        { $$"""{"inputs":[{{string.Join(',', Enumerable.Repeat("{\"name\":\"video\",\"datatype\":\"UINT8\",\"shape\":[],\"data\":[]}", 100))}}]}""", "more than 16 items" },
    };

    [Fact]
    public async Task Malformed_json_is_named()
    {
        await using TestHost host = await StartAsync();
        foreach (object[] row in Malformed)
            AssertError(await PostAsync(host, (string)row[0]), 400, (string)row[1]);
    }

    [Theory]
    [InlineData("[4,16,16,3]")]
    [InlineData("[0,4,16,16,3]")]
    [InlineData("[-1,4,16,16,3]")]
    [InlineData("[1,4,16,16,4]")]
    [InlineData("[1,4,16,16,3,1]")]
    [InlineData("[1,-4,-16,16,3]")]
    [InlineData("[9223372036854775807,4,16,16,3]")]
    [InlineData("[6004799503160662,4,16,16,3]")]
    [InlineData("[9223372036854775808,4,16,16,3]")]
    [InlineData("[1e0,4,16,16,3]")]
    [InlineData("[1.5,4,16,16,3]")]
    [InlineData("[\"1\",4,16,16,3]")]
    [InlineData("[NaN,4,16,16,3]")]
    [InlineData("[[1],4,16,16,3]")]
    [InlineData("null")]
    [InlineData("[2,4,16,16,3]")]
    public async Task A_shape_that_lies_is_refused(string shape)
    {
        await using TestHost host = await StartAsync();
        byte[] clip = Clips(1);

        AssertError(await PostAsync(host, Json(Flat(clip)).Replace("[1,4,16,16,3]", shape, StringComparison.Ordinal)), 400, "");
        AssertError(await PostBinaryAsync(host, Binary(1, clip.Length).Replace("[1,4,16,16,3]", shape, StringComparison.Ordinal), clip), 400, "");
    }

    [Fact]
    public async Task More_clips_than_one_request_may_bring_are_refused()
    {
        await using TestHost host = await StartAsync();
        byte[] clips = Clips(65);

        AssertError(await PostBinaryAsync(host, Binary(65, clips.Length), clips), 400, "65 clips; expected at most 64");
    }

    [Theory]
    [InlineData("256", "Element 1 ")]
    [InlineData("-1", "another number")]
    [InlineData("0.5", "another number")]
    [InlineData("1e400", "another number")]
    [InlineData("99999999999999999999999999", "another number")]
    [InlineData("\"0\"", "String")]
    [InlineData("null", "Null")]
    [InlineData("true", "True")]
    [InlineData("{}", "StartObject")]
    [InlineData("NaN", "no valid JSON")]
    [InlineData("Infinity", "no valid JSON")]
    [InlineData("00", "no valid JSON")]
    [InlineData("[0]", "irregularly")]
    public async Task An_element_that_is_no_byte_is_named(string element, string error)
    {
        await using TestHost host = await StartAsync();

        AssertError(await PostAsync(host, Json($"[{element}{string.Concat(Enumerable.Repeat(",0", ClipBytes - 1))}]")), 400, error);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(ClipBytes - 1)]
    [InlineData(ClipBytes + 1)]
    [InlineData(2 * ClipBytes)]
    public async Task Data_of_another_length_are_refused(int length)
    {
        await using TestHost host = await StartAsync();

        AssertError(await PostAsync(host, Json(new byte[length])), 400, $"takes {ClipBytes} elements; its data are {length}");
    }

    [Theory]
    [InlineData("[[0,0],[0]]")]
    [InlineData("[[0],0]")]
    [InlineData("[0,[0]]")]
    [InlineData("[[[0]],[0]]")]
    [InlineData("[[],[0]]")]
    public async Task Arrays_of_different_lengths_are_refused(string data)
    {
        await using TestHost host = await StartAsync();

        AssertError(await PostAsync(host, Json(data)), 400, "irregularly");
    }

    [Theory]
    [InlineData("[[[[[]]]]]")]
    [InlineData("[[]]")]
    [InlineData("[[[]]]")]
    public async Task Empty_arrays_are_no_clip(string data)
    {
        await using TestHost host = await StartAsync();

        AssertError(await PostAsync(host, Json(data)), 400, "its data are");
    }

    [Theory]
    [InlineData(1, ClipBytes - 1, ClipBytes)]
    [InlineData(1, ClipBytes, ClipBytes - 1)]
    [InlineData(1, ClipBytes, ClipBytes + 1)]
    [InlineData(1, ClipBytes + 1, ClipBytes + 1)]
    [InlineData(2, ClipBytes, ClipBytes)]
    [InlineData(1, 0, 0)]
    [InlineData(1, -1, ClipBytes)]
    [InlineData(1, long.MaxValue, ClipBytes)]
    [InlineData(1, long.MinValue, ClipBytes)]
    public async Task Binary_sizes_that_lie_are_refused(int clips, long size, int sent)
    {
        await using TestHost host = await StartAsync();

        AssertError(await PostBinaryAsync(host, Binary(clips, size), new byte[sent]), 400, $"takes {clips * ClipBytes} bytes; binary_data_size says {size}, and {sent} bytes follow");
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("0")]
    [InlineData("1")]
    [InlineData("99999999")]
    [InlineData("9999999999999999999999")]
    [InlineData("twelve")]
    [InlineData("12, 13")]
    [InlineData("+12")]
    public async Task A_length_of_the_json_that_lies_is_refused(string length)
    {
        await using TestHost host = await StartAsync();

        AssertError(await PostBinaryAsync(host, Binary(1, ClipBytes), new byte[ClipBytes], length), 400, "");
    }

    [Fact]
    public async Task Bytes_that_belong_to_no_input_and_inputs_in_both_ways_are_refused()
    {
        await using TestHost host = await StartAsync();

        AssertError(await PostBinaryAsync(host, Json(Clips(1)), [1, 2, 3]), 400, "3 bytes follow the JSON and belong to no input");
        AssertError(await PostBinaryAsync(host, Json(Flat(Clips(1))).Replace("\"data\"", "\"parameters\":{\"binary_data_size\":3072},\"data\"", StringComparison.Ordinal), new byte[ClipBytes]), 400, "has both");
    }

    [Theory]
    [InlineData("""[{"name":"labels"}]""", "no output 'labels'; it gives logits, probabilities, features")]
    [InlineData("""[{"name":"logits"},{"name":"logits"}]""", "asked for twice")]
    [InlineData("""[{}]""", "An output has no 'name'")]
    [InlineData("""{"name":"logits"}""", "'outputs' is no array")]
    public async Task Outputs_that_are_not_there_are_named(string outputs, string error)
    {
        await using TestHost host = await StartAsync();

        AssertError(await PostAsync(host, Json(Flat(Clips(1)), more: $", \"outputs\": {outputs}")), 400, error);
    }

    [Fact]
    public async Task More_than_the_server_takes_is_refused_with_413()
    {
        await using TestHost host = await StartAsync(options => options with { MaxBodyBytes = 2000 });

        AssertError(await PostBinaryAsync(host, Binary(1, ClipBytes), Clips(1)), 413, "too large");
        host.Client.DefaultRequestHeaders.TransferEncodingChunked = true;
        AssertError(await PostBinaryAsync(host, Binary(1, ClipBytes), Clips(1)), 413, "too large");
    }

    [Fact]
    public async Task Mutated_requests_get_an_answer_that_is_no_failure_of_ours()
    {
        await using TestHost host = await StartAsync();
        byte[] json = Encoding.UTF8.GetBytes(Json(Flat(new byte[20]), more: """, "id": "x", "outputs": [{"name": "logits", "parameters": {"binary_data": true}}], "parameters": {"binary_data_output": true}"""));
        byte[] good = Encoding.UTF8.GetBytes(Json(Flat(Clips(1))));
        for (ulong mutation = 0; mutation < 600; mutation++)
        {
            byte[] body = Mutations.Of(mutation % 4 == 0 ? good : json, "infer", mutation);
            Answer answer = await host.SendAsync(HttpMethod.Post, "/v2/models/m/infer", body, "application/json");
            Assert.True(answer.Status is 200 or 400, string.Create(CultureInfo.InvariantCulture, $"mutation {mutation}: {answer.Status} {answer.Text}"));
        }
    }
}
