using System.Diagnostics.CodeAnalysis;

namespace Unreel.Artifacts;

/// <summary>Searching: orders are computed once, and each row is looked at once.</summary>
public sealed partial class IndexSnapshot
{
    /// <summary>Finds artifacts.</summary>
    [SuppressMessage("Globalization", "CA1308:Normalize strings to uppercase", Justification = "The rows' texts are in lower case.")]
    public IndexPage Search(IndexQuery query)
    {
        string[] words = (query.Text ?? string.Empty).ToLowerInvariant().Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        List<IndexEntry> some = [];
        int total = 0;
        foreach (int at in OrderOf(query))
        {
            IndexRow row = _rows[at];
            if (!Fits(row.Entry, query) || !Mentions(row, words))
                continue;

            if (total++ >= query.Offset && some.Count < query.Count)
                some.Add(row.Entry);
        }

        return new IndexPage(some, total);
    }

    private bool Fits(IndexEntry entry, IndexQuery query) =>
        (query.Kind is not { } kind || entry.Reference.Kind == kind)
        && (query.Stage is null || entry.Stage == query.Stage)
        && (query.Tag is null || _tags[entry.Reference].Contains(query.Tag))
        && (query.IsTagged is not { } tagged || _tags.Contains(entry.Reference) == tagged);

    private bool Mentions(IndexRow row, string[] words)
    {
        foreach (string word in words)
        {
            if (!row.Text.Contains(word, StringComparison.Ordinal)
                && !row.Entry.Reference.Digest.Hex.StartsWith(word.StartsWith("sha256:", StringComparison.Ordinal) ? word[7..] : word, StringComparison.Ordinal)
                && !_tags[row.Entry.Reference].Any(tag => tag.Contains(word, StringComparison.OrdinalIgnoreCase)))
                return false;
        }

        return true;
    }

    private int[] OrderOf(IndexQuery query)
    {
        IndexOrder order = query.Order == IndexOrder.Metric && query.Metric is null ? IndexOrder.Name : query.Order;
        string? metric = order == IndexOrder.Metric ? query.Metric : null;

        // Asked for by whoever sends a request: names that no artifact has are not remembered.
        return metric is not null && !_rows.Any(row => row.Entry.Metrics.ContainsKey(metric))
            ? _orders.GetOrAdd((IndexOrder.Name, null), Sorted)
            : _orders.GetOrAdd((order, metric), Sorted);
    }

    // Entries come in the order of their names; of equals, the order of names remains.
    private int[] Sorted((IndexOrder Order, string? Metric) by)
    {
        int[] rows = [.. Enumerable.Range(0, _rows.Length)];
        IEnumerable<int> sorted = by.Order switch
        {
            IndexOrder.Newest => rows.OrderByDescending(at => _rows[at].Entry.Made),
            IndexOrder.Size => rows.OrderByDescending(at => _rows[at].Entry.Size),
            IndexOrder.Metric => rows.OrderByDescending(at => _rows[at].Entry.Metrics.TryGetValue(by.Metric!, out double value) ? value : double.NegativeInfinity),
            _ => rows.OrderBy(at => ArtifactReference.KindText(_rows[at].Entry.Reference.Kind), StringComparer.Ordinal)
                .ThenBy(at => _rows[at].Entry.Reference.Name, StringComparer.Ordinal).ThenByDescending(at => _rows[at].Entry.Made),
        };
        return [.. sorted];
    }
}
