using System.Diagnostics;
using Unreel.Serve.Models;

namespace Unreel.Serve.Observability;

/// <summary>The spans of a request below the one that ASP.NET makes of it: queue, decode, inference. They are told when they are over and cost nothing where nobody listens.</summary>
public static class ServeSpans
{
    /// <summary>Their source.</summary>
    public static ActivitySource Source { get; } = new(ServeMeter.Name);

    /// <summary>Tells of a span within the request being answered.</summary>
    /// <param name="name">What was done.</param>
    /// <param name="model">For which model.</param>
    /// <param name="end">When it was over.</param>
    /// <param name="took">How long it took.</param>
    /// <param name="clips">The clips it was about; null for none.</param>
    public static void Tell(string name, ModelChoice model, DateTimeOffset end, TimeSpan took, int? clips = null)
    {
        if (!Source.HasListeners())
            return;

        using Activity? span = Source.StartActivity(name, ActivityKind.Internal, default(ActivityContext), startTime: end - took);
        span?.SetTag("unreel.model", model.Name).SetTag("unreel.version", model.Version).SetTag("unreel.clips", clips).SetEndTime(end.UtcDateTime);
    }

    /// <summary>Says on a span why it did not end well.</summary>
    public static void Fail(this Activity? span, RequestReason reason) =>
        span?.SetTag("error.type", Words.Of(reason)).SetStatus(ActivityStatusCode.Error);
}
