using Unreel.Pipelines;

namespace Unreel.Serve.Http;

/// <summary>The services that ask for keys.</summary>
internal static class KeyServices
{
    /// <summary>Adds them.</summary>
    /// <exception cref="UsageException">A key is too short, or the file of keys cannot be used.</exception>
    public static IServiceCollection AddKeys(this IServiceCollection services, ServeOptions options)
    {
        ApiKeys keys = new(options.Keys);
        if (options.KeysFile is { } file)
            keys.SetFromFile(KeyFile.Read(file), file);

        services.AddSingleton(keys);
        services.AddSingleton<KeyGuard>();
        services.AddHostedService<KeyFileWatch>();
        return services;
    }
}
