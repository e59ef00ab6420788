using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Unreel.Artifacts;

/// <summary>Registers a store with a host.</summary>
public static class ArtifactServices
{
    /// <summary>
    /// Adds an <see cref="IArtifactStore"/> (one for the host's life) over <paramref name="uri"/>, with the host's logger, and with its
    /// <see cref="TimeProvider"/> where <paramref name="options"/> brings none of its own.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="uri">See <see cref="ArtifactStores.Open"/>.</param>
    /// <param name="options">Retries, time-outs, sizes; the defaults if null.</param>
    /// <exception cref="StoreException">The URI is not understood.</exception>
    public static IServiceCollection AddArtifactStore(this IServiceCollection services, string uri, ArtifactStoreOptions? options = null)
    {
        StoreUri.Parse(uri);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => ArtifactStores.Open(
            uri,
            options ?? new ArtifactStoreOptions { Time = provider.GetRequiredService<TimeProvider>() },
            provider.GetService<ILoggerFactory>()?.CreateLogger<ArtifactStore>()));
        services.TryAddSingleton<IArtifactStore>(provider => provider.GetRequiredService<ArtifactStore>());
        return services;
    }
}
