using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Unreel.Artifacts;
using Unreel.Pipelines;
using Unreel.Serve.Admission;
using Unreel.Serve.Classify;
using Unreel.Serve.Decoding;
using Unreel.Serve.Documents;
using Unreel.Serve.Hosting;
using Unreel.Serve.Http;
using Unreel.Serve.Models;
using Unreel.Serve.Observability;
using Unreel.Serve.Oci;
using Unreel.Serve.Registry;

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
        services.TryAddSingleton(TimeProvider.System);
        services.AddKeys(options);
        services.AddObservability();
        services.AddLifetime();
        services.AddModels(options);
        services.AddDecoding(options);
        services.AddSingleton(provider => AdmissionGate.Of(options, provider.GetRequiredService<TimeProvider>()));
        services.AddVideoRoutes();
        services.AddOci();
        services.AddRegistry();
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
        if (options.Log is not ("text" or "json"))
            throw new UsageException($"The log is to be '{options.Log}'; expected text or json.");
        if (options.Batching is not ("auto" or "off") && !(int.TryParse(options.Batching, NumberStyles.None, CultureInfo.InvariantCulture, out int most) && most is >= 1 and <= 999))
            throw new UsageException($"The batching is '{options.Batching}'; expected auto, off, or the most clips of a batch, 1 to 999.");
        Check("deadline", options.Deadline, TimeSpan.FromMilliseconds(1));
        Check("deadline of streams", options.StreamDeadline, TimeSpan.FromMilliseconds(1));
        Check("time for headers", options.HeaderTimeout, TimeSpan.FromMilliseconds(1));
        Check("time a connection may lie idle", options.IdleTimeout, TimeSpan.FromMilliseconds(1));
        Check("time between two looks at tags", options.Watch, TimeSpan.Zero);
        Check("time for load balancers to notice the end", options.DrainNotice, TimeSpan.Zero);
    }

    private static void Check(string what, TimeSpan span, TimeSpan least)
    {
        if (span < least || span > TimeSpan.FromDays(1))
            throw new UsageException($"The {what} is {span.TotalSeconds} s; expected {least.TotalSeconds} s to a day.");
    }
}
