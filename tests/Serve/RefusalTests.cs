using System.Net.Sockets;
using System.Text;
using Unreel.Testing;
using Unreel.Testing.Models;
using Unreel.Video;

namespace Unreel.Serve.Tests;

public sealed class RefusalTests
{
    [Theory]
    [InlineData("0")]
    [InlineData("7")]
    [InlineData("-1")]
    [InlineData("many")]
    [InlineData("99999999999999999999")]
    public async Task Top_k_out_of_bounds_is_a_bad_request(string topK)
    {
        await using TestHost host = await TestHost.StartAsync();

        (await host.SendAsync(HttpMethod.Put, $"/v1/classify?top_k={topK}", [1])).AssertProblem(400, $"top_k is '{topK}'; expected a whole number from 1 to 6");
    }

    [Fact]
    public async Task An_empty_body_is_a_bad_request()
    {
        await using TestHost host = await TestHost.StartAsync();

        (await host.SendAsync(HttpMethod.Put, "/v1/classify", [])).AssertProblem(400, "The body is empty");
        (await host.SendFormAsync("/v1/classify", ("empty.mp4", []))).AssertProblem(400, "The file empty.mp4 is empty");
    }

    [Fact]
    public async Task A_body_beyond_the_limit_is_refused_with_413()
    {
        await using TestHost host = await TestHost.StartAsync(options => options with { MaxBodyBytes = 1024 });

        (await host.SendAsync(HttpMethod.Put, "/v1/classify", new byte[5000])).AssertProblem(413, "too large");
        (await host.SendFormAsync("/v1/classify", ("large.mp4", new byte[5000]))).AssertProblem(413, "too large");
    }

    [Fact]
    public async Task A_chunked_body_beyond_the_limit_is_refused_with_413()
    {
        await using TestHost host = await TestHost.StartAsync(options => options with { MaxBodyBytes = 1024 });
        using HttpRequestMessage request = new(HttpMethod.Post, "/v1/classify") { Content = new ByteArrayContent(new byte[5000]) };
        request.Headers.TransferEncodingChunked = true;

        (await Answer.ReadAsync(await host.Client.SendAsync(request))).AssertProblem(413, "too large");
    }

    [Fact]
    public async Task What_is_no_video_is_unprocessable()
    {
        await using TestHost host = await TestHost.StartAsync();

        (await host.SendAsync(HttpMethod.Put, "/v1/classify", Encoding.UTF8.GetBytes("this is no video at all, not even a little"))).AssertProblem(422, "the uploaded video");
    }

    [Fact]
    public async Task A_truncated_video_is_unprocessable_or_read_as_far_as_it_goes()
    {
        await using TestHost host = await TestHost.StartAsync();
        byte[] video = TestVideos.Bytes();

        foreach (int length in (int[])[8, 100, video.Length / 2])
        {
            Answer answer = await host.SendAsync(HttpMethod.Put, "/v1/classify", video[..length]);
            Assert.Contains(answer.Status, (int[])[200, 422]);
        }
    }

    [Theory]
    [InlineData("application/json", 415, "holds no video")]
    [InlineData("text/plain", 415, "holds no video")]
    [InlineData("application/x-www-form-urlencoded", 415, "curl -T")]
    [InlineData("multipart/mixed; boundary=x", 415, "holds no video")]
    [InlineData("nonsense", 415, "holds no video")]
    [InlineData("multipart/form-data", 400, "boundary")]
    [InlineData("multipart/form-data; boundary=x", 400, "form cannot be read")]
    public async Task The_wrong_content_type_is_named(string type, int status, string detail)
    {
        await using TestHost host = await TestHost.StartAsync();

        (await host.SendAsync(HttpMethod.Post, "/v1/classify", [1, 2, 3], type)).AssertProblem(status, detail);
    }

    [Theory]
    [InlineData("--x\r\nContent-Disposition: form-data; name=\"top_k\"\r\n\r\n3\r\n--x--\r\n", "field 'top_k' is no file")]
    [InlineData("--x\r\nContent-Disposition: form-data; name=file; filename=a\r\n\r\nnever ends", "form cannot be read")]
    [InlineData("--x--\r\n", "holds no file")]
    [InlineData("--x\r\n\r\nno headers\r\n--x--\r\n", "is no file")]
    public async Task A_malformed_form_is_a_bad_request(string form, string detail)
    {
        await using TestHost host = await TestHost.StartAsync();

        (await host.SendAsync(HttpMethod.Post, "/v1/classify", Encoding.ASCII.GetBytes(form), "multipart/form-data; boundary=x")).AssertProblem(400, detail);
    }

    [Fact]
    public async Task More_files_than_allowed_are_refused()
    {
        await using TestHost host = await TestHost.StartAsync(options => options with { MaxFiles = 1 });

        (await host.SendFormAsync("/v1/classify", ("a.mp4", [1]), ("b.mp4", [2]))).AssertProblem(400, "more than 1 files");
    }

    [Fact]
    public async Task Unknown_routes_and_methods_are_problems_too()
    {
        await using TestHost host = await TestHost.StartAsync();

        (await host.GetAsync("/v1/nothing")).AssertProblem(404, "There is nothing at /v1/nothing.");
        (await host.GetAsync("/v1/classify")).AssertProblem(405, "does not take GET");
    }

    [Fact]
    public async Task An_upload_that_does_not_end_is_given_up()
    {
        await using TestHost host = await TestHost.StartAsync(options => options with { Deadline = TimeSpan.FromMilliseconds(300) });
        using TcpClient client = new();
        await client.ConnectAsync(host.Address.Host, host.Address.Port);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes("PUT /v1/classify HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nabc"));

        using StreamReader reader = new(stream);
        Assert.Contains(" 408 ", await reader.ReadLineAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_aborted_upload_leaves_nothing_and_the_next_request_is_served()
    {
        await using TestHost host = await TestHost.StartAsync(options => options with { MemoryThreshold = 0, Concurrency = 1, Queue = 0 });
        using (TcpClient client = new())
        {
            await client.ConnectAsync(host.Address.Host, host.Address.Port);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("PUT /v1/classify HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nabc"));
            client.Client.LingerState = new LingerOption(true, 0);
        }

        // The only place is free again as soon as the server has noticed.
        Answer answer = await host.SendAsync(HttpMethod.Put, "/v1/classify", TestVideos.Bytes());
        for (int attempt = 0; answer.Status == 429 && attempt < 100; attempt++)
        {
            await Task.Delay(50);
            answer = await host.SendAsync(HttpMethod.Put, "/v1/classify", TestVideos.Bytes());
        }

        Assert.Equal(200, answer.Status);
        Assert.Empty(Directory.EnumerateFileSystemEntries(host.Spool));
    }

    [Fact]
    public async Task A_spool_that_cannot_be_written_is_told_without_its_path()
    {
        await using TestHost host = await TestHost.StartAsync(options => options with { MemoryThreshold = 0, SpoolFolder = "/nowhere/at/all" });

        Answer answer = await host.SendAsync(HttpMethod.Put, "/v1/classify", TestVideos.Bytes());

        answer.AssertProblem(507, "no room");
        Assert.DoesNotContain("nowhere", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failure_of_ours_is_told_without_particulars()
    {
        await using TestHost host = await TestHost.StartAsync(load: _ => new FakeClassifier(), ready: false);
        // A model without classes passes its warm-up and then has nothing to answer with.
        await host.Loaded();

        Answer answer = await host.SendAsync(HttpMethod.Put, "/v1/classify?top_k=", TestVideos.Bytes());

        answer.AssertProblem(500, "request id");
        Assert.DoesNotContain("Exception", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mutated_videos_never_fail_the_server()
    {
        await using TestHost host = await TestHost.StartAsync();
        byte[] video = TestVideos.Bytes();
        for (ulong mutation = 0; mutation < 150; mutation++)
        {
            RandomStream random = new(5, "mutation", mutation);
            byte[] mutated = [.. video];
            for (int change = random.NextInt(1, 20); change > 0; change--)
                mutated[random.NextInt(mutated.Length)] = (byte)random.NextInt(256);
            if (random.NextInt(4) == 0)
                mutated = mutated[..random.NextInt(1, mutated.Length)];

            Answer answer = await host.SendAsync(HttpMethod.Put, "/v1/classify", mutated);
            Assert.True(answer.Status is 200 or 422, $"mutation {mutation}: {answer.Status} {answer.Text}");
        }
    }

    [SharedDataFact]
    public async Task Every_odd_file_gets_an_answer_that_is_no_failure_of_ours()
    {
        await using TestHost host = await TestHost.StartAsync();
        foreach (string path in Directory.EnumerateFiles(SharedData.File("odd")).Where(path => new FileInfo(path).Length < 64 << 20))
        {
            Answer answer = await host.SendAsync(HttpMethod.Put, "/v1/classify", await File.ReadAllBytesAsync(path));
            Assert.True(answer.Status is 200 or 400 or 422, $"{Path.GetFileName(path)}: {answer.Status} {answer.Text}");
        }
    }
}
