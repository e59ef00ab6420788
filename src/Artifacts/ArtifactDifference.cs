using System.Globalization;
using System.Text.Json.Nodes;

namespace Unreel.Artifacts;

/// <summary>One thing about two artifacts.</summary>
/// <param name="Section">What it belongs to: <c>made by</c>, <c>options</c>, <c>inputs</c>, <c>metrics</c> or <c>files</c>.</param>
/// <param name="Name">Its name, e.g. the path of an option.</param>
/// <param name="A">What it is in the one; null where that has none.</param>
/// <param name="B">What it is in the other.</param>
public sealed record Difference(string Section, string Name, string? A, string? B)
{
    /// <summary>Whether both are the same in it.</summary>
    public bool IsSame => A == B;
}

/// <summary>Sets two artifacts side by side.</summary>
public static class ArtifactDifference
{
    /// <summary>Everything that is said of either, section by section, by name; what is the same included.</summary>
    public static IReadOnlyList<Difference> Of(Artifact a, Artifact b) =>
    [
        .. Pairs("made by", MadeBy(a), MadeBy(b)),
        .. Pairs("options", Options(a), Options(b)),
        .. Pairs("inputs", Inputs(a), Inputs(b)),
        .. Pairs("metrics", Metrics(a), Metrics(b)),
        .. Pairs("files", Files(a), Files(b)),
    ];

    private static IEnumerable<Difference> Pairs(string section, IEnumerable<KeyValuePair<string, string?>> a, IEnumerable<KeyValuePair<string, string?>> b)
    {
        Dictionary<string, string?> left = First(a), right = First(b);
        return left.Keys.Union(right.Keys).Order(StringComparer.Ordinal)
            .Select(name => new Difference(section, name, left.GetValueOrDefault(name), right.GetValueOrDefault(name)))
            .Where(difference => difference is not { A: null, B: null });
    }

    private static Dictionary<string, string?> First(IEnumerable<KeyValuePair<string, string?>> pairs)
    {
        Dictionary<string, string?> all = new(StringComparer.Ordinal);
        foreach ((string name, string? value) in pairs)
            all.TryAdd(name, value);

        return all;
    }

    private static IEnumerable<KeyValuePair<string, string?>> MadeBy(Artifact artifact) =>
    [
        new("stage", artifact.Lineage.Stage),
        new("version", artifact.Lineage.StageVersion.ToString(CultureInfo.InvariantCulture)),
        new("code", artifact.Lineage.Code),
        new("runtime", artifact.Lineage.Runtime),
        new("device", artifact.Lineage.Device),
        new("seed", artifact.Lineage.Seed?.ToString(CultureInfo.InvariantCulture)),
    ];

    /// <summary>Options by their paths, e.g. <c>shape.width</c>.</summary>
    private static IEnumerable<KeyValuePair<string, string?>> Options(Artifact artifact) => Flat(string.Empty, artifact.Lineage.Options);

    private static IEnumerable<KeyValuePair<string, string?>> Flat(string path, JsonNode? node) => node switch
    {
        JsonObject { Count: > 0 } members => members.SelectMany(member => Flat(path.Length == 0 ? member.Key : $"{path}.{member.Key}", member.Value)),
        JsonArray { Count: > 0 } items => items.SelectMany((item, i) => Flat($"{path}[{i.ToString(CultureInfo.InvariantCulture)}]", item)),
        _ => path.Length == 0 ? [] : [new(path, node?.ToJsonString() ?? "null")],
    };

    private static IEnumerable<KeyValuePair<string, string?>> Inputs(Artifact artifact) =>
        artifact.Lineage.Inputs.Select(input => new KeyValuePair<string, string?>(
            input.Option, input.Reference.Contains(input.Digest.ToString(), StringComparison.Ordinal) ? input.Reference : $"{input.Reference} {input.Digest}"));

    private static IEnumerable<KeyValuePair<string, string?>> Metrics(Artifact artifact) =>
        artifact.Lineage.Metrics.Select(metric => new KeyValuePair<string, string?>(metric.Key, metric.Value.ToString("R", CultureInfo.InvariantCulture)));

    private static IEnumerable<KeyValuePair<string, string?>> Files(Artifact artifact) =>
        artifact.Manifest.Layers.Select(layer => new KeyValuePair<string, string?>(
            layer.Title ?? layer.Digest.ToString(), string.Create(CultureInfo.InvariantCulture, $"{layer.Size} bytes {layer.Digest.Hex[..12]}")));
}
