using Microsoft.Net.Http.Headers;
using Unreel.Serve.Http;

namespace Unreel.Serve.Observability;

/// <summary><c>/metrics</c>.</summary>
internal static class MetricsRoutes
{
    /// <summary>Adds it.</summary>
    public static void Map(WebApplication app)
    {
        // Made now, so that it has heard everything by the time it is asked.
        MetricStore store = app.Services.GetRequiredService<MetricStore>();
        app.MapMethods("/metrics", [HttpMethods.Get, HttpMethods.Head], (HttpContext context) => Show(context, store))
            .WithName("metrics").WithTags("operation").WithSummary("Figures for Prometheus, under our names (unreel_…) and Triton's (nv_inference_…).")
            .WithMetadata(QuietRoute.Instance)
            .Produces<string>(contentType: "text/plain");
    }

    /// <summary>The format that a scraper likes best.</summary>
    internal static PrometheusFormat Choose(IHeaderDictionary headers)
    {
        if (!MediaTypeHeaderValue.TryParseList(headers.Accept, out IList<MediaTypeHeaderValue>? accepted))
            return PrometheusFormat.Text;

        double open = 0, text = 0;
        foreach (MediaTypeHeaderValue type in accepted)
        {
            double quality = type.Quality ?? 1;
            if (type.MediaType.Equals("application/openmetrics-text", StringComparison.OrdinalIgnoreCase))
                open = Math.Max(open, quality);
            else if (type.MediaType.Equals("text/plain", StringComparison.OrdinalIgnoreCase))
                text = Math.Max(text, quality);
        }

        return open > 0 && open >= text ? PrometheusFormat.OpenMetrics : PrometheusFormat.Text;
    }

    private static IResult Show(HttpContext context, MetricStore store)
    {
        PrometheusFormat format = Choose(context.Request.Headers);
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.Vary = "Accept";
        return Results.Text(store.Write(format), PrometheusText.MediaType(format), System.Text.Encoding.UTF8);
    }
}
