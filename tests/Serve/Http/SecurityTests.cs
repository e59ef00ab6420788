using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Unreel.Artifacts;
using Unreel.Serve.Decoding;
using Unreel.Testing;
using Unreel.Video;

namespace Unreel.Serve.Tests.Http;

public sealed partial class SecurityTests
{
    private const string Key = "0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData("/")]
    [InlineData("/v1/models")]
    [InlineData("/livez")]
    [InlineData("/nothing")]
    public async Task Every_answer_carries_the_headers_that_protect_it(string path)
    {
        await using TestHost host = await TestHost.StartAsync(load: _ => new FakeClassifier(1f));

        Answer answer = await host.GetAsync(path);

        Assert.Equal("nosniff", answer.Header("X-Content-Type-Options"));
        Assert.Equal("DENY", answer.Header("X-Frame-Options"));
        Assert.Equal("no-referrer", answer.Header("Referrer-Policy"));
        Assert.Equal("same-origin", answer.Header("Cross-Origin-Opener-Policy"));
        Assert.Equal("same-origin", answer.Header("Cross-Origin-Resource-Policy"));
        Assert.Contains("camera=()", answer.Header("Permissions-Policy"), StringComparison.Ordinal);
        Assert.Contains("default-src 'none'", answer.Header("Content-Security-Policy"), StringComparison.Ordinal);
        Assert.Null(answer.Header("Server"));
        Assert.Null(answer.Header("Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData("cross-site", 403)]
    [InlineData("same-site", 403)]
    [InlineData("same-origin", 200)]
    [InlineData("none", 200)]
    [InlineData(null, 200)]
    public async Task Pages_of_other_sites_cannot_send_videos(string? site, int status)
    {
        HeldDecoder decoder = new();
        decoder.Release();
        await using TestHost host = await TestHost.StartAsync(load: _ => new FakeClassifier(1f), services: services => services.Replace(ServiceDescriptor.Singleton<IClipDecoder>(decoder)));
        if (site is not null)
            host.Client.DefaultRequestHeaders.Add("Sec-Fetch-Site", site);

        Assert.Equal(status, (await host.SendAsync(HttpMethod.Post, "/v1/classify", [1])).Status);
        Assert.Equal(200, (await host.GetAsync("/")).Status);
    }

    [Theory]
    [InlineData("http://elsewhere.example", null, 403)]
    [InlineData("null", null, 403)]
    [InlineData("http://HOST:1", null, 403)]
    [InlineData("http://HOST", null, 200)]
    [InlineData("https://HOST", null, 200)]
    [InlineData("https://public.example", "same-origin", 200)]
    public async Task Where_browsers_do_not_say_the_site_the_origin_must_be_the_host(string origin, string? site, int status)
    {
        HeldDecoder decoder = new();
        decoder.Release();
        await using TestHost host = await TestHost.StartAsync(load: _ => new FakeClassifier(1f), services: services => services.Replace(ServiceDescriptor.Singleton<IClipDecoder>(decoder)));
        host.Client.DefaultRequestHeaders.Add("Origin", origin.Replace("HOST:1", host.Address.Host + ":1", StringComparison.Ordinal).Replace("HOST", host.Address.Authority, StringComparison.Ordinal));
        if (site is not null)
            host.Client.DefaultRequestHeaders.Add("Sec-Fetch-Site", site);

        Assert.Equal(status, (await host.SendAsync(HttpMethod.Post, "/v1/classify", [1])).Status);
        Assert.Equal(200, (await host.GetAsync("/")).Status);
    }

    [Fact]
    public async Task No_kind_of_error_tells_where_anything_lies_on_the_server()
    {
        using TemporaryFolder folder = new();
        IArtifactStore store = ArtifactStores.Open(folder.File("store"));
        await using TestHost host = await TestHost.StartAsync(
            options => options with { MaxBodyBytes = 4096, MaxFiles = 1 },
            store,
            services: services => services.Replace(ServiceDescriptor.Singleton<IClipDecoder>(new FailingDecoder())));
        string[] secrets = [folder.Path, host.Spool[..^"/spool".Length], Path.GetTempPath().TrimEnd('/'), AppContext.BaseDirectory.TrimEnd('/'), RepositoryRoot.Path, "   at ", ".cs:line", "Unreel.Serve."];
        List<Answer> answers =
        [
            await host.GetAsync("/nothing"),
            await host.GetAsync("/v1/classify"),
            await host.GetAsync("/v1/models/nothing"),
            await host.GetAsync("/registry/onnx/nothing/latest"),
            await host.GetAsync("/registry/%2e%2e/%2e%2e/x"),
            await host.GetAsync("/registry?kind=..%2f.."),
            await host.GetAsync("/registry/blobs/onnx/x/sha256:" + new string('0', 64) + "/..%2f..%2fetc%2fpasswd"),
            await host.GetAsync("/openapi/nothing.json"),
            await host.SendAsync(HttpMethod.Post, "/v1/classify", []),
            await host.SendAsync(HttpMethod.Post, "/v1/classify?top_k=x", [1]),
            await host.SendAsync(HttpMethod.Post, "/v1/classify", [1], "text/plain"),
            await host.SendAsync(HttpMethod.Post, "/v1/classify", [1], "multipart/form-data; boundary=x"),
            await host.SendAsync(HttpMethod.Post, "/v1/classify", new byte[9000]),
            await host.SendFormAsync("/v1/classify", ("a", [1]), ("b", [1])),
            .. await Task.WhenAll(FailingDecoder.Kinds.Select(kind => host.SendFormAsync("/v1/classify", (kind, [1])))),
        ];

        Assert.True(answers.Select(answer => answer.Status).Distinct().Count() >= 6);
        Assert.All(answers, answer =>
        {
            Assert.InRange(answer.Status, 400, 599);
            string all = $"{answer.Text}\n{answer.Message.Headers}\n{answer.Message.Content.Headers}";
            Assert.All(secrets, secret => Assert.DoesNotContain(secret, all, StringComparison.Ordinal));
        });
    }

    [Fact]
    public async Task A_store_that_cannot_be_reached_is_told_from_a_server_that_is_not_ready()
    {
        LogLines lines = new();
        await using TestHost host = await TestHost.StartAsync(load: _ => new FakeClassifier(1f), services: services => lines.AddTo(services.Replace(ServiceDescriptor.Singleton<IClipDecoder>(new FailingDecoder()))));

        (await host.SendFormAsync("/v1/classify", ("store", [1]))).AssertProblem(503, "store cannot be reached");

        Assert.True(SpinWait.SpinUntil(() => lines.All.Any(line => line.Contains("POST /v1/classify 503 store_unreachable", StringComparison.Ordinal)), TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public async Task Failed_keys_are_counted_in_the_log_without_the_keys()
    {
        LogLines lines = new();
        await using TestHost host = await TestHost.StartAsync(options => options with { Keys = [Key] }, load: _ => new FakeClassifier(1f), services: lines.AddTo);
        host.Client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", "Bearer guessed-guessed-guessed");

        for (int number = 0; number < 50; number++)
            Assert.Equal(401, (await host.GetAsync("/v1/models")).Status);

        Assert.True(SpinWait.SpinUntil(() => lines.All.Count(line => line.Contains("GET /v1/models 401 no_key", StringComparison.Ordinal)) == 50, TimeSpan.FromSeconds(60)));
        Assert.Single(lines.All, line => line.Contains("Requests without a key that opens their route: 1 since the start", StringComparison.Ordinal));
        Assert.DoesNotContain(lines.All, line => line.Contains("guessed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Connections_beyond_the_most_are_closed()
    {
        await using TestHost host = await TestHost.StartAsync(options => options with { MaxConnections = 2 }, load: _ => new FakeClassifier(1f));
        List<TcpClient> idle = [];
        for (int number = 0; number < 4; number++)
        {
            TcpClient client = new();
            await client.ConnectAsync(host.Address.Host, host.Address.Port);
            idle.Add(client);
        }

        // Two are held open, waiting for a request; the others come to their end.
        int closed = 0;
        foreach (TcpClient client in idle.Skip(2))
            closed += await client.GetStream().ReadAsync(new byte[1]).AsTask().WaitAsync(TimeSpan.FromSeconds(60)).ContinueWith(read => read.IsFaulted || read.Result == 0 ? 1 : 0, TaskScheduler.Default);

        Assert.Equal(2, closed);
        idle.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task Headers_beyond_the_most_are_refused()
    {
        await using TestHost host = await TestHost.StartAsync(load: _ => new FakeClassifier(1f));
        using HttpRequestMessage large = new(HttpMethod.Get, "/livez"), many = new(HttpMethod.Get, "/livez"), longest = new(HttpMethod.Get, $"/{new string('x', 9000)}");
        large.Headers.Add("X-Large", new string('x', 20_000));
        for (int number = 0; number < 70; number++)
            many.Headers.Add($"X-{number}", "x");

        Assert.Equal(431, (int)(await host.Client.SendAsync(large)).StatusCode);
        Assert.Equal(431, (int)(await host.Client.SendAsync(many)).StatusCode);
        Assert.Equal(414, (int)(await host.Client.SendAsync(longest)).StatusCode);
    }

    [Fact]
    public async Task Headers_that_do_not_come_end_the_connection()
    {
        await using TestHost host = await TestHost.StartAsync(options => options with { HeaderTimeout = TimeSpan.FromMilliseconds(200) }, load: _ => new FakeClassifier(1f));
        using TcpClient client = new();
        await client.ConnectAsync(host.Address.Host, host.Address.Port);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes("GET /livez HTTP/1.1\r\nHost: localhost\r\nX-Slow:"));

        using StreamReader reader = new(stream);
        string answer = await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(60));

        Assert.StartsWith("HTTP/1.1 408", answer, StringComparison.Ordinal);
    }

    // Nothing a caller says makes this server ask another: only OpenTelemetry's exporter sends anything, to where the environment says.
    [Fact]
    public void No_code_of_the_server_fetches_anything_from_the_network()
    {
        string[] places = [.. Directory.EnumerateFiles(RepositoryRoot.File("src", "Serve"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}Benches{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Where(file => Fetching().IsMatch(File.ReadAllText(file)))
            .Select(Path.GetFileName)!];

        Assert.Empty(places);
        Assert.Matches(Fetching(), "using var client = new HttpClient();");
    }

    [GeneratedRegex(@"\b(HttpClient|IHttpClientFactory|WebRequest|WebClient|TcpClient|ClientWebSocket|SocketsHttpHandler|new Socket)\b")]
    private static partial Regex Fetching();

    // Fails as the name of the upload says, with messages as the system writes them.
    private sealed class FailingDecoder : IClipDecoder
    {
        public static string[] Kinds { get; } = ["io", "access", "state", "native", "store", "late"];

        public Task<DecodedClip> DecodeAsync(Stream video, string name, ClipPreparation preparation, CancellationToken ct) => throw (name switch
        {
            "io" => new IOException($"Could not find file '{Path.GetTempPath()}x'."),
            "access" => new UnauthorizedAccessException($"Access to the path '{AppContext.BaseDirectory}x' is denied."),
            "native" => new DllNotFoundException($"Unable to load shared library '{AppContext.BaseDirectory}libx.so'"),
            "store" => new StoreUnreachableException(Path.GetTempPath(), "down"),
            "late" => new TimeoutException(Path.GetTempPath()),
            _ => new InvalidOperationException(RepositoryRoot.Path),
        });

        public IAsyncEnumerable<ClipWindow> DecodeWindowsAsync(Stream video, string name, ClipPreparation preparation, TimeSpan? hop, CancellationToken ct) => throw new NotSupportedException();
    }
}
