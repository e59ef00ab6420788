using Microsoft.AspNetCore.Mvc;
using Unreel.Serve.Models;

namespace Unreel.Serve.Classify;

/// <summary>The routes that take videos, and those that tell of the models.</summary>
internal static class ClassifyRoutes
{
    // curl -T sends PUT, forms and most clients POST.
    private static readonly (string Method, string Suffix)[] Methods = [(HttpMethods.Post, ""), (HttpMethods.Put, "Put")];

    /// <summary>Adds them.</summary>
    public static void Map(WebApplication app)
    {
        foreach ((string method, string suffix) in Methods)
        {
            MapClassify(app, "/v1/classify", method, "classify" + suffix);
            MapClassify(app, "/v1/models/{model}/classify", method, "classifyBy" + suffix);
            MapEmbed(app, "/v1/embed", method, "embed" + suffix);
            MapEmbed(app, "/v1/models/{model}/embed", method, "embedBy" + suffix);
        }

        app.MapGet("/v1/models", ([FromServices] ModelRegistry models) => ModelList.Of(models))
            .WithName("models").WithTags("models")
            .Produces<ModelList>();
        app.MapGet("/v1/models/{model}", (string model, [FromServices] ModelRegistry models) => ModelDescription.Of(RequestModels.Find(models, model)))
            .WithName("model").WithTags("models")
            .Produces<ModelDescription>();
    }

    private static void MapClassify(WebApplication app, string path, string method, string name) =>
        app.MapMethods(path, [method], (HttpContext context, [FromServices] ClassifyEndpoint endpoint) => endpoint.HandleAsync(context))
            .WithName(name).WithTags("classify")
            .Produces<ClassifyResponse>();

    private static void MapEmbed(WebApplication app, string path, string method, string name) =>
        app.MapMethods(path, [method], (HttpContext context, [FromServices] EmbedEndpoint endpoint) => endpoint.HandleAsync(context))
            .WithName(name).WithTags("embed")
            .Produces<EmbedResponse>();
}
