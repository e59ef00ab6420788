using System.Net.Http.Headers;
using System.Runtime.Versioning;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Unreel.Pipelines;
using Unreel.Serve.Http;
using Unreel.Testing;

namespace Unreel.Serve.Tests.Http;

[UnsupportedOSPlatform("windows")]
public sealed class KeyScopeTests
{
    private const string Inference = "inference-key-of-enough-letters";
    private const string Management = "management-key-of-enough-letters";
    private const string Both = "one-key-for-all-of-enough-letters";

    [Theory]
    [InlineData("/v1/models", 200, 200, 200)]
    [InlineData("/V1/Models", 200, 200, 200)]
    [InlineData("/openapi/v1.json", 200, 200, 200)]
    [InlineData("/metrics", 403, 200, 200)]
    [InlineData("/Metrics", 403, 200, 200)]
    [InlineData("/registry", 403, 404, 404)]
    [InlineData("/registry/", 403, 404, 404)]
    [InlineData("/api/v1/artifacts", 403, 404, 404)]
    [InlineData("/nothing", 403, 404, 404)]
    [InlineData("/v1x", 403, 404, 404)]
    [InlineData("/livez/", 403, 200, 200)]
    public async Task A_key_opens_what_its_word_says(string path, int inference, int management, int both)
    {
        await using TestHost host = await TestHost.StartAsync(
            options => options with { Keys = [$"inference:{Inference}", $"management:{Management}", Both] },
            load: _ => new FakeClassifier(1f));

        Assert.Equal(401, (await host.GetAsync(path)).Status);
        foreach ((string key, int status) in (List<(string, int)>)[(Inference, inference), (Management, management), (Both, both), ($"inference:{Inference}", 401)])
        {
            host.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
            Assert.Equal(status, (await host.GetAsync(path)).Status);
        }
    }

    [Fact]
    public async Task The_wrong_scope_is_said_and_no_key()
    {
        await using TestHost host = await TestHost.StartAsync(options => options with { Keys = [$"inference:{Inference}"] }, load: _ => new FakeClassifier(1f));
        host.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Inference);

        Answer answer = await host.GetAsync("/metrics");

        answer.AssertProblem(403, "opens inference only; the route asks for one that opens management");
        Assert.DoesNotContain(Inference, answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_route_there_is_has_the_scope_that_was_thought_of()
    {
        await using TestHost host = await TestHost.StartAsync(load: _ => new FakeClassifier(1f));
        IEnumerable<string> routes = host.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>().Select(route => $"/{route.RoutePattern.RawText!.TrimStart('/')}");

        Assert.All(routes, route => Assert.Equal(
            route switch
            {
                "/livez" or "/readyz" or "/v2/health/live" or "/v2/health/ready" or "/" or "/icon.svg" => KeyScopes.None,
                _ when route.StartsWith("/v1/", StringComparison.Ordinal) || route == "/v2" || route.StartsWith("/v2/", StringComparison.Ordinal) || route.StartsWith("/openapi/", StringComparison.Ordinal) => KeyScopes.Inference,
                _ when route == "/metrics" || route == "/registry" || route.StartsWith("/registry/", StringComparison.Ordinal) || route.StartsWith("/api/v1/", StringComparison.Ordinal) => KeyScopes.Management,
                _ => throw new InvalidOperationException($"{route} is new: which key opens it?"),
            },
            KeyGuard.ScopeOf(new PathString(route))));
    }

    [Theory]
    [InlineData("short", "Key 1 of 1 in UNREEL_KEYS has 5 characters; expected at least 16")]
    [InlineData("inference:short", "Key 1 of 1 in UNREEL_KEYS has 5 characters; expected at least 16")]
    [InlineData("hunter2:hunter2hunter2", "Key 1 of 1 in UNREEL_KEYS has a colon but begins neither with inference: nor with management:")]
    public void A_key_that_cannot_be_one_is_refused_without_telling_it(string key, string expected)
    {
        UsageException problem = Assert.Throws<UsageException>(() => new ApiKeys([key]));

        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_of_a_file_count_and_are_taken_up_when_it_changes()
    {
        using TemporaryFolder folder = new();
        string file = WriteKeys(folder, $"# keys of the lab\n\n  management:{Management}  \n");
        await using TestHost host = await TestHost.StartAsync(options => options with { KeysFile = file }, load: _ => new FakeClassifier(1f));
        KeyFileWatch watch = host.Services.GetServices<Microsoft.Extensions.Hosting.IHostedService>().OfType<KeyFileWatch>().Single();
        async Task<int> StatusWith(string key)
        {
            host.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
            return (await host.GetAsync("/metrics")).Status;
        }

        Assert.Equal((200, 401), (await StatusWith(Management), await StatusWith(Both)));

        WriteKeys(folder, Both);
        watch.Look();
        Assert.Equal((401, 200), (await StatusWith(Management), await StatusWith(Both)));

        // An empty file must not open the server, nor a broken one close it.
        foreach (string wrong in (string[])["# nobody\n", "short\n", "two words-and-more-letters\n"])
        {
            WriteKeys(folder, wrong);
            watch.Look();
            Assert.Equal(200, await StatusWith(Both));
        }

        File.Delete(file);
        watch.Look();
        Assert.Equal(200, await StatusWith(Both));
    }

    [Fact]
    public async Task Keys_that_change_while_the_server_starts_are_taken_up()
    {
        using TemporaryFolder folder = new();
        string file = WriteKeys(folder, Management);
        await using Microsoft.AspNetCore.Builder.WebApplication app = ServeHost.Build(new ServeOptions { Models = [Models.ModelChoice.Parse("x.onnx")], KeysFile = file }, null);

        WriteKeys(folder, Both);
        app.Services.GetServices<Microsoft.Extensions.Hosting.IHostedService>().OfType<KeyFileWatch>().Single().Look();

        ApiKeys keys = app.Services.GetRequiredService<ApiKeys>();
        Assert.Equal((KeyScopes.None, KeyScopes.All), (keys.ScopesOf(Management), keys.ScopesOf(Both)));
    }

    [Theory]
    [InlineData("", "holds no key")]
    [InlineData("# only remarks\n", "holds no key")]
    [InlineData("a-key-that-is-long-enough and more\n", "Line 1 of the file of keys")]
    public void A_file_without_proper_keys_is_refused(string text, string expected)
    {
        using TemporaryFolder folder = new();
        string file = WriteKeys(folder, text);

        UsageException problem = Assert.Throws<UsageException>(() => ServeHost.Build(new ServeOptions { Models = [Models.ModelChoice.Parse("x.onnx")], KeysFile = file }, null));
        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    [InlineData(UnixFileMode.GroupWrite)]
    public void A_file_that_others_may_read_or_change_is_refused(UnixFileMode more)
    {
        using TemporaryFolder folder = new();
        string file = WriteKeys(folder, Both);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | more);

        UsageException problem = Assert.Throws<UsageException>(() => KeyFile.Read(file));
        Assert.Contains("chmod 640", problem.Message, StringComparison.Ordinal);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        Assert.Equal([Both], KeyFile.Read(file));
    }

    [Fact]
    public void A_file_of_keys_is_enough_to_listen_on_all_addresses()
    {
        using TemporaryFolder folder = new();
        using Microsoft.AspNetCore.Builder.WebApplication app = ServeHost.Build(new ServeOptions { Models = [Models.ModelChoice.Parse("x.onnx")], Host = "*", KeysFile = WriteKeys(folder, Both) }, null);

        Assert.True(app.Services.GetRequiredService<ApiKeys>().Demanded);
    }

    private static string WriteKeys(TemporaryFolder folder, string text)
    {
        string file = folder.File("keys");
        File.WriteAllText(file, text);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return file;
    }
}
