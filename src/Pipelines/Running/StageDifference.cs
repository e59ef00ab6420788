using System.Text.Json.Nodes;
using Unreel.Artifacts;

namespace Unreel.Pipelines;

/// <summary>What of a piece of work differs.</summary>
public enum DifferenceKind
{
    /// <summary>An option.</summary>
    Option,

    /// <summary>What an input is.</summary>
    Input,

    /// <summary>The stage's version.</summary>
    Version,

    /// <summary>Which stage it is.</summary>
    Stage,
}

/// <summary>Something in which a piece of work differs from an earlier one.</summary>
/// <param name="Kind">What differs.</param>
/// <param name="Name">The option by its path, e.g. <c>split.share</c>; for the others the word.</param>
/// <param name="Before">What it was; null where it was not set.</param>
/// <param name="Now">What it is; null where it is not set.</param>
public sealed record StageDifference(DifferenceKind Kind, string Name, string? Before, string? Now)
{
    private const int Longest = 60;
    private const int ShortHex = 12;

    /// <summary>The difference in one line, e.g. <c>epochs 3 → 5</c>.</summary>
    public override string ToString() => $"{Name} {Short(Before)} → {Short(Now)}";

    /// <summary>Compares two pieces of work.</summary>
    /// <param name="before">The earlier.</param>
    /// <param name="now">The later.</param>
    /// <returns>The differences: stage, version, options in the order of their names, inputs. Empty where both are the same work.</returns>
    public static IReadOnlyList<StageDifference> Between(Lineage before, Lineage now)
    {
        List<StageDifference> found = [];
        if (before.Stage != now.Stage)
            found.Add(new StageDifference(DifferenceKind.Stage, "stage", before.Stage, now.Stage));
        else if (before.StageVersion != now.StageVersion)
            found.Add(new StageDifference(DifferenceKind.Version, "version", Text(before.StageVersion), Text(now.StageVersion)));

        found.AddRange(Options(before, now));
        found.AddRange(Inputs(before, now));
        return found;
    }

    /// <summary>A reference or value, with digests cut to what people can compare.</summary>
    internal static string Short(string? text)
    {
        if (text is null)
            return "not set";

        int digest = text.IndexOf("sha256:", StringComparison.Ordinal);
        string cut = digest >= 0 && text.Length > digest + 7 + ShortHex ? text[..(digest + 7 + ShortHex)] : text;
        return cut.Length > Longest ? cut[..Longest] + "…" : cut.Length == 0 ? "''" : cut;
    }

    private static IEnumerable<StageDifference> Options(Lineage before, Lineage now)
    {
        // What names an input is compared as an input: the option's text is the same however often the input moves.
        HashSet<string> inputs = [.. before.Inputs.Concat(now.Inputs).Select(input => Base(input.Option))];
        SortedDictionary<string, string> old = Flat(before.Options), current = Flat(now.Options);
        return old.Keys.Union(current.Keys)
            .Where(name => !inputs.Contains(name) && old.GetValueOrDefault(name) != current.GetValueOrDefault(name))
            .Order(StringComparer.Ordinal)
            .Select(name => new StageDifference(DifferenceKind.Option, name, old.GetValueOrDefault(name), current.GetValueOrDefault(name)));
    }

    private static IEnumerable<StageDifference> Inputs(Lineage before, Lineage now)
    {
        Dictionary<string, LineageInput> old = before.Inputs.ToDictionary(input => input.Option), current = now.Inputs.ToDictionary(input => input.Option);
        return old.Keys.Union(current.Keys)
            .Where(name => old.GetValueOrDefault(name)?.Digest != current.GetValueOrDefault(name)?.Digest)
            .Select(name => new StageDifference(DifferenceKind.Input, name, Text(old.GetValueOrDefault(name)), Text(current.GetValueOrDefault(name))));
    }

    private static SortedDictionary<string, string> Flat(JsonObject options)
    {
        SortedDictionary<string, string> flat = new(StringComparer.Ordinal);
        Add(string.Empty, options);
        return flat;

        void Add(string prefix, JsonObject part)
        {
            foreach ((string name, JsonNode? value) in part)
            {
                if (value is JsonObject inner)
                    Add($"{prefix}{name}.", inner);
                else if (value is not null)
                    flat[prefix + name] = value is JsonValue scalar && scalar.TryGetValue(out string? text) ? text : OptionsJson.CanonicalText(value);
            }
        }
    }

    // models[2] belongs to the list models.
    private static string Base(string option)
    {
        int bracket = option.IndexOf('[', StringComparison.Ordinal);
        return bracket < 0 ? option : option[..bracket];
    }

    private static string? Text(LineageInput? input) =>
        input is null ? null : input.Reference.Contains("sha256:", StringComparison.Ordinal) ? input.Reference : $"{input.Reference}@{input.Digest}";

    private static string Text(int version) => version.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
