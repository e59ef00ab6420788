using Microsoft.Extensions.DependencyInjection.Extensions;
using Unreel.Artifacts;

namespace Unreel.Serve.Registry;

/// <summary>The services of the registry's pages and API; they are asked for only where there is a store.</summary>
internal static class RegistryServices
{
    /// <summary>Adds them.</summary>
    public static IServiceCollection AddRegistry(this IServiceCollection services)
    {
        services.TryAddSingleton<ArtifactIndex>();
        services.AddSingleton<CheckedBlobs>();
        services.AddSingleton<Api.UploadPlaces>();
        services.AddHostedService<IndexWarming>();
        return services;
    }
}
