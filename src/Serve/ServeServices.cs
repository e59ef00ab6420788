using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Unreel.Artifacts;
using Unreel.Pipelines;
using Unreel.Serve.Admission;
using Unreel.Serve.Classify;
using Unreel.Serve.Decoding;
using Unreel.Serve.Documents;
using Unreel.Serve.Http;
using Unreel.Serve.Models;
using Unreel.Serve.Observability;

namespace Unreel.Serve;

/// <summary>What a host needs to serve.</summary>
public static class ServeServices
{
    /// <summary>Adds the server's services. An <see cref="IArtifactStore"/> is used where one is registered.</summary>
    /// <exception cref="UsageException">An option is out of its range, or a key is too short.</exception>
    public static IServiceCollection AddUnreelServe(this IServiceCollection services, ServeOptions options)
    {
        Check(options);
        services.AddSingleton(options);
        services.AddSingleton(new ApiKeys(options.Keys));
        services.AddSingleton<ServeMeter>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddModels(options);
        services.TryAddSingleton<IClipDecoder>(_ => new InProcessClipDecoder(options.Limits));
        services.AddSingleton(provider => AdmissionGate.Of(options, provider.GetRequiredService<TimeProvider>()));
        services.AddVideoRoutes();
        services.AddExceptionHandler<ProblemHandler>();
        services.AddProblemDetails();
        services.ConfigureHttpJsonOptions(json => ServeJson.Configure(json.SerializerOptions));
        services.AddOpenApi("v1", ApiDocument.Configure);
        return services;
    }

    private static void Check(ServeOptions options)
    {
        List<ValidationResult> wrong = [];
        if (!Validator.TryValidateObject(options, new ValidationContext(options), wrong, validateAllProperties: true))
            throw new UsageException(string.Join(' ', wrong.Select(result => result.ErrorMessage)));
        if (options.Deadline <= TimeSpan.Zero || options.Deadline > TimeSpan.FromDays(1))
            throw new UsageException($"The deadline is {options.Deadline.TotalSeconds} s; expected more than 0 and at most a day.");
    }
}
