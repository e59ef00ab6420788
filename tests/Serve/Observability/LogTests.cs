using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Unreel.Serve.Observability;
using Unreel.Testing.Models;

namespace Unreel.Serve.Tests.Observability;

public sealed class LogTests
{
    private static JsonLog Json(IServiceProvider services) => new JsonLog(services.GetRequiredService<TimeProvider>());

    private static TextLog Text(IServiceProvider services) => new TextLog(services.GetRequiredService<TimeProvider>());

    [Fact]
    public async Task For_programs_a_line_is_an_object_with_the_request_s_id_and_trace()
    {
        LogLines lines = new(Json);
        await using TestHost host = await TestHost.StartAsync(services: lines.AddTo);
        host.Client.DefaultRequestHeaders.Add("X-Request-Id", "mine-1");
        host.Client.DefaultRequestHeaders.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        byte[] video = TestVideos.Bytes();

        Assert.Equal(200, (await host.SendAsync(HttpMethod.Put, "/v1/classify", video)).Status);

        JsonNode line = Line(lines, "/v1/classify");
        Assert.EndsWith("Z", (string)line["timestamp"]!, StringComparison.Ordinal);
        Assert.Equal(("info", "Unreel.Serve.Requests", "mine-1"), ((string)line["level"]!, (string)line["category"]!, (string)line["request_id"]!));
        Assert.Equal("0af7651916cd43dd8448eb211c80319c", (string)line["trace_id"]!);
        JsonNode fields = line["fields"]!;
        Assert.Equal(("PUT", 200, video.Length), ((string)fields["method"]!, (int)fields["status"]!, (int)fields["bytes"]!));
        Assert.All((string[])["ms", "decode_ms", "inference_ms"], name => Assert.True((double)fields[name]! > 0));
        Assert.NotEmpty((string)fields["model"]!);
        Assert.All(lines.All, text => Assert.Equal(text.Length - 1, text.IndexOf('\n', StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_refusal_is_logged_with_its_reason()
    {
        LogLines lines = new(Json);
        await using TestHost host = await TestHost.StartAsync(load: _ => new FakeClassifier(1f), services: lines.AddTo);

        await host.SendAsync(HttpMethod.Put, "/v1/classify", [1], "text/plain");

        JsonNode fields = Line(lines, "/v1/classify")["fields"]!;
        Assert.Equal((415, "unsupported_media"), ((int)fields["status"]!, (string)fields["reason"]!));
    }

    [Fact]
    public async Task Probes_and_scrapes_are_for_those_who_look_closely()
    {
        LogLines lines = new(Json);
        await using TestHost host = await TestHost.StartAsync(options => options with { LogLevel = Microsoft.Extensions.Logging.LogLevel.Debug }, load: _ => new FakeClassifier(1f), services: lines.AddTo);

        foreach (string path in (string[])["/livez", "/readyz", "/v2/health/live", "/v2/health/ready", "/metrics"])
        {
            await host.GetAsync(path);
            Assert.Equal("debug", (string)Line(lines, path)["level"]!);
        }
    }

    [Fact]
    public async Task Callers_cannot_write_lines_of_their_own()
    {
        LogLines lines = new(Text);
        await using TestHost host = await TestHost.StartAsync(load: _ => new FakeClassifier(1f), services: lines.AddTo);

        await host.GetAsync("/x%0A2026-01-01T00:00:00.000Z%20error%20forged%1B%5B31m%E2%80%AE%E2%80%A8");

        string line = Text(lines, "forged");
        Assert.Equal(line.Length - 1, line.IndexOf('\n', StringComparison.Ordinal));
        Assert.Contains(@"/x\n2026-01-01T00:00:00.000Z error forged\u001b[31m\u202e\u2028 404 not_found", line, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', line);
    }

    [Fact]
    public async Task For_people_a_line_has_time_level_message_and_id_and_nothing_else()
    {
        LogLines lines = new(Text);
        await using TestHost host = await TestHost.StartAsync(load: _ => new FakeClassifier(1f), services: lines.AddTo);
        host.Client.DefaultRequestHeaders.Add("X-Request-Id", "mine-2");

        await host.GetAsync("/v1/models");

        string line = Text(lines, "/v1/models");
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z info  GET /v1/models 200 in [0-9.E-]+ ms, 0 bytes \[mine-2\]\n$", line);
    }

    [Fact]
    public void The_lines_of_a_stack_trace_are_set_in() =>
        Assert.Equal("a\n    b\\u001b\\r", LogText.Escape("a\nb\u001b\r", indent: "    "));

    // The caller has its answer before the line is written.
    private static JsonNode Line(LogLines lines, string route)
    {
        bool IsIt(JsonNode line) => (string?)line["fields"]?["route"] == route;
        Assert.True(SpinWait.SpinUntil(() => lines.All.Any(text => IsIt(JsonNode.Parse(text)!)), TimeSpan.FromSeconds(60)), string.Concat(lines.All));
        return Assert.Single(lines.All.Select(text => JsonNode.Parse(text)!), IsIt);
    }

    private static string Text(LogLines lines, string words)
    {
        Assert.True(SpinWait.SpinUntil(() => lines.All.Any(text => text.Contains(words, StringComparison.Ordinal)), TimeSpan.FromSeconds(60)), string.Concat(lines.All));
        return Assert.Single(lines.All, text => text.Contains(words, StringComparison.Ordinal));
    }
}
