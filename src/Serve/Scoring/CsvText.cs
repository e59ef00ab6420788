using System.Buffers;
using System.Text;

namespace Unreel.Serve.Scoring;

/// <summary>Comma-separated values after RFC 4180: fields with commas, quotes or line ends are quoted, quotes doubled, lines end in CR LF.</summary>
internal static class CsvText
{
    private static readonly SearchValues<char> Special = SearchValues.Create(",\"\r\n");

    /// <summary>Writes a record, line end included.</summary>
    public static string Record(IEnumerable<string> fields) => string.Join(',', fields.Select(Field)) + "\r\n";

    /// <summary>Reads whole records out of UTF-8; a last one without its line end is left out.</summary>
    /// <returns>The fields of each record and the offset after it.</returns>
    public static List<(List<string> Fields, int End)> Records(ReadOnlySpan<byte> utf8)
    {
        List<(List<string>, int)> records = [];
        List<string> fields = [];
        int start = 0;
        bool quoted = false;
        for (int at = 0; at < utf8.Length; at++)
        {
            if (utf8[at] == '"')
                quoted = !quoted;
            else if (!quoted && utf8[at] is (byte)',' or (byte)'\n')
            {
                fields.Add(Unquote(utf8[start..at]));
                start = at + 1;
                if (utf8[at] == '\n')
                {
                    records.Add((fields, start));
                    fields = [];
                }
            }
        }

        return records;
    }

    private static string Field(string text) =>
        text.AsSpan().ContainsAny(Special) ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;

    private static string Unquote(ReadOnlySpan<byte> field)
    {
        string text = Encoding.UTF8.GetString(field);
        if (text.EndsWith('\r'))
            text = text[..^1];

        return text is ['"', .. string inner, '"'] ? inner.Replace("\"\"", "\"", StringComparison.Ordinal) : text;
    }
}
