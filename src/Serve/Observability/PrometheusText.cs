using System.Globalization;
using System.Text;

namespace Unreel.Serve.Observability;

/// <summary>The two text formats that Prometheus reads.</summary>
internal enum PrometheusFormat
{
    /// <summary>Prometheus' own, version 0.0.4.</summary>
    Text,

    /// <summary>OpenMetrics 1.0.</summary>
    OpenMetrics,
}

/// <summary>Writes families as text: <see href="https://prometheus.io/docs/instrumenting/exposition_formats/"/> and <see href="https://prometheus.io/docs/specs/om/open_metrics_spec/"/>.</summary>
internal static class PrometheusText
{
    /// <summary>The media type of a format.</summary>
    public static string MediaType(PrometheusFormat format) => format == PrometheusFormat.OpenMetrics
        ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
        : "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Writes all families that have series.</summary>
    public static string Write(IEnumerable<MetricFamily> families, PrometheusFormat format)
    {
        StringBuilder text = new(16384);
        foreach (MetricFamily family in families)
            Write(text, family, format);
        if (format == PrometheusFormat.OpenMetrics)
            text.Append("# EOF\n");
        return text.ToString();
    }

    /// <summary>A name as Prometheus wants it: letters, digits and underscores, the unit at the end.</summary>
    public static string NameOf(string instrument, string? unit)
    {
        string name = Clean(instrument);
        return UnitOf(unit) is not { } word || name.EndsWith($"_{word}", StringComparison.Ordinal) ? name : $"{name}_{word}";
    }

    /// <summary>A unit in words; null for plain numbers.</summary>
    public static string? UnitOf(string? unit) => unit switch
    {
        "s" => "seconds",
        "By" => "bytes",
        _ => null,
    };

    /// <summary>Labels as they stand between braces, in the order of their names.</summary>
    public static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        SortedDictionary<string, string> labels = new(StringComparer.Ordinal);
        foreach ((string name, object? value) in tags)
            labels[Clean(name)] = Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty;
        return string.Join(',', labels.Select(label => $"{label.Key}=\"{Escape(label.Value, quotes: true)}\""));
    }

    private static void Write(StringBuilder text, MetricFamily family, PrometheusFormat format)
    {
        IReadOnlyList<MetricSeries> series = family.Snapshot();
        if (series.Count == 0)
            return;

        bool isOpen = format == PrometheusFormat.OpenMetrics;
        string sample = family.Kind == MetricKind.Counter && !family.IsExact ? $"{family.Name}_total" : family.Name;
        string name = isOpen ? family.Name : sample;
        text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {Escape(family.Help, quotes: isOpen)}\n# TYPE {name} {TypeOf(family, isOpen)}\n");
        if (isOpen && family.Unit is { } unit)
            text.Append(CultureInfo.InvariantCulture, $"# UNIT {name} {unit}\n");
        foreach (MetricSeries each in series)
        {
            if (family.Kind == MetricKind.Histogram)
                WriteHistogram(text, family, each);
            else
                WriteSample(text, sample, each.Labels, each.Value);
        }
    }

    // A counter of OpenMetrics ends in _total; Triton's do not, and whoever asks for them asks by their names.
    private static string TypeOf(MetricFamily family, bool isOpen) => family.Kind switch
    {
        MetricKind.Histogram => "histogram",
        MetricKind.Gauge => "gauge",
        _ => isOpen && family.IsExact ? "unknown" : "counter",
    };

    private static void WriteHistogram(StringBuilder text, MetricFamily family, MetricSeries series)
    {
        string separator = series.Labels.Length > 0 ? "," : string.Empty;
        long sum = 0;
        for (int bucket = 0; bucket <= family.Bounds.Count; bucket++)
        {
            sum += series.Buckets[bucket];
            string bound = bucket < family.Bounds.Count ? Bound(family.Bounds[bucket]) : "+Inf";
            WriteSample(text, $"{family.Name}_bucket", $"{series.Labels}{separator}le=\"{bound}\"", sum);
        }

        WriteSample(text, $"{family.Name}_sum", series.Labels, series.Value);
        WriteSample(text, $"{family.Name}_count", series.Labels, sum);
    }

    private static void WriteSample(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0)
            text.Append('{').Append(labels).Append('}');
        text.Append(' ').Append(Number(value)).Append('\n');
    }

    // OpenMetrics' canonical form, which both formats take.
    private static string Bound(double value) => value == Math.Truncate(value) ? value.ToString("F1", CultureInfo.InvariantCulture) : Number(value);

    private static string Number(double value) =>
        double.IsPositiveInfinity(value) ? "+Inf" : double.IsNegativeInfinity(value) ? "-Inf" : value.ToString("R", CultureInfo.InvariantCulture);

    private static string Escape(string text, bool quotes)
    {
        string escaped = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        return quotes ? escaped.Replace("\"", "\\\"", StringComparison.Ordinal) : escaped;
    }

    private static string Clean(string name)
    {
        string clean = string.Concat(name.Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '_'));
        return clean.Length > 0 && char.IsAsciiDigit(clean[0]) ? $"_{clean}" : clean;
    }
}
