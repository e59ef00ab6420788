using Unreel.Serve.Http;
using Unreel.Serve.Pages;

namespace Unreel.Serve.Registry;

/// <summary>Tables of Markdown: a head, a line of dashes and colons, rows.</summary>
internal static class MarkdownTable
{
    /// <summary>Whether two lines begin a table.</summary>
    public static bool IsHead(string first, string second) =>
        first.Contains('|', StringComparison.Ordinal) && second.Contains('-', StringComparison.Ordinal) && second.Contains('|', StringComparison.Ordinal) && second.All(letter => letter is '|' or '-' or ':' or ' ');

    /// <summary>Adds the table and returns how many lines it had.</summary>
    public static int Add(ReadOnlySpan<string> lines, MarkdownInline inline, List<Html> blocks)
    {
        int end = 2;
        while (end < lines.Length && lines[end].Contains('|', StringComparison.Ordinal))
            end++;

        string[] head = Cells(lines[0]);
        bool[] numbers = [.. Cells(lines[1]).Select(cell => cell.EndsWith(':'))];
        Html Cell(string text, int place, string name) => place < numbers.Length && numbers[place]
            ? Html.Of($"<{new Html(name)} class=\"number\">{inline.Of(text)}</{new Html(name)}>")
            : Html.Of($"<{new Html(name)}>{inline.Of(text)}</{new Html(name)}>");
        IEnumerable<Html> rows = lines[2..end].ToArray().Select(line => Html.Of($"<tr>{Html.Join(Cells(line).Take(head.Length).Select((cell, place) => Cell(cell, place, "td")))}</tr>"));
        blocks.Add(Tables.Of("Table", Html.Join(head.Select((cell, place) => Cell(cell, place, "th"))), rows, string.Empty));
        return end;
    }

    private static string[] Cells(string line)
    {
        string inner = line.Trim();
        inner = inner.StartsWith('|') ? inner[1..] : inner;
        inner = inner.EndsWith('|') && !inner.EndsWith("\\|", StringComparison.Ordinal) ? inner[..^1] : inner;
        return [.. inner.Replace("\\|", "\0", StringComparison.Ordinal).Split('|').Select(cell => cell.Replace('\0', '|').Trim())];
    }
}
