using Microsoft.Extensions.DependencyInjection;
using Unreel.Serve.Hosting;

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
}
