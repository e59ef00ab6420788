using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Unreel.Artifacts;
using Unreel.Serve.Observability;

namespace Unreel.Serve.Oci;

/// <summary>Joins the OCI distribution API to a server.</summary>
internal static class OciServices
{
    /// <summary>Adds its services; a store must be registered where it is asked.</summary>
    public static IServiceCollection AddOci(this IServiceCollection services)
    {
        services.TryAddSingleton<ArtifactIndex>();
        services.AddSingleton<OciTags>();
        services.AddSingleton<OciApi>();
        return services;
    }

    /// <summary>Answers what comes in by its port, and lets all else through.</summary>
    public static void UseOci(this IApplicationBuilder app, RequestLog log) =>
        app.MapWhen(OciPort.Is, branch =>
        {
            branch.Use(log.BeginAsync);
            branch.Run(context => context.RequestServices.GetRequiredService<OciApi>().RunAsync(context));
        });

    /// <summary>The address of its port, e.g. <c>http://127.0.0.1:5000</c>; null where it is not spoken.</summary>
    public static string? OciAddressOf(WebApplication app) =>
        app.Services.GetRequiredService<ServeOptions>().OciPort is null ? null : app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ElementAt(1);
}
