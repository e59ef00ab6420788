using Unreel.Serve.Http;
using Unreel.Serve.Models;

namespace Unreel.Serve.Hosting;

/// <summary>Whether the process answers, and whether it is worth asking: for those who start, stop and balance servers. No key is needed.</summary>
internal static class HealthRoutes
{
    /// <summary>The paths, exactly as they are open to all.</summary>
    public static IReadOnlyList<string> Paths { get; } = ["/livez", "/readyz", "/v2/health/live", "/v2/health/ready"];

    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Adds them.</summary>
    public static void Map(WebApplication app)
    {
        Add(app, Paths[0], "livez", "Whether the process answers.", () => Results.Text("alive\n")).Produces<string>(contentType: "text/plain");
        Add(app, Paths[1], "readyz", "Whether videos can be classified: every model is loaded and has passed its warm-up, and the server is not stopping.", Ready)
            .Produces<string>(contentType: "text/plain").ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        Add(app, Paths[2], "v2-live", "As /livez, in the words of the Open Inference Protocol.", () => Results.Json(new LiveAnswer(true), ServeJson.Options)).Produces<LiveAnswer>();
        Add(app, Paths[3], "v2-ready", "As /readyz, in the words of the Open Inference Protocol.", ReadyV2)
            .Produces<ReadyAnswer>().Produces<ReadyAnswer>(StatusCodes.Status503ServiceUnavailable);
    }

    private static RouteHandlerBuilder Add(WebApplication app, string path, string name, string summary, Delegate answer) =>
        app.MapMethods(path, Methods, answer).WithName(name).WithTags("probes").WithSummary(summary).WithMetadata(QuietRoute.Instance);

    private static IResult Ready(HttpContext context, ModelRegistry models) => models.Ready
        ? Results.Text("ready\n")
        : Problems.Busy(context, StatusCodes.Status503ServiceUnavailable, TimeSpan.FromSeconds(1), models.IsDraining ? "The server is stopping." : "The model is not in service.");

    private static IResult ReadyV2(ModelRegistry models) =>
        Results.Json(new ReadyAnswer(models.Ready), ServeJson.Options, statusCode: models.Ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
}

/// <summary>Whether the server lives.</summary>
/// <param name="Live">It does.</param>
public sealed record LiveAnswer(bool Live);

/// <summary>Whether the server can answer.</summary>
/// <param name="Ready">Every model is in service and the server is not stopping.</param>
public sealed record ReadyAnswer(bool Ready);
