using System.Diagnostics.Metrics;

namespace Unreel.Serve.Observability;

/// <summary>The services that tell how a server does.</summary>
internal static class ObservabilityServices
{
    /// <summary>Adds them.</summary>
    public static IServiceCollection AddObservability(this IServiceCollection services)
    {
        services.AddSingleton<ServeMeter>();
        services.AddSingleton(provider => new MetricStore(provider.GetRequiredService<ServeMeter>(), provider.GetService<IMeterFactory>()));
        services.AddSingleton<RequestLog>();
        services.AddSingleton<CollectorTrouble>();
        services.AddHostedService<OtlpExport>();
        return services;
    }
}
