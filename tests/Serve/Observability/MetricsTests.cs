using System.Net.Http.Headers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Unreel.Serve.Decoding;
using Unreel.Serve.Models;
using Unreel.Serve.Observability;
using Unreel.Testing.Models;
using Unreel.Video.Boxes;

namespace Unreel.Serve.Tests.Observability;

public sealed class MetricsTests
{
    private static readonly ModelChoice Walk = new("walk", "prod", "onnx/walk:prod");

    public static TheoryData<bool> Formats => [false, true];

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task Every_figure_is_told_in_both_formats(bool open)
    {
        await using TestHost host = await TestHost.StartAsync(load: _ => new FakeClassifier(1f), services: services => services.Replace(ServiceDescriptor.Singleton<IClipDecoder>(new HeldDecoder())));
        TellEverything(host.Services.GetRequiredService<ServeMeter>());

        List<Sample> samples = await ScrapeAsync(host, open);

        Sample One(string name, params (string Label, string Value)[] labels) => Assert.Single(samples, sample => sample.Name == name && labels.All(label => sample[label.Label] == label.Value));
        Assert.Equal(1, One("unreel_requests_total", ("route", "/v1/classify"), ("outcome", "success"), ("model", "walk"), ("version", "prod"), ("reason", "none")).Value);
        Assert.Equal(1, One("unreel_requests_total", ("outcome", "refused"), ("reason", "full")).Value);
        Assert.Equal(1, One("unreel_requests_in_flight").Value);
        Assert.Equal(2, One("unreel_request_duration_seconds_bucket", ("outcome", "success"), ("le", "+Inf")).Value + One("unreel_request_duration_seconds_count", ("outcome", "refused")).Value);
        Assert.Equal(0, One("unreel_queue_duration_seconds_bucket", ("le", "0.001")).Value);
        Assert.Equal(1, One("unreel_queue_duration_seconds_bucket", ("le", "0.0025")).Value);
        Assert.Equal(.002, One("unreel_queue_duration_seconds_sum", ("model", "walk")).Value, 6);
        Assert.Equal(.03, One("unreel_decode_duration_seconds_sum", ("model", "walk")).Value, 6);
        Assert.Equal(.04, One("unreel_inference_duration_seconds_sum", ("model", "walk")).Value, 6);
        Assert.Equal(1, One("unreel_batch_size_bucket", ("le", "4.0")).Value);
        Assert.Equal(3, One("unreel_inferences_total", ("model", "walk")).Value);
        Assert.Equal(16, One("unreel_frames_decoded_total", ("model", "walk")).Value);
        Assert.Equal(1234, One("unreel_uploaded_bytes_total").Value);
        Assert.Equal(1, One("unreel_admission_refusals_total", ("reason", "full")).Value);
        Assert.Equal(1, One("unreel_key_refusals_total", ("reason", "wrong_scope")).Value);
        Assert.Equal((1, 1), (One("unreel_decoders", ("state", "busy")).Value, One("unreel_decoders", ("state", "idle")).Value));
        Assert.Equal((3, 1), (One("unreel_decoders_started_total").Value, One("unreel_decoders_stopped_total", ("reason", "crash")).Value));
        Assert.Equal(2.5, One("unreel_model_load_duration_seconds_sum", ("outcome", "loaded"), ("model", "walk")).Value);
        Assert.Equal((1, 1), (One("unreel_model_swaps_total", ("model", "walk")).Value, One("unreel_model_rollbacks_total", ("model", "walk")).Value));
        Assert.Equal("sha256:00ff", One("unreel_model_info", ("model", "walk"))["digest"]);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task Triton_s_names_and_units_are_there(bool open)
    {
        await using TestHost host = await TestHost.StartAsync(load: _ => new FakeClassifier(1f), services: services => services.Replace(ServiceDescriptor.Singleton<IClipDecoder>(new HeldDecoder())));
        TellEverything(host.Services.GetRequiredService<ServeMeter>());

        List<Sample> samples = await ScrapeAsync(host, open);

        double Of(string name) => Assert.Single(samples, sample => sample.Name == name && sample["model"] == "walk" && sample["version"] == "prod").Value;
        Assert.Equal(1, Of("nv_inference_request_success"));
        Assert.Equal(3, Of("nv_inference_count"));
        Assert.Equal(1, Of("nv_inference_exec_count"));
        Assert.Equal(120_000, Of("nv_inference_request_duration_us"));
        Assert.Equal(2_000, Of("nv_inference_queue_duration_us"));
        Assert.Equal(30_000, Of("nv_inference_compute_input_duration_us"));
        Assert.Equal(40_000, Of("nv_inference_compute_infer_duration_us"));
        Assert.Equal(1, Assert.Single(samples, sample => sample.Name == "nv_inference_request_failure" && sample["model"] == "walk" && sample["reason"] == "REJECTED").Value);
        Assert.Equal(0, Assert.Single(samples, sample => sample.Name == "nv_inference_request_failure" && sample["model"] == "walk" && sample["reason"] == "BACKEND").Value);
    }

    [Fact]
    public async Task A_request_leaves_its_figures_behind()
    {
        await using TestHost host = await TestHost.StartAsync(options => options with { Models = [ModelChoice.Parse($"tiny={options.Models[0].Reference}")] });
        Assert.Equal(200, (await host.SendAsync(HttpMethod.Put, "/v1/classify", TestVideos.Bytes())).Status);
        Assert.Equal(422, (await host.SendAsync(HttpMethod.Put, "/v1/classify", [1, 2, 3])).Status);

        List<Sample> samples = await SettledAsync(host);

        double Of(string name) => samples.Where(sample => sample.Name == name && sample["model"] == "tiny").Sum(sample => sample.Value);
        Assert.Equal((1, 2, 1), (Of("nv_inference_request_success"), Of("nv_inference_count"), Of("nv_inference_exec_count")));
        Assert.Equal((1, 1, 1), (Of("unreel_decode_duration_seconds_count"), Of("unreel_inference_duration_seconds_count"), Of("unreel_batch_size_count")));
        Assert.Equal(1, Of("unreel_queue_duration_seconds_count"));
        Assert.Equal(8, Of("unreel_frames_decoded_total"));
        Assert.True(Of("nv_inference_compute_infer_duration_us") > 0);
        Assert.Equal((1, 1), (Of("unreel_model_info"), Of("unreel_model_load_duration_seconds_count")));
        Assert.Equal(["none", "undecodable"], samples.Where(sample => sample.Name == "unreel_requests_total" && sample["model"] == "tiny").Select(sample => sample["reason"]).Order(StringComparer.Ordinal));
        Assert.Equal("OTHER", Assert.Single(samples, sample => sample.Name == "nv_inference_request_failure" && sample.Value == 1)["reason"]);
    }

    [Fact]
    public async Task The_process_and_the_web_server_are_seen_too()
    {
        await using TestHost host = await TestHost.StartAsync(load: _ => new FakeClassifier(1f));
        await host.GetAsync("/v1/models");

        List<Sample> samples = await SettledAsync(host, all => all.Any(sample => sample.Name == "http_server_request_duration_seconds_count" && sample["http_route"] == "/v1/models"));

        foreach (string name in (string[])["process_cpu_seconds_total", "process_resident_memory_bytes", "process_start_time_seconds", "dotnet_gc_heap_total_allocated_bytes_total", "kestrel_active_connections"])
            Assert.All(samples.Where(sample => sample.Name == name).DefaultIfEmpty(new Sample(name, new Dictionary<string, string>(), 0)), sample => Assert.True(sample.Value > 0, name));
    }

    [Fact]
    public async Task Requests_are_counted_by_route_and_never_by_what_callers_wrote()
    {
        await using TestHost host = await TestHost.StartAsync(load: _ => new FakeClassifier(1f));
        const string Secret = "caller-s-own-text";
        await host.GetAsync($"/v1/{Secret}");
        await host.GetAsync($"/registry/{Secret}/{Secret}/{Secret}");
        await host.SendAsync(HttpMethod.Put, $"/v1/classify?top_k={Secret}", [1]);
        await host.SendAsync(new HttpMethod("CALLERS"), "/v1/models", [1]);
        await host.GetAsync("/livez");
        await host.GetAsync("/v1/models");

        await SettledAsync(host);
        Answer answer = await host.GetAsync("/metrics");
        List<Sample> requests = [.. PrometheusParser.Parse(answer.Text, open: false).Where(sample => sample.Name == "unreel_requests_total")];

        Assert.DoesNotContain(Secret, answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("CALLERS", answer.Text, StringComparison.Ordinal);
        Assert.Equal(["/registry/{kind}/{name}/{which}", "/v1/classify", "/v1/models", "other"], requests.Select(sample => sample["route"]).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal("bad_request", Assert.Single(requests, sample => sample["route"] == "/v1/classify")["reason"]);
        Assert.Equal(1, Assert.Single(requests, sample => sample["route"] == "/v1/models").Value);
    }

    [Fact]
    public void Text_of_any_kind_is_escaped()
    {
        const string Hard = "a\\b\"c\nd{},= é";
        MetricFamily family = new("x", MetricKind.Gauge, "A \\ and\na \"line\"", null, []);
        family.Set(double.NaN, [new("1.odd-name", Hard), new("b", null)]);
        family.Set(double.PositiveInfinity, [new("b", "+")]);

        foreach (PrometheusFormat format in Enum.GetValues<PrometheusFormat>())
        {
            List<Sample> samples = PrometheusParser.Parse(PrometheusText.Write([family], format), format == PrometheusFormat.OpenMetrics);

            Assert.Equal(2, samples.Count);
            Assert.True(double.IsNaN(Assert.Single(samples, sample => sample["_1_odd_name"] == Hard && sample["b"].Length == 0).Value));
            Assert.Equal(double.PositiveInfinity, Assert.Single(samples, sample => sample["b"] == "+").Value);
        }
    }

    [Fact]
    public void The_same_labels_in_another_order_are_the_same_series()
    {
        MetricFamily family = new("x", MetricKind.Counter, "X", null, []);
        family.Add(1, [new("a", "1"), new("b", "2")]);
        family.Add(2, [new("b", "2"), new("a", "1")]);

        Assert.Equal(3, Assert.Single(family.Snapshot()).Value);
    }

    [Fact]
    public void Labels_without_bound_do_not_grow_without_bound()
    {
        MetricFamily family = new("x", MetricKind.Counter, "X", null, []);
        for (int number = 0; number < 3 * MetricFamily.MostSeries; number++)
            family.Add(1, [new("a", number)]);

        IReadOnlyList<MetricSeries> series = family.Snapshot();
        Assert.Equal(MetricFamily.MostSeries + 1, series.Count);
        Assert.Equal(2 * MetricFamily.MostSeries, Assert.Single(series, each => each.Labels == "overflow=\"true\"").Value);
    }

    [Fact]
    public async Task Nothing_is_lost_or_torn_while_many_count_and_many_ask()
    {
        const int Writers = 4, Each = 2000;
        using ServeMeter meter = new();
        using MetricStore store = new(meter, null);
        meter.ModelServing(Walk, "sha256:00", "CPU");
        Task[] writers = [.. Enumerable.Range(0, Writers).Select(_ => Task.Run(() =>
        {
            for (int number = 0; number < Each; number++)
                TellRequest(meter, RequestOutcome.Success, RequestReason.None);
        }))];
        Task[] readers = [.. Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        {
            while (!Task.WhenAll(writers).IsCompleted)
                Assert.NotEmpty(PrometheusParser.Parse(store.Write(PrometheusFormat.OpenMetrics), open: true));
        }))];
        await Task.WhenAll([.. writers, .. readers]);

        List<Sample> samples = PrometheusParser.Parse(store.Write(PrometheusFormat.Text), open: false);
        Assert.Equal(Writers * Each, Assert.Single(samples, sample => sample.Name == "unreel_requests_total").Value);
        Assert.Equal(Writers * Each, Assert.Single(samples, sample => sample.Name == "unreel_request_duration_seconds_count").Value);
        Assert.Equal(0, Assert.Single(samples, sample => sample.Name == "unreel_requests_in_flight").Value);
        Assert.Single(samples, sample => sample.Name == "unreel_model_info");
    }

    [Fact]
    public void A_model_that_is_exchanged_leaves_no_digest_behind()
    {
        using ServeMeter meter = new();
        using MetricStore store = new(meter, null);
        foreach (string digest in (string[])["sha256:00", "sha256:11"])
        {
            meter.ModelServing(Walk, digest, "CPU");
            Assert.Equal(digest, Assert.Single(PrometheusParser.Parse(store.Write(PrometheusFormat.Text), open: false), sample => sample.Name == "unreel_model_info")["digest"]);
        }
    }

    [Theory]
    [InlineData(null, "text/plain")]
    [InlineData("*/*", "text/plain")]
    [InlineData("text/html", "text/plain")]
    [InlineData("application/openmetrics-text", "application/openmetrics-text")]
    [InlineData("application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.2", "application/openmetrics-text")]
    [InlineData("application/openmetrics-text;q=0.2,text/plain;q=0.9", "text/plain")]
    [InlineData("application/openmetrics-text;q=0", "text/plain")]
    [InlineData("(((", "text/plain")]
    public async Task The_scraper_gets_the_format_it_likes(string? accept, string type)
    {
        await using TestHost host = await TestHost.StartAsync(load: _ => new FakeClassifier(1f));
        if (accept is not null)
            host.Client.DefaultRequestHeaders.TryAddWithoutValidation("Accept", accept);

        Answer answer = await host.GetAsync("/metrics");

        Assert.Equal((200, type), (answer.Status, answer.Type));
        Assert.Equal(type == "text/plain" ? "0.0.4" : "1.0.0", answer.Message.Content.Headers.ContentType!.Parameters.First(parameter => parameter.Name == "version").Value);
        PrometheusParser.Parse(answer.Text, open: type != "text/plain");
    }

    // The caller has its answer before the figures have it.
    private static async Task<List<Sample>> SettledAsync(TestHost host, Func<List<Sample>, bool>? holds = null)
    {
        List<Sample> samples = [];
        for (System.Diagnostics.Stopwatch waited = System.Diagnostics.Stopwatch.StartNew(); waited.Elapsed < TimeSpan.FromSeconds(60); await Task.Delay(20))
        {
            samples = await ScrapeAsync(host, open: false);
            if (holds?.Invoke(samples) ?? samples.Any(sample => sample.Name == "unreel_requests_in_flight" && sample.Value == 0))
                return samples;
        }

        Assert.Fail(string.Join('\n', samples));
        return samples;
    }

    private static async Task<List<Sample>> ScrapeAsync(TestHost host, bool open)
    {
        if (open)
            host.Client.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/openmetrics-text"));
        return PrometheusParser.Parse((await host.GetAsync("/metrics")).Text, open);
    }

    private static void TellRequest(ServeMeter meter, RequestOutcome outcome, RequestReason reason)
    {
        meter.RequestStarted();
        meter.RequestFinished("/v1/classify", Walk, outcome, reason, TimeSpan.FromMilliseconds(60));
    }

    private static void TellEverything(ServeMeter meter)
    {
        meter.ModelLoaded(Walk, ModelLoadOutcome.Loaded, TimeSpan.FromSeconds(2.5));
        meter.ModelServing(Walk, "sha256:00ff", "CPU");
        meter.ModelSwapped(Walk);
        meter.ModelRolledBack(Walk);
        TellRequest(meter, RequestOutcome.Success, RequestReason.None);
        TellRequest(meter, RequestOutcome.Refused, RequestReason.Full);
        meter.KeyRefused(RequestReason.WrongScope);
        meter.RequestStarted();
        meter.Uploaded(1234);
        meter.Queued(Walk, TimeSpan.FromMilliseconds(2));
        meter.Decoded(Walk, TimeSpan.FromMilliseconds(30), 16);
        meter.Refused(Walk, RequestReason.Full);
        meter.Inferred(Walk, 3, TimeSpan.FromMilliseconds(40));
        meter.Executed(Walk, 3);
        meter.WatchDecoders(() => new DecodeCounts(2, 1, 4, 5, 3, new Dictionary<DecodeStop, long> { [DecodeStop.Crash] = 1, [DecodeStop.Time] = 0 }));
    }
}
