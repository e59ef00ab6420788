using System.Collections;
using System.Text;
using System.Text.Json.Nodes;
using Unreel.Artifacts;

namespace Unreel.Pipelines;

/// <summary>
/// Writes options as JSON under their YAML names, defaults included. Options that are not set, and those marked
/// <see cref="RunOnlyAttribute"/>, are left out: an option added later with no value leaves older keys as they were.
/// </summary>
/// <param name="input">What to write for an input, by the path of the option that names it; null leaves it out.</param>
/// <param name="text">What to write for a text.</param>
internal sealed class OptionsJson(Func<string, StageInput, JsonNode?> input, Func<string, string> text)
{
    /// <summary>Finds the inputs of options, with the paths of the options that name them.</summary>
    public static IReadOnlyList<(string Path, StageInput Input)> Inputs(object options)
    {
        List<(string, StageInput)> found = [];
        new OptionsJson((path, input) => { found.Add((path, input)); return null; }, same => same).Write(options);
        return found;
    }

    /// <summary>Writes a record.</summary>
    public JsonObject Write(object options) => Record(options, string.Empty);

    /// <summary>Writes a record, a list, a mapping or a scalar.</summary>
    public JsonNode Any(object value) => Value(value, string.Empty) ?? new JsonObject();

    /// <summary>The bytes of a JSON value that do not depend on the order its keys were added in, nor on white space.</summary>
    public static byte[] Canonical(JsonNode node) => CanonicalJson.Write(node);

    /// <summary>The canonical bytes as text.</summary>
    public static string CanonicalText(JsonNode node) => Encoding.UTF8.GetString(Canonical(node));

    private JsonObject Record(object record, string path)
    {
        JsonObject json = [];
        foreach (OptionProperty property in OptionSchema.Of(record.GetType()).Properties.Where(p => !p.IsRunOnly))
        {
            string name = path.Length == 0 ? property.Name : $"{path}.{property.Name}";
            if (Value(property.Info.GetValue(record), name) is { } value)
                json[property.Name] = value;
        }

        return json;
    }

    private JsonNode? Value(object? value, string path) => value switch
    {
        null => null,
        StageInput named => input(path, named),
        FileInfo file => input(path, StageInput.Parse(file.FullName)),
        string words => text(words),
        bool flag => flag,
        float or double or decimal or sbyte or byte or short or ushort or int or uint or long or ulong => JsonValue.Create(value),
        IDictionary map => Map(map, path),
        _ when OptionTypes.IsScalar(value.GetType()) => OptionTypes.Text(value),
        IEnumerable list => List(list, path),
        _ => Record(value, path),
    };

    private JsonArray List(IEnumerable list, string path)
    {
        JsonArray json = [];
        int index = 0;
        foreach (object? item in list)
        {
            if (Value(item, $"{path}[{index++}]") is { } value)
                json.Add(value);
        }

        return json;
    }

    private JsonObject Map(IDictionary map, string path)
    {
        JsonObject json = [];
        foreach (DictionaryEntry entry in map)
        {
            if (Value(entry.Value, $"{path}.{entry.Key}") is { } value)
                json[(string)entry.Key] = value;
        }

        return json;
    }
}
