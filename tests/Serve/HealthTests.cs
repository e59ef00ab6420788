using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Unreel.Serve.Decoding;
using Unreel.Serve.Hosting;
using Unreel.Video;

namespace Unreel.Serve.Tests;

public sealed class HealthTests
{
    private const string Key = "0123456789abcdef0123456789abcdef";

    [Fact]
    public async Task Probes_answer_without_a_key_and_without_a_body_where_none_is_asked_for()
    {
        await using TestHost host = await TestHost.StartAsync(options => options with { Keys = [Key] }, load: _ => new FakeClassifier(1f));

        foreach (string path in HealthRoutes.Paths)
        {
            Assert.Equal(200, (await host.GetAsync(path)).Status);
            using HttpRequestMessage head = new(HttpMethod.Head, path);
            Answer answer = await Answer.ReadAsync(await host.Client.SendAsync(head));
            Assert.Equal((200, string.Empty), (answer.Status, answer.Text));
        }

        Assert.True((bool)(await host.GetAsync("/v2/health/live")).Json["live"]!);
        Assert.True((bool)(await host.GetAsync("/v2/health/ready")).Json["ready"]!);
    }

    [Fact]
    public async Task While_models_are_loaded_the_server_lives_but_is_not_ready()
    {
        TaskCompletionSource hold = new();
        await using TestHost host = await TestHost.StartAsync(load: _ => new FakeClassifier(1f) { Hold = hold }, ready: false);

        Assert.Equal((200, 200), ((await host.GetAsync("/livez")).Status, (await host.GetAsync("/v2/health/live")).Status));
        (await host.GetAsync("/readyz")).AssertProblem(503, "not in service");
        Answer answer = await host.GetAsync("/v2/health/ready");
        Assert.Equal((503, false), (answer.Status, (bool)answer.Json["ready"]!));
        hold.SetResult();
    }

    [Fact]
    public async Task Told_to_end_the_server_is_not_ready_and_still_answers_for_a_while()
    {
        await using TestHost host = await TestHost.StartAsync(load: _ => new FakeClassifier(1f));
        ServeDrain drain = host.Services.GetRequiredService<ServeDrain>();

        drain.Begin(TimeSpan.FromHours(1));

        (await host.GetAsync("/readyz")).AssertProblem(503, "stopping");
        Assert.Equal(503, (await host.GetAsync("/v2/health/ready")).Status);
        Assert.Equal(200, (await host.GetAsync("/livez")).Status);
        Assert.Equal(200, (await host.GetAsync("/v1/models")).Status);
        Assert.False(drain.StreamsEnd.IsCancellationRequested);
    }

    [Fact]
    public async Task Streams_are_told_to_end_when_a_stopping_server_has_waited_for_them_as_long_as_for_a_request()
    {
        TestHost host = await TestHost.StartAsync(options => options with { Deadline = TimeSpan.FromMilliseconds(50) }, load: _ => new FakeClassifier(1f));
        TaskCompletionSource told = new();
        host.Services.GetRequiredService<ServeDrain>().StreamsEnd.Register(told.SetResult);
        host.Services.GetRequiredService<Microsoft.Extensions.Hosting.IHostApplicationLifetime>().StopApplication();

        await told.Task.WaitAsync(TimeSpan.FromSeconds(60));

        await host.DisposeAsync();
    }

    [Fact]
    public async Task A_stream_that_has_no_end_ends_with_an_error_when_the_server_stops()
    {
        EndlessDecoder decoder = new();
        await using TestHost host = await TestHost.StartAsync(
            options => options with { Deadline = TimeSpan.FromSeconds(1) },
            load: _ => new FakeClassifier(1f),
            services: services => services.Replace(ServiceDescriptor.Singleton<IClipDecoder>(decoder)));
        host.Client.DefaultRequestHeaders.Accept.ParseAdd("text/event-stream");
        Task<Answer> streaming = host.SendAsync(HttpMethod.Put, "/v1/classify?timeline=1", [1]);
        await decoder.Waits.Task.WaitAsync(TimeSpan.FromSeconds(60));

        await host.StopAsync();

        string events = (await streaming).Text;
        Assert.Contains("event: window", events, StringComparison.Ordinal);
        Assert.Contains("event: error", events, StringComparison.Ordinal);
        Assert.Contains("The server is stopping", events, StringComparison.Ordinal);
    }

    // One window, and then none for ever.
    private sealed class EndlessDecoder : IClipDecoder
    {
        public TaskCompletionSource Waits { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<DecodedClip> DecodeAsync(Stream video, string name, ClipPreparation preparation, CancellationToken ct) => throw new NotSupportedException();

        public async IAsyncEnumerable<ClipWindow> DecodeWindowsAsync(Stream video, string name, ClipPreparation preparation, TimeSpan? hop, [EnumeratorCancellation] CancellationToken ct)
        {
            yield return new ClipWindow(new VideoInfo(new FrameSize(8, 8), 100, 25, TimeSpan.FromSeconds(4), 0, "fake", "rgb24"), 0, 50, 0, 1, new ViewSet(new byte[2 * 8 * 8 * 3], 1, 2, 8));
            Waits.TrySetResult();
            await Task.Delay(Timeout.Infinite, ct);
        }
    }
}
