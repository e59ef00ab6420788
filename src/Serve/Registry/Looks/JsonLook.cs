using System.Globalization;
using System.Text.Json;
using Unreel.Serve.Http;
using Unreel.Serve.Pages;

namespace Unreel.Serve.Registry;

/// <summary>Shows any JSON document as tables: single values by their path, and every list of objects as a table of its own.</summary>
internal static class JsonLook
{
    private const int MostFacts = 80, MostTables = 12, MostRows = 60, MostColumns = 14, MostText = 120, MostItems = 12, Deepest = 6;

    /// <summary>The tables; a sentence where the bytes are no JSON.</summary>
    public static Html Of(string title, byte[] bytes)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes);
            List<Html> facts = [], tables = [];
            Walk(document.RootElement, string.Empty, 0, facts, tables, title);
            return Html.Of($"{Tables.Facts($"Values of {title}", facts.Take(MostFacts))}{Html.Join(tables.Take(MostTables))}{LeftOut(facts.Count - MostFacts, "values")}{LeftOut(tables.Count - MostTables, "tables")}");
        }
        catch (JsonException problem)
        {
            return Html.Of($"<p class=\"error\">{title} is not JSON: {problem.Message}</p>");
        }
    }

    private static Html LeftOut(int count, string what) => count <= 0 ? Html.Empty : Html.Of($"<p class=\"note\">and {count} more {what}, in the file</p>");

    private static void Walk(JsonElement element, string path, int depth, List<Html> facts, List<Html> tables, string title)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object when depth < Deepest:
                foreach (JsonProperty member in element.EnumerateObject())
                    Walk(member.Value, path.Length == 0 ? member.Name : $"{path}.{member.Name}", depth + 1, facts, tables, title);
                break;
            case JsonValueKind.Array when IsTable(element):
                tables.Add(Table(element, path.Length == 0 ? title : path));
                break;
            default:
                facts.Add(Tables.Fact(path.Length == 0 ? title : path, Text(element)));
                break;
        }
    }

    private static bool IsTable(JsonElement list) => list.GetArrayLength() > 0 && list.EnumerateArray().All(row => row.ValueKind == JsonValueKind.Object);

    private static Html Table(JsonElement list, string name)
    {
        string[] columns = [.. list.EnumerateArray().Take(MostRows).SelectMany(row => row.EnumerateObject().Select(member => member.Name)).Distinct().Take(MostColumns)];
        bool[] numbers = [.. columns.Select(column => list.EnumerateArray().Take(MostRows).All(row => !row.TryGetProperty(column, out JsonElement value) || value.ValueKind is JsonValueKind.Number or JsonValueKind.Null))];
        Html head = Tables.Head([.. columns.Select((column, place) => (numbers[place] ? "#" : string.Empty) + column)]);
        IEnumerable<Html> rows = list.EnumerateArray().Take(MostRows).Select(row => Html.Of($"<tr>{Html.Join(columns.Select((column, place) => Cell(row, column, numbers[place])))}</tr>"));
        return Html.Of($"<h3>{name}</h3>{Tables.Of(name, head, rows, string.Empty)}{LeftOut(list.GetArrayLength() - MostRows, "rows")}");
    }

    private static Html Cell(JsonElement row, string column, bool isNumber)
    {
        string text = row.TryGetProperty(column, out JsonElement value) ? Text(value) : string.Empty;
        return isNumber ? Html.Of($"<td class=\"number\">{text}</td>") : Html.Of($"<td>{text}</td>");
    }

    /// <summary>A value in few words.</summary>
    public static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined => "–",
        JsonValueKind.True => "yes",
        JsonValueKind.False => "no",
        JsonValueKind.String => Short(value.GetString()!),
        JsonValueKind.Number => value.TryGetInt64(out long whole) ? whole.ToString(CultureInfo.InvariantCulture) : Figures.Value(value.GetDouble()),
        JsonValueKind.Array when value.GetArrayLength() > MostItems || value.EnumerateArray().Any(item => item.ValueKind is JsonValueKind.Array or JsonValueKind.Object) =>
            string.Create(CultureInfo.InvariantCulture, $"{value.GetArrayLength()} values"),
        JsonValueKind.Array => Short(string.Join(", ", value.EnumerateArray().Select(Text))),
        _ => Short(string.Join(", ", value.EnumerateObject().Take(MostItems).Select(member => $"{member.Name} {Text(member.Value)}"))),
    };

    private static string Short(string text) => text.Length <= MostText ? text : text[..MostText] + "…";
}
