using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Unreel.Artifacts;
using Unreel.Serve.Models;
using Unreel.Testing;
using Unreel.Testing.Models;

namespace Unreel.Serve.Tests;

/// <summary>A server on a free port of this machine, as a user would start it.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    private readonly TemporaryFolder _folder;
    private readonly WebApplication _app;

    private TestHost(TemporaryFolder folder, WebApplication app, HttpClient client) => (_folder, _app, Client) = (folder, app, client);

    public HttpClient Client { get; }

    public WebApplication App => _app;

    public IServiceProvider Services => _app.Services;

    public string Spool => _folder.File("spool");

    public Uri Address => Client.BaseAddress!;

    /// <summary>Starts a server; without <paramref name="load"/> it serves a real model.</summary>
    public static async Task<TestHost> StartAsync(
        Func<ServeOptions, ServeOptions>? change = null,
        IArtifactStore? store = null,
        Func<ModelFile, IClipClassifier>? load = null,
        Action<IServiceCollection>? services = null,
        bool ready = true)
    {
        TemporaryFolder folder = new();
        Directory.CreateDirectory(folder.File("spool"));
        ServeOptions options = new() { Models = [ModelChoice.Parse(TinyModel.Write(folder.Path))], Port = 0, SpoolFolder = folder.File("spool"), CacheFolder = folder.File("cache"), Threads = 1 };
        options = change?.Invoke(options) ?? options;
        WebApplication app = ServeHost.Build(options, store, builder =>
        {
            builder.Logging.ClearProviders();
            if (load is not null)
                builder.Services.AddSingleton<IModelLoader>(new FakeLoader(load));
            services?.Invoke(builder.Services);
        });
        await ServeHost.StartAsync(app, options, CancellationToken.None);
        if (ready)
            await app.Services.GetRequiredService<ModelRegistry>().Loaded.WaitAsync(TimeSpan.FromSeconds(120));

        return new TestHost(folder, app, new HttpClient { BaseAddress = new Uri(ServeHost.AddressOf(app)), Timeout = TimeSpan.FromSeconds(120) });
    }

    /// <summary>Sends a raw body.</summary>
    public async Task<Answer> SendAsync(HttpMethod method, string path, byte[] body, string? contentType = null)
    {
        ByteArrayContent content = new(body);
        if (contentType is not null)
            content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        using HttpRequestMessage request = new(method, path) { Content = content };
        return await Answer.ReadAsync(await Client.SendAsync(request));
    }

    /// <summary>Sends a form of files.</summary>
    public async Task<Answer> SendFormAsync(string path, params (string Name, byte[] Bytes)[] files)
    {
        using MultipartFormDataContent form = [];
        foreach ((string name, byte[] bytes) in files)
            form.Add(new ByteArrayContent(bytes), "file", name);
        return await Answer.ReadAsync(await Client.PostAsync(path, form));
    }

    public Task StopAsync() => _app.StopAsync();

    public Task Loaded() => Services.GetRequiredService<ModelRegistry>().Loaded.WaitAsync(TimeSpan.FromSeconds(120));

    public async Task<Answer> GetAsync(string path) => await Answer.ReadAsync(await Client.GetAsync(path));

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        _folder.Dispose();
    }
}

/// <summary>An answer, read.</summary>
internal sealed record Answer(int Status, string Text, HttpResponseMessage Message)
{
    public JsonNode Json => JsonNode.Parse(Text)!;

    public string? Type => Message.Content.Headers.ContentType?.MediaType;

    public string? Header(string name) => Message.Headers.TryGetValues(name, out IEnumerable<string>? values) || Message.Content.Headers.TryGetValues(name, out values) ? string.Join(',', values) : null;

    public static async Task<Answer> ReadAsync(HttpResponseMessage message) => new((int)message.StatusCode, await message.Content.ReadAsStringAsync(), message);

    /// <summary>Checks that this is a problem that names nothing of the server's.</summary>
    public void AssertProblem(int status, string detail)
    {
        Assert.Equal((status, "application/problem+json"), (Status, Type));
        Assert.Equal(status, (int)Json["status"]!);
        Assert.Contains(detail, (string)Json["detail"]!, StringComparison.Ordinal);
        Assert.Equal(Header("X-Request-Id"), (string)Json["request_id"]!);
        Assert.DoesNotContain("/tmp", Text, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", Text, StringComparison.Ordinal);
    }
}
