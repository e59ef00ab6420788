using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Unreel.Serve.Admission;
using Unreel.Serve.Classify;
using Unreel.Serve.Decoding;
using Unreel.Testing;
using Unreel.Testing.Models;
using Unreel.Video;

namespace Unreel.Serve.Tests;

public sealed class TimelineTests
{
    // The tiny model takes 4 frames 2 apart: windows of 8 frames, at 12 frames a second.
    private const double Window = 8 / 12.0;

    [Fact]
    public async Task Json_tells_every_window_and_the_mean()
    {
        await using TestHost host = await TestHost.StartAsync();

        Answer answer = await host.SendAsync(HttpMethod.Post, "/v1/classify?timeline=1&top_k=6", TestVideos.Bytes(frames: 30));

        JsonNode file = answer.Json["files"]![0]!;
        JsonNode[] windows = [.. file["windows"]!.AsArray()!];
        Assert.Equal([0, 1, 2, 3], windows.Select(window => (int)window["index"]!));
        Assert.Equal([0, Window, 2 * Window, 22 / 12.0], windows.Select(window => (double)window["start"]!), Near);
        Assert.Equal([Window, 2 * Window, 3 * Window, 30 / 12.0], windows.Select(window => (double)window["end"]!), Near);
        foreach (string label in TinyModel.Labels)
            Assert.Equal(windows.Average(window => Probability(window, label)), Probability(file, label), 1e-5);
        Assert.Equal((string)file["label"]!, (string)file["predictions"]![0]!["label"]!);
        Assert.Equal(1, (int)file["video"]!["views"]!);
    }

    [Fact]
    public async Task Events_tell_the_same_as_json()
    {
        await using TestHost host = await TestHost.StartAsync();
        byte[] video = TestVideos.Bytes(frames: 30);
        JsonNode whole = (await host.SendAsync(HttpMethod.Post, "/v1/classify?timeline=1&hop=0.25&top_k=2", video)).Json;

        Answer answer = await EventsAsync(host, "/v1/classify?timeline=1&hop=0.25&top_k=2", video);

        IReadOnlyList<ServerEvent> events = ServerEvent.Parse(answer.Text);
        JsonArray windows = whole["files"]![0]!["windows"]!.AsArray();
        Assert.Equal((200, "text/event-stream", "no-store"), (answer.Status, answer.Type, answer.Header("Cache-Control")));
        Assert.Equal(["video", .. windows.Select(_ => "window"), "done"], events.Select(each => each.Name));
        Assert.Equal((9, 9, 30, 48, 32, "h264"), (windows.Count, (int)events[0].Data["windows"]!, (int)events[0].Data["frames"]!, (int)events[0].Data["width"]!, (int)events[0].Data["height"]!, (string)events[0].Data["codec"]!));
        Assert.Equal(windows.Select(window => window!.ToJsonString()), events.Skip(1).SkipLast(1).Select(each => each.Data.ToJsonString()));
        Assert.Equal(whole["files"]![0]!["predictions"]!.ToJsonString(), events[^1].Data["predictions"]!.ToJsonString());
        Assert.Equal(whole["model"]!.ToJsonString(), events[^1].Data["model"]!.ToJsonString());
    }

    [Fact]
    public async Task Events_come_while_the_video_is_worked_on()
    {
        SteppedDecoder decoder = new(windows: 3);
        await using TestHost host = await TestHost.StartAsync(load: _ => new FakeClassifier(.2f, .8f), services: services => services.AddSingleton<IClipDecoder>(decoder));
        using HttpResponseMessage answer = await host.Client.SendAsync(EventRequest("/v1/classify?timeline=1", [1]), HttpCompletionOption.ResponseHeadersRead).WithFirst(decoder);
        using StreamReader reader = new(await answer.Content.ReadAsStreamAsync());

        Assert.Equal("video", (await ServerEvent.NextAsync(reader))!.Name);
        Assert.Equal(0, (int)(await ServerEvent.NextAsync(reader))!.Data["index"]!);
        decoder.Let();
        Assert.Equal(1, (int)(await ServerEvent.NextAsync(reader))!.Data["index"]!);
        decoder.Let();
        Assert.Equal(2, (int)(await ServerEvent.NextAsync(reader))!.Data["index"]!);
        Assert.Equal("done", (await ServerEvent.NextAsync(reader))!.Name);
        Assert.Null(await ServerEvent.NextAsync(reader));
    }

    [Fact]
    public async Task A_caller_that_leaves_ends_the_work()
    {
        SteppedDecoder decoder = new(windows: 1000);
        await using TestHost host = await TestHost.StartAsync(load: _ => new FakeClassifier(.2f, .8f), services: services => services.AddSingleton<IClipDecoder>(decoder));
        using (HttpResponseMessage answer = await host.Client.SendAsync(EventRequest("/v1/classify?timeline=1", [1]), HttpCompletionOption.ResponseHeadersRead).WithFirst(decoder))
        {
            using StreamReader reader = new(await answer.Content.ReadAsStreamAsync());
            Assert.Equal("video", (await ServerEvent.NextAsync(reader))!.Name);
        }

        await decoder.Ended.WaitAsync(TimeSpan.FromSeconds(60));
        await Eventually.TrueAsync(() => host.Services.GetRequiredService<AdmissionGate>().Inside == 0);
        Assert.True(decoder.Given < 10, $"{decoder.Given} windows were decoded for nobody.");
    }

    [Fact]
    public async Task Silence_is_filled_with_comments()
    {
        int silences = 0;
        FakeTimeProvider clock = new() { FiresAtOnce = length => length == TimelineStream.Silence && Interlocked.Increment(ref silences) == 1 };
        SteppedDecoder decoder = new(windows: 1);
        await using TestHost host = await TestHost.StartAsync(load: _ => new FakeClassifier(1f), services: services => services.AddSingleton<IClipDecoder>(decoder).AddSingleton<TimeProvider>(clock));
        using HttpResponseMessage answer = await host.Client.SendAsync(EventRequest("/v1/classify?timeline=1", [1]), HttpCompletionOption.ResponseHeadersRead);
        using StreamReader reader = new(await answer.Content.ReadAsStreamAsync());

        Assert.StartsWith(":", await reader.ReadLineAsync(), StringComparison.Ordinal);
        decoder.Let();
        Assert.Equal("video", (await ServerEvent.NextAsync(reader))!.Name);
    }

    [Fact]
    public async Task What_breaks_further_on_is_an_event_of_problem_details()
    {
        SteppedDecoder decoder = new(windows: 3) { BreaksAt = 1 };
        await using TestHost host = await TestHost.StartAsync(load: _ => new FakeClassifier(1f), services: services => services.AddSingleton<IClipDecoder>(decoder));
        decoder.Let(3);

        Answer answer = await EventsAsync(host, "/v1/classify?timeline=1", [1]);

        IReadOnlyList<ServerEvent> events = ServerEvent.Parse(answer.Text);
        Assert.Equal(["video", "window", "error"], events.Select(each => each.Name));
        Assert.Equal((422, "the uploaded video: frame 2 is damaged"), ((int)events[2].Data["status"]!, (string)events[2].Data["detail"]!));
        Assert.Equal(answer.Header("X-Request-Id"), (string)events[2].Data["request_id"]!);
    }

    [Fact]
    public async Task What_cannot_be_read_at_all_is_unprocessable()
    {
        await using TestHost host = await TestHost.StartAsync();

        (await EventsAsync(host, "/v1/classify?timeline=1", [1, 2, 3, 4])).AssertProblem(422, "the uploaded video");
        (await host.SendAsync(HttpMethod.Put, "/v1/classify?timeline=1", [1, 2, 3, 4])).AssertProblem(422, "the uploaded video");
    }

    [Fact]
    public async Task Several_files_are_told_one_after_the_other()
    {
        await using TestHost host = await TestHost.StartAsync();
        using MultipartFormDataContent form = [];
        form.Add(new ByteArrayContent(TestVideos.Bytes(frames: 8)), "file", "a.mp4");
        form.Add(new ByteArrayContent([1, 2, 3, 4]), "file", "bad.mp4");
        form.Add(new ByteArrayContent(TestVideos.Bytes(frames: 10)), "file", "b.mp4");
        using HttpRequestMessage request = EventRequest("/v1/classify?timeline=true", []);
        request.Content = form;

        IReadOnlyList<ServerEvent> events = ServerEvent.Parse((await Answer.ReadAsync(await host.Client.SendAsync(request))).Text);

        Assert.Equal(["video", "window", "done", "error", "video", "window", "window", "done"], events.Select(each => each.Name));
        Assert.Equal(["a.mp4", "a.mp4", "bad.mp4", "b.mp4", "b.mp4"], events.Where(each => each.Name != "window").Select(each => (string)each.Data["file"]!));
    }

    [Fact]
    public async Task More_windows_than_fit_into_one_answer_are_refused_and_streamed()
    {
        SteppedDecoder decoder = new(windows: TimelineRoom.MostWindows + 1);
        await using TestHost host = await TestHost.StartAsync(load: _ => new FakeClassifier(1f), services: services => services.AddSingleton<IClipDecoder>(decoder));
        decoder.Let(5000);

        (await host.SendAsync(HttpMethod.Put, "/v1/classify?timeline=1", [1])).AssertProblem(400, "Accept: text/event-stream");
        decoder.Let(5000);
        Assert.Equal(TimelineRoom.MostWindows + 3, ServerEvent.Parse((await EventsAsync(host, "/v1/classify?timeline=1", [1])).Text).Count);
    }

    [Fact]
    public async Task A_stream_may_take_longer_than_other_requests_but_not_for_ever()
    {
        SteppedDecoder decoder = new(windows: 3);
        await using TestHost host = await TestHost.StartAsync(
            options => options with { Deadline = TimeSpan.FromSeconds(30), StreamDeadline = TimeSpan.FromMilliseconds(300) },
            load: _ => new FakeClassifier(1f),
            services: services => services.AddSingleton<IClipDecoder>(decoder));
        decoder.Let();

        IReadOnlyList<ServerEvent> events = ServerEvent.Parse((await EventsAsync(host, "/v1/classify?timeline=1", [1])).Text);

        Assert.Equal(["video", "window", "error"], events.Select(each => each.Name));
        Assert.Equal((504, "The request could not be finished within 0.3 s."), ((int)events[2].Data["status"]!, (string)events[2].Data["detail"]!));
    }

    [Fact]
    public async Task A_server_that_stops_ends_its_streams_with_an_event()
    {
        SteppedDecoder decoder = new(windows: 3);
        await using TestHost host = await TestHost.StartAsync(
            options => options with { Deadline = TimeSpan.FromSeconds(2) }, load: _ => new FakeClassifier(1f), services: services => services.AddSingleton<IClipDecoder>(decoder));
        using HttpResponseMessage answer = await host.Client.SendAsync(EventRequest("/v1/classify?timeline=1", [1]), HttpCompletionOption.ResponseHeadersRead).WithFirst(decoder);
        using StreamReader reader = new(await answer.Content.ReadAsStreamAsync());
        Assert.Equal("video", (await ServerEvent.NextAsync(reader))!.Name);
        Assert.Equal("window", (await ServerEvent.NextAsync(reader))!.Name);

        Task stopping = host.StopAsync();

        ServerEvent last = (await ServerEvent.NextAsync(reader))!;
        Assert.Equal(("error", 503, "The server is stopping; the windows so far are all there are."), (last.Name, (int)last.Data["status"]!, (string)last.Data["detail"]!));
        await stopping;
    }

    [Fact]
    public async Task Where_no_place_for_a_timeline_is_free_it_is_refused_and_clips_are_not()
    {
        SteppedDecoder decoder = new(windows: 3);
        await using TestHost host = await TestHost.StartAsync(
            options => options with { Decoders = 1, Concurrency = 1, Queue = 0 }, load: _ => new FakeClassifier(1f), services: services => services.AddSingleton<IClipDecoder>(decoder));
        using HttpResponseMessage first = await host.Client.SendAsync(EventRequest("/v1/classify?timeline=1", [1]), HttpCompletionOption.ResponseHeadersRead).WithFirst(decoder);

        Answer second = await EventsAsync(host, "/v1/classify?timeline=1", [1]);
        Answer third = await host.SendAsync(HttpMethod.Put, "/v1/classify?timeline=1", [1]);

        second.AssertProblem(429, "as many timelines");
        third.AssertProblem(429, "as many timelines");
        Assert.Equal("10", third.Header("Retry-After"));
        (await host.SendAsync(HttpMethod.Put, "/v1/classify", [1])).AssertProblem(422, "no clips here");
        decoder.Let(2);
        Assert.Contains("event: done", await first.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hop_in_seconds_costs_no_second_decoding()
    {
        SteppedDecoder decoder = new(windows: 2);
        await using TestHost host = await TestHost.StartAsync(load: _ => new FakeClassifier(1f), services: services => services.AddSingleton<IClipDecoder>(decoder));
        decoder.Let(2);

        Assert.Equal(200, (await host.SendAsync(HttpMethod.Put, "/v1/classify?timeline=1&hop=0.5", [1])).Status);

        Assert.Equal([TimeSpan.FromSeconds(.5)], decoder.Hops);
    }

    [Theory]
    [InlineData(.5, 12)]
    [InlineData(1e-7, 1)]
    [InlineData(80_000, 240)]
    public void A_hop_is_one_frame_at_least_and_the_video_at_most(double seconds, int frames) =>
        Assert.Equal(frames, ClipWindow.Frames(TimeSpan.FromSeconds(seconds), new VideoInfo(new FrameSize(8, 8), 240, 24, TimeSpan.FromSeconds(10), 0, "fake", "rgb24")));

    [Fact]
    public async Task All_timelines_of_one_answer_are_bounded_together()
    {
        SteppedDecoder decoder = new(windows: 600);
        decoder.Let(3000);
        await using TestHost host = await TestHost.StartAsync(load: _ => new FakeClassifier([.. Enumerable.Repeat(.02f, 50)]), services: services => services.AddSingleton<IClipDecoder>(decoder));

        Assert.Equal(200, (await host.SendAsync(HttpMethod.Put, "/v1/classify?timeline=1&top_k=50", [1])).Status);
        Answer two = await host.SendFormAsync("/v1/classify?timeline=1&top_k=50", ("a.mp4", [1]), ("b.mp4", [1]));

        two.AssertProblem(400, "b.mp4");
        Assert.Contains("60000 predictions", two.Text, StringComparison.Ordinal);
    }

    private static bool Near(double first, double second) => Math.Abs(first - second) < 1e-3;

    private static double Probability(JsonNode of, string label) =>
        (double)of["predictions"]!.AsArray().Single(each => (string)each!["label"]! == label)!["probability"]!;

    private static HttpRequestMessage EventRequest(string path, byte[] body)
    {
        HttpRequestMessage request = new(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        return request;
    }

    private static async Task<Answer> EventsAsync(TestHost host, string path, byte[] body)
    {
        using HttpRequestMessage request = EventRequest(path, body);
        return await Answer.ReadAsync(await host.Client.SendAsync(request));
    }
}

/// <summary>A decoder that gives a window each time it is let.</summary>
internal sealed class SteppedDecoder(int windows) : IClipDecoder, IDisposable
{
    private readonly SemaphoreSlim _steps = new(0);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The window whose decoding fails.</summary>
    public int? BreaksAt { get; init; }

    /// <summary>The distances of windows that were asked for, one for each decoding.</summary>
    public List<TimeSpan?> Hops { get; } = [];

    /// <summary>How many windows were given.</summary>
    public int Given { get; private set; }

    /// <summary>Completes when the windows have been left.</summary>
    public Task Ended => _ended.Task;

    public void Let(int steps = 1) => _steps.Release(steps);

    public void Dispose() => _steps.Dispose();

    public Task<DecodedClip> DecodeAsync(Stream video, string name, ClipPreparation preparation, CancellationToken ct) => throw new VideoException("no clips here");

    public async IAsyncEnumerable<ClipWindow> DecodeWindowsAsync(Stream video, string name, ClipPreparation preparation, TimeSpan? hop, [EnumeratorCancellation] CancellationToken ct)
    {
        Hops.Add(hop);
        VideoInfo info = new(new FrameSize(8, 8), 2 * windows, 25, TimeSpan.FromSeconds(.08 * windows), 0, "fake", "rgb24");
        try
        {
            for (int window = 0; window < windows; window++)
            {
                await _steps.WaitAsync(ct);
                if (window == BreaksAt)
                    throw new VideoException($"{name}: frame {2 * window} is damaged");
                Given++;
                yield return new ClipWindow(info, window, windows, 2 * window, (2 * window) + 1, new ViewSet(new byte[2 * 8 * 8 * 3], 1, 2, 8));
            }
        }
        finally
        {
            _ended.TrySetResult();
        }
    }
}

internal static class SteppedRequests
{
    /// <summary>Lets the first window through, without which no answer begins.</summary>
    public static Task<HttpResponseMessage> WithFirst(this Task<HttpResponseMessage> answer, SteppedDecoder decoder)
    {
        decoder.Let();
        return answer;
    }
}
