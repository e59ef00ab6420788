namespace Unreel.Serve.Hosting;

/// <summary>The services that end a server.</summary>
internal static class LifetimeServices
{
    /// <summary>Adds them; the host's own way of hearing signals would stop listening at once.</summary>
    public static IServiceCollection AddLifetime(this IServiceCollection services)
    {
        services.AddSingleton<ServeDrain>();
        services.AddSingleton<IHostLifetime, SignalLifetime>();
        return services;
    }
}
