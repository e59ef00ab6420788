using System.Diagnostics;
using Unreel.Serve.Models;

namespace Unreel.Serve.Observability;

/// <summary>The spans of a request below the one that ASP.NET makes of it: queue, decode, inference. Each is null, and costs nothing, where nobody listens.</summary>
public static class ServeSpans
{
    /// <summary>Their source.</summary>
    public static ActivitySource Source { get; } = new(ServeMeter.Name);

    /// <summary>Waiting for a turn.</summary>
    public static Activity? Queue(ModelChoice model) => Start("queue", model);

    /// <summary>Decoding and resizing a video, or a window of one.</summary>
    public static Activity? Decode(ModelChoice model) => Start("decode", model);

    /// <summary>The model's run, with the clips of this request.</summary>
    public static Activity? Inference(ModelChoice model, int clips) => Start("inference", model)?.SetTag("unreel.clips", clips);

    /// <summary>Says on a span why it did not end well.</summary>
    public static void Fail(this Activity? span, RequestReason reason) =>
        span?.SetTag("error.type", Words.Of(reason)).SetStatus(ActivityStatusCode.Error);

    private static Activity? Start(string name, ModelChoice model) =>
        Source.StartActivity(name)?.SetTag("unreel.model", model.Name).SetTag("unreel.version", model.Version);
}
