using System.Buffers;
using System.Text;

namespace Unreel.Serve.Scoring;

/// <summary>Comma-separated values after RFC 4180: fields with commas, quotes or line ends are quoted, quotes doubled, lines end in CR LF.</summary>
internal static class CsvText
{
    private static readonly SearchValues<char> Special = SearchValues.Create(",\"\r\n");

    /// <summary>Writes a record, line end included.</summary>
    public static string Record(IEnumerable<string> fields) => string.Join(',', fields.Select(Field)) + "\r\n";

    /// <summary>Reads the fields of a record in UTF-8, its line end included or not.</summary>
    public static List<string> Fields(ReadOnlySpan<byte> record)
    {
        List<string> fields = [];
        int start = 0;
        bool quoted = false;
        record = record.TrimEnd("\r\n"u8);
        for (int at = 0; at < record.Length; at++)
        {
            if (record[at] == '"')
            {
                quoted = !quoted;
            }
            else if (!quoted && record[at] == ',')
            {
                fields.Add(Unquote(record[start..at]));
                start = at + 1;
            }
        }

        fields.Add(Unquote(record[start..]));
        return fields;
    }

    private static string Field(string text) =>
        text.AsSpan().ContainsAny(Special) ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;

    private static string Unquote(ReadOnlySpan<byte> field)
    {
        string text = Encoding.UTF8.GetString(field);
        return text is ['"', .. string inner, '"'] ? inner.Replace("\"\"", "\"", StringComparison.Ordinal) : text;
    }
}
