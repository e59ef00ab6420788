using System.Text.Json;
using System.Text.Json.Nodes;
using Unreel.Artifacts;

namespace Unreel.Serve.Registry;

/// <summary>Two artifacts side by side.</summary>
/// <param name="A">The first.</param>
/// <param name="B">The second.</param>
internal sealed record Comparison(Artifact A, Artifact B)
{
    /// <summary>Stage, code, runtime and the like.</summary>
    public IReadOnlyList<ComparedRow> About => Rows(About_(A), About_(B));

    /// <summary>Options, those within others by their path.</summary>
    public IReadOnlyList<ComparedRow> Options => Rows(Flat(A.Lineage.Options), Flat(B.Lineage.Options));

    /// <summary>Metrics.</summary>
    public IReadOnlyList<ComparedRow> Metrics => Rows(MetricsOf(A), MetricsOf(B));

    /// <summary>What each was made from.</summary>
    public IReadOnlyList<ComparedRow> Inputs => Rows(InputsOf(A), InputsOf(B));

    /// <summary>Files by name; two are the same where their digests are.</summary>
    public IReadOnlyList<ComparedRow> Files => Rows(FilesOf(A), FilesOf(B));

    private static SortedDictionary<string, string> About_(Artifact artifact) => Sorted([
        new("stage", $"{artifact.Lineage.Stage} v{Whole(artifact.Lineage.StageVersion)}"),
        new("seed", artifact.Lineage.Seed is { } seed ? seed.ToString(System.Globalization.CultureInfo.InvariantCulture) : null),
        new("code", artifact.Lineage.Code),
        new("runtime", artifact.Lineage.Runtime),
        new("device", artifact.Lineage.Device),
        new("size", $"{Whole(artifact.Size)} bytes in {Whole(artifact.Manifest.Layers.Count)} files"),
    ]);

    private static SortedDictionary<string, string> Flat(JsonObject options)
    {
        SortedDictionary<string, string> all = new(StringComparer.Ordinal);
        Add(options, string.Empty);
        return all;

        void Add(JsonObject parent, string path)
        {
            foreach ((string name, JsonNode? value) in parent)
            {
                if (value is JsonObject { Count: > 0 } child)
                    Add(child, $"{path}{name}.");
                else
                    all[path + name] = value is JsonValue single && single.GetValueKind() == JsonValueKind.String ? single.GetValue<string>() : value?.ToJsonString(Http.ServeJson.Options) ?? "null";
            }
        }
    }

    private static SortedDictionary<string, string> MetricsOf(Artifact artifact) => Sorted(artifact.Lineage.Metrics.Select(metric => KeyValuePair.Create(metric.Key, (string?)metric.Value.ToString("R", System.Globalization.CultureInfo.InvariantCulture))));

    private static SortedDictionary<string, string> InputsOf(Artifact artifact) => Sorted(artifact.Lineage.Inputs
        .GroupBy(input => input.Option)
        .SelectMany(group => group.Select((input, place) => KeyValuePair.Create(place == 0 ? input.Option : $"{input.Option} {Whole(place + 1)}", (string?)$"{input.Reference.Split('@')[0]} {input.Digest}"))));

    private static SortedDictionary<string, string> FilesOf(Artifact artifact) => Sorted(artifact.Manifest.Layers.Select(layer => KeyValuePair.Create(layer.Title ?? layer.Digest.ToString(), (string?)$"{Whole(layer.Size)} bytes {layer.Digest}")));

    private static SortedDictionary<string, string> Sorted(IEnumerable<KeyValuePair<string, string?>> pairs)
    {
        SortedDictionary<string, string> all = new(StringComparer.Ordinal);
        foreach ((string name, string? value) in pairs)
        {
            if (value is not null)
                all[name] = value;
        }

        return all;
    }

    private static List<ComparedRow> Rows(SortedDictionary<string, string> a, SortedDictionary<string, string> b) =>
        [.. a.Keys.Union(b.Keys).Order(StringComparer.Ordinal).Select(name => new ComparedRow(name, a.GetValueOrDefault(name), b.GetValueOrDefault(name)))];

    private static string Whole(long number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>One thing of two artifacts.</summary>
/// <param name="Name">Its name.</param>
/// <param name="A">What the first has; null where it has none.</param>
/// <param name="B">What the second has; null where it has none.</param>
internal sealed record ComparedRow(string Name, string? A, string? B)
{
    /// <summary>The difference in a word: <c>same</c>, <c>differs</c>, <c>only A</c>, <c>only B</c>.</summary>
    public string Word => A is null ? "only B" : B is null ? "only A" : A == B ? "same" : "differs";

    /// <summary>Whether they are not the same.</summary>
    public bool Differs => A != B;
}
