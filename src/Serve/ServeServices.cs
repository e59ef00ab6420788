using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Unreel.Artifacts;
using Unreel.Onnx;
using Unreel.Pipelines;
using Unreel.Serve.Classify;
using Unreel.Serve.Decoding;
using Unreel.Serve.Http;
using Unreel.Serve.Models;

namespace Unreel.Serve;

/// <summary>What a host needs to serve.</summary>
public static partial class ServeServices
{
    /// <summary>Adds the server's services. An <see cref="IArtifactStore"/> is used where one is registered.</summary>
    /// <exception cref="UsageException">An option is out of its range, or a key is too short.</exception>
    public static IServiceCollection AddUnreelServe(this IServiceCollection services, ServeOptions options)
    {
        Check(options);
        services.AddSingleton(options);
        services.AddSingleton(new ApiKeys(options.Keys));
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(_ => new ModelRegistry(options.Models));
        services.AddSingleton(provider => new ModelSource(provider.GetService<IArtifactStore>(), options.CacheFolder));
        OnnxModelOptions run = OnnxModelLoader.OptionsOf(options.Threads, options.Device) with { GpuMemoryLimit = options.GpuMemoryLimit };
        services.TryAddSingleton<IModelLoader>(provider => new OnnxModelLoader(run, why => LogNotice(provider.GetRequiredService<ILoggerFactory>().CreateLogger("Unreel.Serve"), why)));
        services.TryAddSingleton<IClipDecoder>(_ => new InProcessClipDecoder(options.Limits));
        services.AddSingleton(_ => new AdmissionGate(options.Slots, options.Queue));
        services.AddVideoRoutes();
        services.AddHostedService<WarmUp>();
        services.AddExceptionHandler<ProblemHandler>();
        services.AddProblemDetails();
        services.ConfigureHttpJsonOptions(json => ServeJson.Configure(json.SerializerOptions));
        services.AddOpenApi("v1", ApiDocument.Configure);
        return services;
    }

    [LoggerMessage(LogLevel.Warning, "{Notice}")]
    private static partial void LogNotice(ILogger logger, string notice);

    private static void Check(ServeOptions options)
    {
        List<ValidationResult> wrong = [];
        if (!Validator.TryValidateObject(options, new ValidationContext(options), wrong, validateAllProperties: true))
            throw new UsageException(string.Join(' ', wrong.Select(result => result.ErrorMessage)));
        if (options.Deadline <= TimeSpan.Zero || options.Deadline > TimeSpan.FromDays(1))
            throw new UsageException($"The deadline is {options.Deadline.TotalSeconds} s; expected more than 0 and at most a day.");
    }
}
