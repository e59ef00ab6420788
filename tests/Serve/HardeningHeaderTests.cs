using System.Globalization;
using System.Text.RegularExpressions;
using Unreel.Testing.Models;

namespace Unreel.Serve.Tests;

/// <summary>Requests whose headers, lengths and paths are not what they should be.</summary>
public sealed partial class HardeningHeaderTests
{
    private const string Post = "POST /v1/classify HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";

    private static readonly string[] Odd =
    [
        $"{Post}X-Huge: {new string('a', 100_000)}\r\n\r\n",
        $"{Post}{string.Concat(Enumerable.Range(0, 500).Select(index => $"X-{index}: a\r\n"))}\r\n",
        $"{Post}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        $"{Post}Content-Length: -1\r\n\r\n",
        $"{Post}Content-Length: 99999999999999999999999\r\n\r\n",
        $"{Post}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        $"{Post}Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n",
        $"{Post}Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\nabc\r\n0\r\n\r\n",
        $"{Post}Transfer-Encoding: chunked\r\n\r\n-1\r\nabc\r\n0\r\n\r\n",
        $"{Post}Transfer-Encoding: chunked\r\n\r\n3\r\nabcdef\r\n0\r\n\r\n",
        $"{Post}Transfer-Encoding: chunked\r\n\r\n3;{new string('e', 100_000)}\r\nabc\r\n0\r\n\r\n",
        $"{Post}Transfer-Encoding: gzip, chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        $"{Post}Transfer-Encoding: gzip\r\n\r\nabc",
        $"{Post}no colon\r\n\r\n",
        $"{Post}X-Nul: a\0b\r\n\r\n",
        $"{Post}Content-Type: multipart/form-data; boundary=\"{new string('b', 20_000)}\"\r\nContent-Length: 3\r\n\r\nabc",
        $"{Post}Accept: {string.Concat(Enumerable.Repeat("text/event-stream,", 1000))}\r\nContent-Length: 3\r\n\r\nabc",
        "POST /v1/classify HTTP/1.1\r\nConnection: close\r\n\r\n",
        "POST /v1/classify HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n",
        "POST /v1/classify HTTP/9.9\r\nHost: localhost\r\n\r\n",
        "POST /v1/classify\r\n\r\n",
        $"POST /v1/{new string('c', 100_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "POST /v1/classify?top_k=%00%ff HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc",
        $"POST /v1/classify?{string.Concat(Enumerable.Repeat("a=1&", 1500))} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc",
        "POST /v1/models/%00/classify HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc",
        "POST /v1/models/..%2f..%2fetc%2fpasswd/classify HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc",
        "POST /v1/models/%ff%fe/classify HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc",
        "GET /../../../etc/passwd HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        "GET http://elsewhere.example/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        "CONNECT elsewhere.example:443 HTTP/1.1\r\nHost: elsewhere.example:443\r\nConnection: close\r\n\r\n",
        "TRACE /v1/classify HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "\0\0\0\0\0\0\0\0\r\n\r\n",
    ];

    [Fact]
    public async Task Odd_requests_are_refused_and_the_next_one_is_served()
    {
        await using TestHost host = await TestHost.StartAsync();
        foreach (string request in Odd)
        {
            string what = request[..Math.Min(120, request.Length)];
            await using RawConnection connection = await RawConnection.OpenAsync(host);
            await connection.SendAsync(request);

            string answer = await connection.ReadToEndAsync();

            // A connection that is closed without a word, or with one of HTTP/2, is an answer too, where what came was no HTTP/1.
            if (answer.StartsWith("HTTP/1", StringComparison.Ordinal))
            {
                int status = int.Parse(Status().Match(answer).Groups[1].Value, CultureInfo.InvariantCulture);
                // 505 is HTTP's own word for a version that is not spoken here.
                Assert.True(status is (>= 400 and < 500) or 505, $"{what}: {answer}");
            }

            Assert.DoesNotContain("/tmp", answer, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", answer, StringComparison.Ordinal);
        }

        Assert.Equal(200, (await host.SendAsync(HttpMethod.Put, "/v1/classify", TestVideos.Bytes())).Status);
    }

    [Theory]
    [InlineData("GET", "/v1/classify", 405, "application/problem+json")]
    [InlineData("DELETE", "/v1/models/tiny/embed", 405, "application/problem+json")]
    [InlineData("POST", "/v1/models", 405, "application/problem+json")]
    [InlineData("GET", "/v1/models/absent", 404, "application/problem+json")]
    [InlineData("GET", "/nothing", 404, "application/problem+json")]
    [InlineData("GET", "/v2/models/absent", 404, "application/json")]
    [InlineData("POST", "/v2/models/absent/infer", 404, "application/json")]
    [InlineData("GET", "/v2/nothing", 404, "application/json")]
    [InlineData("GET", "/v2/models/absent/infer", 405, "application/json")]
    public async Task What_is_not_there_or_not_done_so_is_told_in_a_body(string method, string path, int status, string type)
    {
        await using TestHost host = await TestHost.StartAsync();
        using HttpRequestMessage request = new(new HttpMethod(method), path);

        Answer answer = await Answer.ReadAsync(await host.Client.SendAsync(request));

        Assert.Equal((status, type), (answer.Status, answer.Type));
        string? said = (string?)answer.Json[type == "application/json" ? "error" : "detail"];
        Assert.False(string.IsNullOrEmpty(said));
        Assert.Equal(status == 405, answer.Header("Allow") is not null);
    }

    [Theory]
    [InlineData("/v1/models")]
    [InlineData("/v2")]
    [InlineData("/v1/classify")]
    public async Task Head_and_options_fail_nothing(string path)
    {
        await using TestHost host = await TestHost.StartAsync();
        foreach (HttpMethod method in (HttpMethod[])[HttpMethod.Head, HttpMethod.Options])
        {
            using HttpRequestMessage request = new(method, path);
            Assert.InRange((int)(await host.Client.SendAsync(request)).StatusCode, 200, 499);
        }
    }

    [GeneratedRegex(@"^HTTP/1\.[01] (\d{3}) ", RegexOptions.CultureInvariant)]
    private static partial Regex Status();
}
