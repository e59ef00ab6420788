using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Unreel.Onnx;

/// <summary>Finds labels in the metadata of models made elsewhere.</summary>
internal static partial class ForeignLabels
{
    private static readonly string[] Keys = ["labels", "names", "classes", "class_names", "id2label", "categories"];

    /// <summary>Returns the labels in the order of the classes, null where the metadata holds none.</summary>
    /// <param name="metadata">The model's entries.</param>
    internal static IReadOnlyList<string>? Find(IReadOnlyDictionary<string, string> metadata)
    {
        foreach (string key in Keys)
        {
            string? text = metadata.FirstOrDefault(entry => entry.Key.Equals(key, StringComparison.OrdinalIgnoreCase)).Value?.Trim();
            if (text?.Length > 0 && Read(text) is { Count: > 0 } labels)
                return labels;
        }

        return null;
    }

    private static IReadOnlyList<string>? Read(string text) => text[0] switch
    {
        '[' or '{' => FromJson(text) ?? FromPython(text),
        _ => [.. text.Split(text.Contains('\n', StringComparison.Ordinal) ? '\n' : ',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)],
    };

    private static IReadOnlyList<string>? FromJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Array
                ? [.. document.RootElement.EnumerateArray().Select(label => label.ToString())]
                : Numbered(document.RootElement.EnumerateObject().Select(member => (member.Name, member.Value.ToString())));
        }
        catch (JsonException)
        {
            // Not JSON; the caller tries what Python prints.
            return null;
        }
    }

    // What Python prints of a dictionary or a list of strings.
    private static IReadOnlyList<string>? FromPython(string text) => text[0] == '{'
        ? Numbered(Pair().Matches(text).Select(match => (match.Groups[1].Value, match.Groups[3].Value)))
        : [.. Quoted().Matches(text).Select(match => match.Groups[2].Value)];

    private static IReadOnlyList<string>? Numbered(IEnumerable<(string Number, string Label)> entries)
    {
        SortedDictionary<int, string> labels = [];
        foreach ((string number, string label) in entries)
        {
            if (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int index) || !labels.TryAdd(index, label))
                return null;
        }

        // Every number from 0 on, or it is no list of classes.
        return labels.Keys.SequenceEqual(Enumerable.Range(0, labels.Count)) ? [.. labels.Values] : null;
    }

    [GeneratedRegex("""['"]?(\d+)['"]?\s*:\s*(['"])(.*?)\2""", RegexOptions.CultureInvariant)]
    private static partial Regex Pair();

    [GeneratedRegex("""(['"])(.*?)\1""", RegexOptions.CultureInvariant)]
    private static partial Regex Quoted();
}
