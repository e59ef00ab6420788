using System.Globalization;
using System.Text;

namespace Unreel.Serve.Observability;

/// <summary>What kind of figure a family holds.</summary>
internal enum MetricKind
{
    /// <summary>Only grows.</summary>
    Counter,

    /// <summary>Goes up and down.</summary>
    Gauge,

    /// <summary>Counts of values up to each of several bounds, and their sum.</summary>
    Histogram,
}

/// <summary>All series of one name: one for each set of labels that was seen.</summary>
/// <param name="name">Its name without a counter's <c>_total</c>.</param>
/// <param name="kind">What it holds.</param>
/// <param name="help">What it means.</param>
/// <param name="unit">Its unit in words, at the end of the name too; null for none.</param>
/// <param name="bounds">A histogram's bounds, ascending, without infinity.</param>
internal sealed class MetricFamily(string name, MetricKind kind, string help, string? unit, IReadOnlyList<double> bounds)
{
    /// <summary>The most series of a family. Labels are bounded by what they come from; this holds should one slip through.</summary>
    public const int MostSeries = 2000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, MetricSeries> _byTags = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, MetricSeries> _byLabels = new(StringComparer.Ordinal);

    public string Name { get; } = name;

    public MetricKind Kind { get; } = kind;

    public string Help { get; } = help;

    public string? Unit { get; } = unit;

    public IReadOnlyList<double> Bounds { get; } = bounds;

    /// <summary>Whether the name is given as it stands, because others know it so.</summary>
    public bool IsExact { get; init; }

    /// <summary>Adds to a counter or gauge.</summary>
    public void Add(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (_lock)
            Find(tags).Value += value;
    }

    /// <summary>Sets what is looked at and not counted here.</summary>
    public void Set(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (_lock)
            Find(tags).Value = value;
    }

    /// <summary>Takes a value into a histogram.</summary>
    public void Observe(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (_lock)
        {
            MetricSeries series = Find(tags);
            int bucket = 0;
            while (bucket < Bounds.Count && value > Bounds[bucket])
                bucket++;
            series.Buckets[bucket]++;
            series.Value += value;
        }
    }

    /// <summary>Forgets all series, before those that still exist are looked at.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _byTags.Clear();
            _byLabels.Clear();
        }
    }

    /// <summary>A copy of all series as they are at one moment, in the order of their labels.</summary>
    public IReadOnlyList<MetricSeries> Snapshot()
    {
        lock (_lock)
            return [.. _byLabels.Values.Select(series => series.Copy())];
    }

    private MetricSeries Find(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        string key = Key(tags);
        if (_byTags.TryGetValue(key, out MetricSeries? known))
            return known;

        bool isFull = _byTags.Count >= MostSeries;
        string labels = isFull ? "overflow=\"true\"" : PrometheusText.Labels(tags);
        if (!_byLabels.TryGetValue(labels, out MetricSeries? series))
            _byLabels[labels] = series = new MetricSeries(labels, new long[Bounds.Count + 1]);
        if (!isFull)
            _byTags[key] = series;
        return series;
    }

    // The same tags in another order have another key and the same labels.
    private static string Key(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        StringBuilder key = new(64);
        foreach ((string name, object? value) in tags)
            key.Append(name).Append('\u0001').Append(Convert.ToString(value, CultureInfo.InvariantCulture)).Append('\u0002');
        return key.ToString();
    }
}

/// <summary>One series.</summary>
/// <param name="Labels">Its labels as they are written, without braces.</param>
/// <param name="Buckets">A histogram's counts by bucket, not summed up; the last is that beyond all bounds.</param>
internal sealed record MetricSeries(string Labels, long[] Buckets)
{
    /// <summary>The value; of a histogram, the sum of all values.</summary>
    public double Value { get; set; }

    public MetricSeries Copy() => new(Labels, [.. Buckets]) { Value = Value };
}
