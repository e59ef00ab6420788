using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Logging.Console;
using Unreel.Artifacts;
using Unreel.Pipelines;
using Unreel.Serve.Http;
using Unreel.Serve.Models;

namespace Unreel.Serve;

/// <summary>A server from options to its end; used by this project's own program and by the <c>unreel</c> command.</summary>
public static partial class ServeHost
{
    /// <summary>Composes a server that is not yet started.</summary>
    /// <param name="options">How it listens and what it serves.</param>
    /// <param name="store">Where models and the registry's pages come from; null where there is no store.</param>
    /// <param name="configure">Changes the services before the server is built; for tests and hosts with more to add.</param>
    /// <exception cref="UsageException">The options are wrong, or the address demands keys and there are none.</exception>
    public static WebApplication Build(ServeOptions options, IArtifactStore? store, Action<WebApplicationBuilder>? configure = null)
    {
        IPAddress address = ParseAddress(options.Host);
        if (!IPAddress.IsLoopback(address) && options.Keys.Count == 0)
            throw new UsageException($"Listening on {options.Host} lets others in, and that demands keys: set {ApiKeys.Variable} to one or several of at least {ApiKeys.ShortestKey} characters, separated by commas, or listen on 127.0.0.1.");

        // Production whatever the environment says: pages for developers would show the server's insides to callers.
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = Environments.Production, ContentRootPath = AppContext.BaseDirectory });
        ConfigureLogging(builder);
        ConfigureListening(builder, options, address);
        if (store is not null)
            builder.Services.AddSingleton(store);

        builder.Services.AddUnreelServe(options);
        configure?.Invoke(builder);
        WebApplication app = builder.Build();
        app.UseHostFiltering();
        return app.MapUnreel();
    }

    /// <summary>Serves until cancelled or told to stop by a signal; requests in hand are finished.</summary>
    /// <exception cref="UsageException">The options are wrong, the model is none, or the port is taken.</exception>
    public static async Task RunAsync(ServeOptions options, IArtifactStore? store, CancellationToken ct)
    {
        await using WebApplication app = Build(options, store);
        Task loaded = app.Services.GetRequiredService<ModelRegistry>().Loaded;
        try
        {
            await StartAsync(app, options, ct);
            Announce(app);
            await app.WaitForShutdownAsync(ct);
        }
        catch (OperationCanceledException) when (loaded.IsFaulted && !ct.IsCancellationRequested)
        {
            // The models failed before the server had finished starting; their reason follows.
        }

        if (loaded.IsFaulted && !ct.IsCancellationRequested)
            await loaded;
    }

    /// <summary>Starts listening.</summary>
    /// <exception cref="UsageException">The address cannot be listened on.</exception>
    public static async Task StartAsync(WebApplication app, ServeOptions options, CancellationToken ct)
    {
        app.Lifetime.ApplicationStopping.Register(app.Services.GetRequiredService<ModelRegistry>().Drain);
        try
        {
            await app.StartAsync(ct);
        }
        catch (IOException problem) when (problem.InnerException is AddressInUseException)
        {
            throw new UsageException($"Port {options.Port} of {options.Host} is in use by another program; choose another with --port.", problem);
        }
        catch (SocketException problem)
        {
            throw new UsageException($"Port {options.Port} of {options.Host} cannot be listened on: {problem.Message}.", problem);
        }
    }

    /// <summary>The address that a started server listens on, e.g. <c>http://127.0.0.1:8080</c>.</summary>
    public static string AddressOf(WebApplication app) =>
        app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    private static void ConfigureLogging(WebApplicationBuilder builder)
    {
        // The host tells a failed start with its stack; whoever runs it gets the exception and tells it in one line.
        builder.Logging.ClearProviders().AddSimpleConsole(console => console.SingleLine = true)
            .AddFilter("Microsoft", LogLevel.Warning).AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }

    private static void ConfigureListening(WebApplicationBuilder builder, ServeOptions options, IPAddress address)
    {
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.Deadline + TimeSpan.FromSeconds(5));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = options.MaxBodyBytes;
            kestrel.Listen(address, options.Port);
        });

        // On loopback, only requests that name this machine are meant for it: others come through a rebound host name.
        if (IPAddress.IsLoopback(address))
            builder.Services.Configure<HostFilteringOptions>(hosts => hosts.AllowedHosts = ["localhost", "127.0.0.1", "[::1]", address.ToString()]);
    }

    private static IPAddress ParseAddress(string host) => host switch
    {
        "localhost" => IPAddress.Loopback,
        "*" => IPAddress.Any,
        _ when IPAddress.TryParse(host, out IPAddress? address) => address,
        _ => throw new UsageException($"'{host}' is not an address to listen on; expected an IP address such as 127.0.0.1, localhost, or * for all."),
    };

    private static void Announce(WebApplication app)
    {
        ILogger logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Unreel.Serve");
        string address = AddressOf(app);
        bool keys = app.Services.GetRequiredService<ApiKeys>().Demanded;
        string near = address.Replace("://0.0.0.0:", "://127.0.0.1:", StringComparison.Ordinal).Replace("://[::]:", "://127.0.0.1:", StringComparison.Ordinal);
        LogListening(logger, address, keys ? " -H \"Authorization: Bearer $KEY\"" : string.Empty, near);
    }

    [LoggerMessage(LogLevel.Information, "Listening on {Address}; try: curl{Key} -T clip.mp4 {Url}/v1/classify")]
    private static partial void LogListening(ILogger logger, string address, string key, string url);
}
