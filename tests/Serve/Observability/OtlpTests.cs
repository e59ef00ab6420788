using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Unreel.Pipelines;
using Unreel.Serve.Observability;
using Unreel.Testing.Models;

namespace Unreel.Serve.Tests.Observability;

public sealed class OtlpTests
{
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";

    [Fact]
    public async Task Traces_and_figures_reach_a_collector()
    {
        await using Collector collector = await Collector.StartAsync();
        await using TestHost host = await StartAsync(new()
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Address,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_SERVICE_NAME"] = "clips-of-the-lab",
        });
        host.Client.DefaultRequestHeaders.Add("traceparent", $"00-{Trace}-b7ad6b7169203331-01");

        Assert.Equal(200, (await host.GetAsync("/v1/models")).Status);
        Assert.Equal(200, (await host.GetAsync("/livez")).Status);
        await host.StopAsync();

        string traces = collector.Text("/v1/traces"), metrics = collector.Text("/v1/metrics");
        Assert.Contains("clips-of-the-lab", traces, StringComparison.Ordinal);
        Assert.Contains("GET /v1/models", traces, StringComparison.Ordinal);
        Assert.Contains("unreel.request_id", traces, StringComparison.Ordinal);
        Assert.DoesNotContain("/livez", traces, StringComparison.Ordinal);
        Assert.True(collector.Holds("/v1/traces", Convert.FromHexString(Trace)));
        Assert.Contains("clips-of-the-lab", metrics, StringComparison.Ordinal);
        Assert.Contains("unreel.requests", metrics, StringComparison.Ordinal);
        Assert.Contains("unreel.request.duration", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_request_waits_for_is_a_span_of_its_own()
    {
        await using Collector collector = await Collector.StartAsync();
        await using TestHost host = await StartAsync(new()
        {
            ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] = $"{collector.Address}/v1/traces",
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_METRICS_EXPORTER"] = "none",
        });
        byte[] video = TestVideos.Bytes();
        Assert.Equal(200, (await host.SendAsync(HttpMethod.Put, "/v1/classify", video)).Status);
        await host.StopAsync();

        string traces = collector.Text("/v1/traces");
        Assert.All((string[])["PUT /v1/classify", "queue", "decode", "inference", "unreel.clips", "unreel.model"], word => Assert.Contains(word, traces, StringComparison.Ordinal));
        Assert.Empty(collector.Text("/v1/metrics"));
    }

    [Fact]
    public async Task A_collector_that_fails_disturbs_nobody()
    {
        await using Collector collector = await Collector.StartAsync(status: 500);
        LogLines lines = new();
        await using TestHost host = await StartAsync(
            new()
            {
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Address,
                ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
                ["OTEL_BSP_SCHEDULE_DELAY"] = "20",
                ["OTEL_METRIC_EXPORT_INTERVAL"] = "20",
            },
            lines);

        for (int number = 0; number < 20; number++)
            Assert.Equal(200, (await host.GetAsync("/v1/models")).Status);
        Assert.True(SpinWait.SpinUntil(() => collector.Count("/v1/metrics") > 1, TimeSpan.FromSeconds(60)));
        Assert.Equal(200, (await host.GetAsync("/v1/models")).Status);
        await host.StopAsync();

        Assert.Single(lines.All, line => line.Contains("do not reach their collector", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true, "OTEL_EXPORTER_OTLP_ENDPOINT", "http://x")]
    [InlineData(true, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://x")]
    [InlineData(true, "OTEL_TRACES_EXPORTER", "otlp")]
    [InlineData(false, "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "http://x")]
    [InlineData(false, "OTEL_SERVICE_NAME", "x")]
    [InlineData(false, "OTEL_EXPORTER_OTLP_ENDPOINT", "http://x", "OTEL_TRACES_EXPORTER", "none")]
    [InlineData(false, "OTEL_EXPORTER_OTLP_ENDPOINT", "http://x", "OTEL_SDK_DISABLED", "true")]
    public void Traces_are_sent_where_the_environment_wants_it(bool wanted, params string[] variables) =>
        Assert.Equal(wanted, OtlpExport.Wants(Configuration(variables), "TRACES"));

    [Fact]
    public void Another_exporter_is_named() =>
        Assert.Contains("OTEL_TRACES_EXPORTER is 'zipkin'; expected otlp or none", Assert.Throws<UsageException>(() => OtlpExport.Wants(Configuration("OTEL_TRACES_EXPORTER", "zipkin"), "TRACES")).Message, StringComparison.Ordinal);

    private static IConfiguration Configuration(params string[] variables) =>
        new ConfigurationBuilder().AddInMemoryCollection(variables.Chunk(2).ToDictionary(pair => pair[0], pair => (string?)pair[1])).Build();

    private static Task<TestHost> StartAsync(Dictionary<string, string?> environment, LogLines? lines = null) => TestHost.StartAsync(
        load: _ => new FakeClassifier(1f),
        services: services =>
        {
            services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(environment).Build());
            lines?.AddTo(services);
        });

    /// <summary>Takes what exporters send by HTTP.</summary>
    private sealed class Collector : IAsyncDisposable
    {
        private readonly WebApplication _app;
        private readonly ConcurrentQueue<(string Path, byte[] Body)> _received = new();

        private Collector(WebApplication app) => _app = app;

        public string Address => ServeHost.AddressOf(_app);

        public static async Task<Collector> StartAsync(int status = 200)
        {
            WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            Collector collector = new(builder.Build());
            collector._app.MapPost("/v1/{signal}", async (HttpContext context) =>
            {
                using MemoryStream body = new();
                await context.Request.Body.CopyToAsync(body);
                collector._received.Enqueue((context.Request.Path.Value!, body.ToArray()));
                return Results.StatusCode(status);
            });
            await collector._app.StartAsync();
            return collector;
        }

        public int Count(string path) => _received.Count(each => each.Path == path);

        /// <summary>The text in what came, whose strings stand in it as they are.</summary>
        public string Text(string path) => string.Concat(_received.Where(each => each.Path == path).Select(each => Encoding.Latin1.GetString(each.Body)));

        public bool Holds(string path, byte[] bytes) => _received.Any(each => each.Path == path && each.Body.AsSpan().IndexOf(bytes) >= 0);

        public ValueTask DisposeAsync() => _app.DisposeAsync();
    }
}
