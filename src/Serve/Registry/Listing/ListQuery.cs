using System.Globalization;
using Unreel.Artifacts;
using Unreel.Serve.Classify;
using Unreel.Serve.Http;

namespace Unreel.Serve.Registry;

/// <summary>What a list of artifacts is asked for, by pages and by programs alike.</summary>
/// <param name="Search">What is looked for; its order and page included.</param>
/// <param name="Order">The order as it is written: <c>newest</c>, <c>name</c>, <c>size</c> or <c>metric:NAME</c>.</param>
internal sealed record ListQuery(IndexQuery Search, string Order)
{
    private const string OfMetric = "metric:";
    private const int MostText = 500, MostOffset = 100_000_000;

    /// <summary>The parameters that say what is looked for.</summary>
    public static IReadOnlyList<string> Filters { get; } = ["q", "kind", "stage", "tag", "tagged", "order"];

    /// <summary>Reads the query of a page: pages of <paramref name="size"/>, counted from 1.</summary>
    /// <exception cref="RequestException">A parameter is unknown or out of its range (400), or the kind is none (404).</exception>
    public static ListQuery ReadPage(IQueryCollection query, int size)
    {
        QueryReader reader = new(query, [.. Filters, "page"]);
        return Read(reader, ((reader.Whole("page", 1, MostOffset / size) ?? 1) - 1) * size, size);
    }

    /// <summary>Reads the query of a program: from <c>offset</c>, <c>limit</c> at most.</summary>
    /// <exception cref="RequestException">A parameter is unknown or out of its range (400), or the kind is none (404).</exception>
    public static ListQuery ReadOffset(IQueryCollection query, int limit, int most)
    {
        QueryReader reader = new(query, [.. Filters, "offset", "limit"]);
        return Read(reader, reader.Whole("offset", 0, MostOffset) ?? 0, reader.Whole("limit", 1, most) ?? limit);
    }

    /// <summary>The kind that a word means; null where there is no word.</summary>
    /// <exception cref="RequestException">It is no kind (404).</exception>
    public static ArtifactKind? KindOf(string? word) => word switch
    {
        null => null,
        _ when ArtifactReference.TryParseKind(word, out ArtifactKind kind) => kind,
        _ => throw new RequestException(StatusCodes.Status404NotFound, $"'{word}' is not a kind of artifact; expected one of {string.Join(", ", Enum.GetValues<ArtifactKind>().Select(ArtifactReference.KindText))}."),
    };

    /// <summary>The same query as the text behind a question mark, from another place on.</summary>
    public string Text(params ReadOnlySpan<(string Name, int Value)> places)
    {
        List<string> parts = [];
        Add("q", Search.Text);
        Add("kind", Search.Kind is { } kind ? ArtifactReference.KindText(kind) : null);
        Add("stage", Search.Stage);
        Add("tag", Search.Tag);
        Add("tagged", Search.IsTagged switch { true => "1", false => "0", null => null });
        Add("order", Order == "newest" ? null : Order);
        foreach ((string name, int value) in places)
            Add(name, value.ToString(CultureInfo.InvariantCulture));
        return string.Join('&', parts);

        void Add(string name, string? value)
        {
            if (value is not null)
                parts.Add($"{name}={Uri.EscapeDataString(value)}");
        }
    }

    private static ListQuery Read(QueryReader reader, int offset, int count)
    {
        string order = reader.Text("order") ?? "newest";
        IndexQuery search = new()
        {
            Text = Short(reader, "q"),
            Kind = KindOf(reader.Text("kind")),
            Stage = Short(reader, "stage"),
            Tag = Short(reader, "tag"),
            IsTagged = reader.Text("tagged") is null ? null : reader.Flag("tagged"),
            Offset = offset,
            Count = count,
        };
        return new ListQuery(Ordered(search, order), order);
    }

    private static IndexQuery Ordered(IndexQuery search, string order) => order switch
    {
        "newest" => search,
        "name" => search with { Order = IndexOrder.Name },
        "size" => search with { Order = IndexOrder.Size },
        _ when order.StartsWith(OfMetric, StringComparison.Ordinal) && order.Length > OfMetric.Length => search with { Order = IndexOrder.Metric, Metric = order[OfMetric.Length..] },
        _ => throw QueryReader.Refused($"order is '{order}'; expected newest, name, size, or metric: and the name of a metric."),
    };

    private static string? Short(QueryReader reader, string name) => reader.Text(name) is { Length: > MostText } text
        ? throw QueryReader.Refused($"{name} has {text.Length} characters; expected at most {MostText}.")
        : reader.Text(name);
}
