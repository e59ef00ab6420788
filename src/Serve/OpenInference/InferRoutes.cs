using System.Reflection;
using Microsoft.AspNetCore.Mvc;
using Unreel.Serve.Classify;
using Unreel.Serve.Http;
using Unreel.Serve.Models;

namespace Unreel.Serve.OpenInference;

/// <summary>The routes of the Open Inference Protocol v2 (KServe, Triton), with its binary tensors; its health routes are with the other probes.</summary>
internal static class InferRoutes
{
    private const string Version = "version";

    private static readonly ServerMetadata Server = new("unreel", OwnVersion(), ["binary_tensor_data"]);
    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Adds them.</summary>
    public static void Map(WebApplication app)
    {
        RouteGroupBuilder routes = app.MapGroup("/v2").WithTags("open inference");
        routes.MapGet("", () => Answer(Server)).WithName("serverMetadata").Produces<ServerMetadata>();

        foreach ((string path, string suffix) in (ReadOnlySpan<(string, string)>)[($"/models/{{{RequestModels.Route}}}", ""), ($"/models/{{{RequestModels.Route}}}/versions/{{{Version}}}", "Version")])
        {
            routes.MapGet(path, Describe).WithName("modelMetadata" + suffix).Produces<ModelMetadata>();
            routes.MapMethods(path + "/ready", Reading, TellReady).WithName("modelReady" + suffix).Produces<ModelReadyState>().Produces<ModelReadyState>(StatusCodes.Status503ServiceUnavailable);
            routes.MapPost(path + "/infer", (HttpContext context, [FromServices] InferEndpoint endpoint) => endpoint.HandleAsync(context)).WithName("infer" + suffix).Produces(StatusCodes.Status200OK);
        }
    }

    /// <summary>The model that a request names.</summary>
    /// <exception cref="RequestException">There is no such model (404).</exception>
    public static ModelHost Find(HttpContext context, ModelRegistry models) =>
        RequestModels.Find(models, (string?)context.GetRouteValue(RequestModels.Route), context.GetRouteValue(Version) as string);

    private static IResult Describe(HttpContext context, [FromServices] ModelRegistry models)
    {
        ModelHost host = Find(context, models);
        return host.Current is { } model ? Answer(ModelMetadata.Of(models, host, model.Classifier)) : RequestModels.Loading(context);
    }

    private static IResult TellReady(HttpContext context, [FromServices] ModelRegistry models)
    {
        ModelHost host = Find(context, models);
        bool ready = host.Current is not null;
        return Answer(new ModelReadyState(host.Choice.Name, ready), ready);
    }

    private static IResult Answer<T>(T value, bool ready = true) =>
        Results.Json(value, ServeJson.Options, statusCode: ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);

    private static string OwnVersion() => typeof(InferRoutes).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";
}
