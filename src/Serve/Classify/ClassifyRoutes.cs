using Microsoft.AspNetCore.Mvc;

namespace Unreel.Serve.Classify;

/// <summary>The routes that take videos.</summary>
internal static class ClassifyRoutes
{
    /// <summary>Adds them.</summary>
    public static void Map(WebApplication app)
    {
        // curl -T sends PUT, forms and most clients POST.
        MapClassify(app, HttpMethods.Post, "classify");
        MapClassify(app, HttpMethods.Put, "classifyPut");
    }

    private static void MapClassify(WebApplication app, string method, string name) =>
        app.MapMethods("/v1/classify", [method], (HttpContext context, [FromServices] ClassifyEndpoint endpoint) => endpoint.HandleAsync(context))
            .WithName(name).WithTags("classify")
            .Produces<ClassifyResponse>();
}
