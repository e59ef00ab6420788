using System.Text;
using Unreel.Serve.Http;
using Unreel.Serve.Pages;

namespace Unreel.Serve.Registry;

/// <summary>Reads tables as they lie in artifacts: comma separated (RFC 4180), or lists of a file and its label with a space between.</summary>
internal static class TableReader
{
    private const int MostRows = 60, MostColumns = 20;

    /// <summary>The rows, the head among them.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="most">How many rows at most.</param>
    public static IReadOnlyList<string[]> Read(byte[] bytes, int most = int.MaxValue)
    {
        string text = Encoding.UTF8.GetString(bytes).TrimStart('\uFEFF');
        char divider = text.AsSpan(0, Math.Max(0, text.IndexOf('\n', StringComparison.Ordinal))).Contains(',') ? ',' : ' ';
        List<string[]> rows = [];
        List<string> row = [];
        StringBuilder cell = new();
        bool quoted = false;
        for (int at = 0; at < text.Length && rows.Count < most; at++)
        {
            char letter = text[at];
            if (letter == '"' && quoted && at + 1 < text.Length && text[at + 1] == '"')
                cell.Append(text[++at]);
            else if (letter == '"' && (quoted || cell.Length == 0))
                quoted = !quoted;
            else if (letter == divider && !quoted)
                Next(row, cell);
            else if (letter == '\n' && !quoted)
                End(rows, row, cell);
            else if (letter != '\r' || quoted)
                cell.Append(letter);
        }

        if (rows.Count < most)
            End(rows, row, cell);
        return rows;
    }

    /// <summary>Shows the first rows.</summary>
    public static Html Show(string title, byte[] bytes)
    {
        IReadOnlyList<string[]> rows = Read(bytes, MostRows + 2);
        if (rows.Count == 0)
            return Html.Empty;

        // A list of videos and labels has no head.
        bool hasHead = rows.Count > 1 && !rows[0][0].Contains('.', StringComparison.Ordinal);
        Html head = hasHead ? Tables.Head([.. rows[0].Take(MostColumns)]) : Tables.Head([.. rows[0].Take(MostColumns).Select((_, place) => place == 0 ? "file" : "label")]);
        IEnumerable<Html> body = rows.Skip(hasHead ? 1 : 0).Take(MostRows).Select(row => Html.Of($"<tr>{Html.Join(row.Take(MostColumns).Select(cell => Html.Of($"<td>{cell}</td>")))}</tr>"));
        Html more = rows.Count > MostRows + 1 ? Html.Of($"<p class=\"note\">The first {MostRows} rows; the rest is in the file.</p>") : Html.Empty;
        return Html.Of($"{Tables.Of(title, head, body, string.Empty)}{more}");
    }

    private static void Next(List<string> row, StringBuilder cell)
    {
        row.Add(cell.ToString());
        cell.Clear();
    }

    private static void End(List<string[]> rows, List<string> row, StringBuilder cell)
    {
        if (row.Count == 0 && cell.Length == 0)
            return;

        Next(row, cell);
        rows.Add([.. row]);
        row.Clear();
    }
}
