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
        IReadOnlyList<string> read = [];
        if (options.KeysFile is { } file)
            keys.SetFromFile(read = KeyFile.Read(file), file);

        services.AddSingleton(keys);
        services.AddSingleton<KeyGuard>();
        services.AddHostedService(provider =>
            new KeyFileWatch(options, read, keys, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<KeyFileWatch>>()));
        return services;
    }
}
