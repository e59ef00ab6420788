using Unreel.Serve.OpenInference;

namespace Unreel.Serve.Classify;

/// <summary>What the routes that take videos or frames need.</summary>
internal static class VideoServices
{
    /// <summary>Adds their services.</summary>
    public static IServiceCollection AddVideoRoutes(this IServiceCollection services)
    {
        services.AddSingleton<ModelRequests>();
        services.AddSingleton<VideoRequests>();
        services.AddSingleton<ClipRunner>();
        services.AddSingleton<TimelineRunner>();
        services.AddSingleton<TimelineAnswer>();
        services.AddSingleton<TimelineStream>();
        services.AddSingleton<ClassifyEndpoint>();
        services.AddSingleton<EmbedEndpoint>();
        services.AddSingleton(provider => InferRoom.Of(provider.GetRequiredService<ServeOptions>()));
        services.AddSingleton<InferEndpoint>();
        return services;
    }
}
