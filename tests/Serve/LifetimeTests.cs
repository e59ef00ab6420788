using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Unreel.Pipelines;
using Unreel.Serve.Admission;
using Unreel.Serve.Decoding;
using Unreel.Serve.Models;
using Unreel.Testing;
using Unreel.Testing.Models;
using Unreel.Video;

namespace Unreel.Serve.Tests;

public sealed class LifetimeTests
{
    [Fact]
    public async Task Ready_only_after_the_warm_up_has_passed()
    {
        TaskCompletionSource hold = new();
        await using TestHost host = await TestHost.StartAsync(load: _ => new FakeClassifier(.25f, .75f) { Hold = hold }, ready: false);

        Assert.Equal(200, (await host.GetAsync("/livez")).Status);
        Answer early = await host.GetAsync("/readyz");
        early.AssertProblem(503, "not in service");
        Assert.NotNull(early.Header("Retry-After"));
        (await host.SendAsync(HttpMethod.Put, "/v1/classify", [1])).AssertProblem(503, "still being loaded");
        Assert.False((bool)(await host.GetAsync("/v1/models")).Json["models"]![0]!["ready"]!);

        hold.SetResult();
        await host.Loaded();
        Assert.Equal(200, (await host.GetAsync("/readyz")).Status);
    }

    [Fact]
    public async Task Beyond_its_places_the_server_refuses_with_429()
    {
        HeldDecoder decoder = new();
        await using TestHost host = await TestHost.StartAsync(
            options => options with { Concurrency = 1, Queue = 1 },
            load: _ => new FakeClassifier(.25f, .75f),
            services: services => services.Replace(ServiceDescriptor.Singleton<IClipDecoder>(decoder)));

        Task<Answer> working = host.SendAsync(HttpMethod.Put, "/v1/classify", [1]);
        await decoder.EnteredAsync();
        Task<Answer> waiting = host.SendAsync(HttpMethod.Put, "/v1/classify", [1]);
        AdmissionGate gate = host.Services.GetRequiredService<AdmissionGate>();
        Assert.True(SpinWait.SpinUntil(() => gate.Inside == 2, TimeSpan.FromSeconds(60)));
        Answer refused = await host.SendAsync(HttpMethod.Put, "/v1/classify", [1]);

        refused.AssertProblem(429, "2 requests in hand");
        Assert.Equal("1", refused.Header("Retry-After"));
        decoder.Release();
        Answer first = await working, second = await waiting;
        Assert.Equal((200, 200), (first.Status, second.Status));
        Assert.Equal("class1", (string)first.Json["files"]![0]!["label"]!);
        Assert.Equal(0, gate.Inside);
    }

    [Fact]
    public async Task A_request_that_takes_too_long_gets_504()
    {
        HeldDecoder decoder = new();
        await using TestHost host = await TestHost.StartAsync(
            options => options with { Deadline = TimeSpan.FromMilliseconds(200) },
            load: _ => new FakeClassifier(1f),
            services: services => services.Replace(ServiceDescriptor.Singleton<IClipDecoder>(decoder)));

        (await host.SendAsync(HttpMethod.Put, "/v1/classify", [1])).AssertProblem(504, "within 0.2 s");
    }

    [Fact]
    public async Task Stopping_finishes_the_requests_in_hand()
    {
        HeldDecoder decoder = new();
        await using TestHost host = await TestHost.StartAsync(load: _ => new FakeClassifier(1f), services: services => services.Replace(ServiceDescriptor.Singleton<IClipDecoder>(decoder)));
        Task<Answer> working = host.SendAsync(HttpMethod.Put, "/v1/classify", [1]);
        await decoder.EnteredAsync();

        Task stopping = host.StopAsync();
        decoder.Release();

        Assert.Equal(200, (await working).Status);
        await stopping;
    }

    [Fact]
    public async Task A_taken_port_is_named()
    {
        using TcpListener other = new(IPAddress.Loopback, 0);
        other.Start();
        int port = ((IPEndPoint)other.LocalEndpoint).Port;
        using TemporaryFolder folder = new();

        UsageException problem = await Assert.ThrowsAsync<UsageException>(() =>
            ServeHost.RunAsync(new ServeOptions { Models = [ModelChoice.Parse(TinyModel.Write(folder.Path))], Port = port }, null, CancellationToken.None));

        Assert.Contains($"Port {port} of 127.0.0.1 is in use", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0.0.0.0", "UNREEL_KEYS")]
    [InlineData("*", "UNREEL_KEYS")]
    [InlineData("::", "UNREEL_KEYS")]
    [InlineData("example.org", "not an address")]
    public void Off_loopback_keys_are_demanded(string address, string expected)
    {
        UsageException problem = Assert.Throws<UsageException>(() => ServeHost.Build(new ServeOptions { Models = [ModelChoice.Parse("x.onnx")], Host = address }, null));
        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_short_key_is_refused_without_telling_it()
    {
        UsageException problem = Assert.Throws<UsageException>(() => ServeHost.Build(new ServeOptions { Models = [ModelChoice.Parse("x.onnx")], Keys = ["hunter2"] }, null));
        Assert.Contains("7 characters", problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("absent.onnx", "no model at absent.onnx")]
    [InlineData("onnx/quickstart:latest", "no store")]
    public async Task A_model_that_is_not_there_ends_the_server_with_its_reason(string model, string expected)
    {
        UsageException problem = await Assert.ThrowsAsync<UsageException>(() => ServeHost.RunAsync(new ServeOptions { Models = [ModelChoice.Parse(model)], Port = 0 }, null, CancellationToken.None));
        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_no_model_ends_the_server_with_its_reason()
    {
        using TemporaryFolder folder = new();
        string path = TinyModel.Write(folder.Path);
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..500]);

        UsageException problem = await Assert.ThrowsAsync<UsageException>(() => ServeHost.RunAsync(new ServeOptions { Models = [ModelChoice.Parse(path)], Port = 0 }, null, CancellationToken.None));
        Assert.Contains("cannot be used", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_that_answers_no_numbers_does_not_pass_its_warm_up()
    {
        using TemporaryFolder folder = new();
        string path = TinyModel.Write(folder.Path, broken: true);

        UsageException problem = await Assert.ThrowsAsync<UsageException>(() => ServeHost.RunAsync(new ServeOptions { Models = [ModelChoice.Parse(path)], Port = 0 }, null, CancellationToken.None));
        Assert.Contains("not finite", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_contract_that_contradicts_the_model_is_named()
    {
        using TemporaryFolder folder = new();
        string path = TinyModel.Write(folder.Path, preparation: new ClipPreparation { Frames = 8, Stride = 1, Size = 16 });

        UsageException problem = await Assert.ThrowsAsync<UsageException>(() => ServeHost.RunAsync(new ServeOptions { Models = [ModelChoice.Parse(path)], Port = 0 }, null, CancellationToken.None));
        Assert.Contains("contradicts itself: it prepares 8 frames", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stopped_while_the_model_is_being_loaded_nothing_has_failed()
    {
        TaskCompletionSource hold = new();
        await using TestHost host = await TestHost.StartAsync(load: _ => new FakeClassifier(1f) { Hold = hold }, ready: false);

        await host.StopAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(host.Loaded);
        Assert.False(host.Services.GetRequiredService<ModelRegistry>().Loaded.IsFaulted);
    }

    [Fact]
    public async Task Cancelling_ends_the_server_quietly()
    {
        using TemporaryFolder folder = new();
        using CancellationTokenSource stop = new();
        Task running = ServeHost.RunAsync(new ServeOptions { Models = [ModelChoice.Parse(TinyModel.Write(folder.Path))], Port = 0 }, null, stop.Token);
        await stop.CancelAsync();
        await running.ContinueWith(_ => { }, TaskScheduler.Default);
        Assert.True(running.IsCompletedSuccessfully || running.IsCanceled);
    }

    [Fact]
    public async Task A_failure_in_the_background_ends_the_server_and_is_told()
    {
        using TemporaryFolder folder = new();
        ServeOptions options = new() { Models = [ModelChoice.Parse(TinyModel.Write(folder.Path))], Port = 0 };

        InvalidOperationException problem = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            ServeHost.RunAsync(options, null, builder => builder.Services.AddHostedService<Failing>(), CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60)));

        Assert.Contains(nameof(Failing), problem.Message, StringComparison.Ordinal);
        Assert.IsType<NotSupportedException>(problem.InnerException);
    }

    [Fact]
    public void Options_out_of_range_are_named()
    {
        UsageException problem = Assert.Throws<UsageException>(() => ServeHost.Build(new ServeOptions { Models = [ModelChoice.Parse("x.onnx")], Queue = -1, MaxFiles = 0 }, null));
        Assert.Contains("Queue", problem.Message, StringComparison.Ordinal);
        Assert.Contains("MaxFiles", problem.Message, StringComparison.Ordinal);
    }

    private sealed class Failing(ModelRegistry models) : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            await models.Loaded.WaitAsync(stoppingToken);
            throw new NotSupportedException("not foreseen");
        }
    }
}
