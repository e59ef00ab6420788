using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Logging.Console;
using Unreel.Artifacts;
using Unreel.Pipelines;
using Unreel.Serve.Hosting;
using Unreel.Serve.Http;
using Unreel.Serve.Models;
using Unreel.Serve.Observability;
using Unreel.Serve.Oci;

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
        if (!IPAddress.IsLoopback(address) && options.Keys.Count == 0 && options.KeysFile is null)
            throw new UsageException($"Listening on {options.Host} lets others in, and that demands keys: set {ApiKeys.Variable} to one or several of at least {ApiKeys.ShortestKey} characters, separated by commas, or name a file of keys with --keys-file, or listen on 127.0.0.1.");

        CheckOci(options, store);

        // Production whatever the environment says: pages for developers would show the server's insides to callers.
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = Environments.Production, ContentRootPath = AppContext.BaseDirectory });
        ConfigureLogging(builder, options);
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
    /// <exception cref="FileNotFoundException">A native library is missing; the message names it.</exception>
    public static Task RunAsync(ServeOptions options, IArtifactStore? store, CancellationToken ct) => RunAsync(options, store, null, ct);

    /// <inheritdoc cref="RunAsync(ServeOptions, IArtifactStore?, CancellationToken)"/>
    /// <param name="options">How it listens and what it serves.</param>
    /// <param name="store">Where models and the registry's pages come from; null where there is no store.</param>
    /// <param name="configure">As in <see cref="Build"/>.</param>
    /// <param name="ct">Ends it.</param>
    internal static async Task RunAsync(ServeOptions options, IArtifactStore? store, Action<WebApplicationBuilder>? configure, CancellationToken ct)
    {
        try
        {
            await ServeAsync(options, store, configure, ct);
        }
        catch (Exception problem) when (NativeLibraries.WhyMissing(problem) is { } reason)
        {
            throw new FileNotFoundException(reason, problem);
        }
    }

    private static async Task ServeAsync(ServeOptions options, IArtifactStore? store, Action<WebApplicationBuilder>? configure, CancellationToken ct)
    {
        await using WebApplication app = Build(options, store, configure);
        Task loaded = app.Services.GetRequiredService<ModelRegistry>().Loaded;
        try
        {
            await StartAsync(app, options, ct);
            Announce(app, loaded);
            await app.WaitForShutdownAsync(ct);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested && (loaded.IsFaulted || Failed(app) is not null))
        {
            // The models or something of the background failed before the server had finished starting; the reason follows.
        }

        if (loaded.IsFaulted && !ct.IsCancellationRequested)
            await loaded;
        if (Failed(app) is { } failed)
            throw new InvalidOperationException($"The server stopped since {failed.GetType().Name} failed.", failed.ExecuteTask!.Exception!.InnerException);
    }

    // The host stops when something of its background ends by an exception, and forgets which: a server that ended so has not ended well.
    private static BackgroundService? Failed(WebApplication app) =>
        app.Services.GetServices<IHostedService>().OfType<BackgroundService>().FirstOrDefault(service => service.ExecuteTask is { IsFaulted: true });

    /// <summary>Starts listening.</summary>
    /// <exception cref="UsageException">The address cannot be listened on.</exception>
    public static async Task StartAsync(WebApplication app, ServeOptions options, CancellationToken ct)
    {
        _ = app.Services.GetRequiredService<ServeDrain>();
        try
        {
            await app.StartAsync(ct);
        }
        catch (IOException problem) when (problem.InnerException is AddressInUseException)
        {
            throw new UsageException($"Port {TakenPort(options, problem)}", problem);
        }
        catch (SocketException problem)
        {
            throw new UsageException($"Port {options.Port} of {options.Host} cannot be listened on: {problem.Message}.", problem);
        }
    }

    /// <summary>The address that a started server listens on, e.g. <c>http://127.0.0.1:8080</c>.</summary>
    public static string AddressOf(WebApplication app) =>
        app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    private static void ConfigureLogging(WebApplicationBuilder builder, ServeOptions options)
    {
        // The host tells a failed start as an error with its stack; whoever runs it gets the exception and tells it in one line. What is critical is
        // told at once: that something of the background failed and the server therefore stops.
        builder.Logging.ClearProviders().SetMinimumLevel(options.LogLevel)
            .AddFilter("Microsoft", LogLevel.Warning).AddFilter("Microsoft.Extensions.Hosting", LogLevel.Critical)
            .AddConsoleFormatter<TextLog, ConsoleFormatterOptions>().AddConsoleFormatter<JsonLog, ConsoleFormatterOptions>()
            .AddConsole(console =>
            {
                console.FormatterName = options.Log == "json" ? JsonLog.FormatterName : TextLog.FormatterName;
                console.LogToStandardErrorThreshold = LogLevel.Trace;
                // Whoever reads the log too slowly must not hold up requests; the log says how much was left out.
                console.QueueFullMode = ConsoleLoggerQueueFullMode.DropWrite;
            });
    }

    // An address is of use at once, to ask whether the server is ready; what to send there only when something will answer.
    private static void Announce(WebApplication app, Task loaded)
    {
        ILogger logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Unreel.Serve");
        string address = AddressOf(app);
        LogListening(logger, address);
        if (OciServices.OciAddressOf(app) is { } registry)
            LogOci(logger, registry);
        string key = app.Services.GetRequiredService<ApiKeys>().Demanded ? " -H \"Authorization: Bearer $KEY\"" : string.Empty;
        string near = address.Replace("://0.0.0.0:", "://127.0.0.1:", StringComparison.Ordinal).Replace("://[::]:", "://127.0.0.1:", StringComparison.Ordinal);
        loaded.ContinueWith(_ => LogTry(logger, key, near), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
    }

    [LoggerMessage(LogLevel.Information, "Listening on {Address}; the models are being loaded")]
    private static partial void LogListening(ILogger logger, string address);

    [LoggerMessage(LogLevel.Information, "The store can be read by the OCI distribution API at {Address}; names are KIND/NAME")]
    private static partial void LogOci(ILogger logger, string address);

    [LoggerMessage(LogLevel.Information, "All models are in service; try: curl{Key} -T clip.mp4 {Url}/v1/classify")]
    private static partial void LogTry(ILogger logger, string key, string url);
}
