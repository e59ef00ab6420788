using Unreel.Serve.Api;
using Unreel.Serve.Classify;
using Unreel.Serve.Hosting;
using Unreel.Serve.Http;
using Unreel.Serve.Observability;
using Unreel.Serve.Oci;
using Unreel.Serve.OpenInference;
using Unreel.Serve.Pages;
using Unreel.Serve.Registry;

namespace Unreel.Serve;

/// <summary>The server's middleware and routes.</summary>
public static class ServeRoutes
{
    /// <summary>Adds everything the server answers, pages included.</summary>
    public static WebApplication MapUnreel(this WebApplication app)
    {
        RequestLog log = app.Services.GetRequiredService<RequestLog>();
        app.Use(RequestIds.RunAsync);
        app.Use(log.RunAsync);
        app.Use(SecurityHeaders.AddAsync);
        app.UseOci(log);
        app.UseExceptionHandler(new ExceptionHandlerOptions { SuppressDiagnosticsCallback = _ => true });
        app.UseStatusCodePages(context => Problems.FillAsync(context.HttpContext));
        app.UseRouting();
        app.Use(log.BeginAsync);
        app.Use(app.Services.GetRequiredService<KeyGuard>().RunAsync);
        app.Use(CrossSiteGuard.RunAsync);

        HealthRoutes.Map(app);
        MetricsRoutes.Map(app);
        ClassifyRoutes.Map(app);
        InferRoutes.Map(app);
        app.MapOpenApi("/openapi/{documentName}.json");
        app.MapGet("/", HomePage.Show).ExcludeFromDescription();
        app.MapGet(Layout.Icon, Layout.ShowIcon).ExcludeFromDescription();
        ApiRoutes.Map(app);
        RegistryRoutes.Map(app.MapGroup("/registry").ExcludeFromDescription());
        return app;
    }
}
