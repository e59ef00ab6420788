using Microsoft.Extensions.DependencyInjection.Extensions;
using Unreel.Artifacts;
using Unreel.Onnx;
using Unreel.Serve.Observability;

namespace Unreel.Serve.Models;

/// <summary>Registers what loads, follows and holds models.</summary>
internal static partial class ModelServices
{
    /// <summary>Adds them.</summary>
    public static IServiceCollection AddModels(this IServiceCollection services, ServeOptions options)
    {
        SignaturePolicy? signatures = ModelSource.ReadKeys(options.RequireSignature);
        services.AddSingleton(provider =>
        {
            ILogger logger = provider.GetRequiredService<ILoggerFactory>().CreateLogger("Unreel.Serve");
            return new ModelRegistry(provider.GetRequiredService<ServeMeter>(), options.Models, problem => LogNotClosed(logger, problem));
        });
        services.AddSingleton(provider => new ModelSource(provider.GetService<IArtifactStore>(), options.CacheFolder, signatures));
        OnnxModelOptions run = OnnxModelLoader.OptionsOf(options.Threads, options.Device) with { GpuMemoryLimit = options.GpuMemoryLimit };
        services.TryAddSingleton<IModelLoader>(provider => new OnnxModelLoader(run, why => LogNotice(provider.GetRequiredService<ILoggerFactory>().CreateLogger("Unreel.Serve"), why)));
        services.AddSingleton<ModelOpener>();
        services.AddHostedService<WarmUp>();
        services.AddHostedService<TagWatch>();
        return services;
    }

    [LoggerMessage(LogLevel.Warning, "{Notice}")]
    private static partial void LogNotice(ILogger logger, string notice);

    [LoggerMessage(LogLevel.Error, "A model could not be closed")]
    private static partial void LogNotClosed(ILogger logger, Exception problem);
}
