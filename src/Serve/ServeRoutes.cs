using Unreel.Serve.Classify;
using Unreel.Serve.Http;
using Unreel.Serve.Models;
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
        app.Use(RequestIds.RunAsync);
        app.Use(SecurityHeaders.AddAsync);
        app.UseExceptionHandler(new ExceptionHandlerOptions { SuppressDiagnosticsCallback = _ => true });
        app.UseStatusCodePages(context => Problems.FillAsync(context.HttpContext));
        app.Use(KeyGuard.RunAsync);
        app.UseRouting();

        MapProbes(app);
        ClassifyRoutes.Map(app);
        InferRoutes.Map(app);
        app.MapOpenApi("/openapi/{documentName}.json");
        app.MapGet("/", HomePage.Show).ExcludeFromDescription();
        RegistryRoutes.Map(app.MapGroup("/registry").ExcludeFromDescription());
        return app;
    }

    private static void MapProbes(WebApplication app)
    {
        app.MapGet("/livez", () => Results.Text("alive\n"))
            .WithName("livez").WithTags("probes").WithSummary("Whether the process answers.")
            .Produces<string>(contentType: "text/plain");
        app.MapGet("/readyz", (HttpContext context, ModelRegistry models) => models.Ready
                ? Results.Text("ready\n")
                : Problems.Busy(context, StatusCodes.Status503ServiceUnavailable, TimeSpan.FromSeconds(1), "The model is not in service."))
            .WithName("readyz").WithTags("probes").WithSummary("Whether videos can be classified: the model is loaded and an inference has passed.")
            .Produces<string>(contentType: "text/plain").ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }
}
