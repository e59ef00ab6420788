using System.Globalization;
using System.Reflection;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Unreel.Pipelines;

namespace Unreel.Serve.Observability;

/// <summary>
/// Sends spans and figures by OTLP where OpenTelemetry's environment variables say where to
/// (<see href="https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/"/>). A collector that does not answer costs
/// nobody anything: what it missed is dropped.
/// </summary>
internal sealed class OtlpExport(IConfiguration configuration, CollectorTrouble trouble) : IHostedService, IDisposable
{
    private const int LongestGoodbye = 2000;

    private TracerProvider? _traces;
    private MeterProvider? _metrics;

    /// <summary>Whether signals of a kind are to be sent.</summary>
    /// <param name="configuration">The environment.</param>
    /// <param name="signal"><c>TRACES</c> or <c>METRICS</c>.</param>
    /// <exception cref="UsageException">Another exporter is asked for than there is.</exception>
    public static bool Wants(IConfiguration configuration, string signal)
    {
        if (string.Equals(configuration["OTEL_SDK_DISABLED"], "true", StringComparison.OrdinalIgnoreCase))
            return false;

        string variable = $"OTEL_{signal}_EXPORTER";
        bool isAddressed = Filled(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]) || Filled(configuration[$"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT"]);
        return configuration[variable] switch
        {
            null or "" => isAddressed,
            "otlp" => true,
            "none" => false,
            var other => throw new UsageException($"{variable} is '{other}'; expected otlp or none."),
        };
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        bool traces = Wants(configuration, "TRACES"), metrics = Wants(configuration, "METRICS");
        if (traces || metrics)
            trouble.Listen();
        if (traces)
        {
            _traces = Sdk.CreateTracerProviderBuilder()
                .ConfigureServices(services => services.AddSingleton(configuration))
                .ConfigureResource(Describe)
                .AddSource(ServeMeter.Name, "Microsoft.AspNetCore")
                .AddOtlpExporter(options => Address(options, "TRACES"))
                .Build();
        }

        if (metrics)
        {
            _metrics = Sdk.CreateMeterProviderBuilder()
                .ConfigureServices(services => services.AddSingleton(configuration))
                .ConfigureResource(Describe)
                .AddMeter(ServeMeter.Name, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime")
                .AddOtlpExporter((options, _) => Address(options, "METRICS"))
                .Build();
        }

        return Task.CompletedTask;
    }

    /// <summary>Sends what is left, for two seconds at most.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            _traces?.Shutdown(LongestGoodbye);
            _metrics?.Shutdown(LongestGoodbye);
        },
        CancellationToken.None);

    /// <inheritdoc/>
    public void Dispose()
    {
        _traces?.Dispose();
        _metrics?.Dispose();
    }

    private static bool Filled(string? text) => !string.IsNullOrWhiteSpace(text);

    // The exporter itself reads the variables that hold for all signals; one for this signal alone goes before.
    private void Address(OtlpExporterOptions options, string signal)
    {
        string? Of(string what) => configuration[$"OTEL_EXPORTER_OTLP_{signal}_{what}"] is { Length: > 0 } text ? text : null;
        if (Of("ENDPOINT") is { } endpoint)
            options.Endpoint = Uri.TryCreate(endpoint, UriKind.Absolute, out Uri? uri) ? uri : throw new UsageException($"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT is '{endpoint}'; expected an address such as http://collector:4318/v1/{signal.ToLowerInvariant()}.");
        if (Of("HEADERS") is { } headers)
            options.Headers = headers;
        if (Of("TIMEOUT") is { } text && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int milliseconds))
            options.TimeoutMilliseconds = milliseconds;
        if (Of("PROTOCOL") is { } protocol)
            options.Protocol = protocol == "grpc" ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
    }

    // What the environment says comes last and so holds.
    private static void Describe(ResourceBuilder resource) => resource
        .Clear()
        .AddService("unreel", serviceVersion: Assembly.GetExecutingAssembly().GetName().Version?.ToString(3), autoGenerateServiceInstanceId: true)
        .AddTelemetrySdk()
        .AddEnvironmentVariableDetector();
}
