using System.Text;
using Unreel.Artifacts;
using Unreel.Serve.Http;

namespace Unreel.Serve.Registry;

/// <summary>
/// Shows Markdown: headings, paragraphs, lists, quotes, code, tables, rules, links, pictures of the same artifact. HTML in it is text; links
/// lead to http, https, mail or files of the artifact and nowhere else.
/// </summary>
/// <param name="artifact">Whose files links and pictures may name.</param>
/// <param name="without">The heading of a section to be left out, and the name of a picture, letters' case aside; null leaves out nothing.</param>
internal sealed class MarkdownLook(Artifact artifact, string? without = null)
{
    /// <summary>How many bytes are shown at most.</summary>
    public const int MostBytes = 256 << 10;

    private const int Deepest = 8, TopLevel = 3, LowestLevel = 6;

    private readonly MarkdownInline _inline = new(artifact);
    private int _shift, _last;

    /// <summary>The document as HTML; its headings begin at the third level.</summary>
    public Html Show(byte[] bytes)
    {
        string[] lines = Encoding.UTF8.GetString(bytes.AsSpan(0, Math.Min(bytes.Length, MostBytes))).TrimStart('\uFEFF').ReplaceLineEndings("\n").Split('\n');
        if (without is not null)
            lines = [.. Without(lines, without)];
        Html matter = FrontMatter(ref lines);
        int[] levels = [.. lines.Select(LevelOf).Where(level => level > 0)];
        (_shift, _last) = (levels.Length == 0 ? 0 : TopLevel - levels.Min(), TopLevel - 1);
        Html cut = bytes.Length > MostBytes ? Html.Of($"<p class=\"note\">Only the first {Figures.Size(MostBytes)} are shown.</p>") : Html.Empty;
        return Html.Of($"<div class=\"markdown\">{matter}{Blocks(lines, 0)}{cut}</div>");
    }

    // A section ends at the next heading.
    private static IEnumerable<string> Without(string[] lines, string name)
    {
        bool isIn = false;
        foreach (string line in lines)
        {
            if (LevelOf(line) is > 0 and var level)
                isIn = line[level..].Trim().Equals(name, StringComparison.OrdinalIgnoreCase);
            if (!isIn && !line.Trim().StartsWith($"![{name}](", StringComparison.OrdinalIgnoreCase))
                yield return line;
        }
    }

    // Cards of models begin with a block of YAML between two lines of dashes.
    private static Html FrontMatter(ref string[] lines)
    {
        int end = lines is ["---", ..] ? Array.IndexOf(lines, "---", 1) : -1;
        if (end < 0)
            return Html.Empty;

        string matter = string.Join('\n', lines[1..end]);
        lines = lines[(end + 1)..];
        return Html.Of($"<details><summary>Data of the card</summary><pre>{Html.Lines(matter)}</pre></details>");
    }

    private Html Blocks(ReadOnlySpan<string> lines, int depth)
    {
        List<Html> blocks = [];
        for (int at = 0; at < lines.Length;)
            at += Block(lines[at..], depth, blocks);
        return Html.Join(blocks, "\n");
    }

    /// <summary>Takes one block and returns how many lines it had.</summary>
    private int Block(ReadOnlySpan<string> lines, int depth, List<Html> blocks)
    {
        string line = lines[0].TrimStart();
        if (line.Length == 0)
            return 1;
        if (line.StartsWith("```", StringComparison.Ordinal) || line.StartsWith("~~~", StringComparison.Ordinal))
            return Code(lines, line[..3], blocks);
        if (LevelOf(line) is > 0 and var level)
            return Heading(line, level, blocks);
        if (IsRule(line))
            return Add(blocks, new Html("<hr>"), 1);
        if (lines.Length > 1 && MarkdownTable.IsHead(line, lines[1]))
            return MarkdownTable.Add(lines, _inline, blocks);
        if (line[0] == '>' && depth < Deepest)
            return Quote(lines, depth, blocks);
        if (Bullet(line) > 0 && depth < Deepest)
            return List(lines, depth, blocks);

        return Paragraph(lines, blocks);
    }

    private static int Add(List<Html> blocks, Html block, int lines)
    {
        blocks.Add(block);
        return lines;
    }

    private static int Code(ReadOnlySpan<string> lines, string fence, List<Html> blocks)
    {
        int end = 1;
        while (end < lines.Length && !lines[end].TrimStart().StartsWith(fence, StringComparison.Ordinal))
            end++;
        return Add(blocks, Html.Of($"<pre tabindex=\"0\"><code>{Html.Lines(string.Join('\n', lines[1..end].ToArray()))}</code></pre>"), Math.Min(lines.Length, end + 1));
    }

    // Levels neither begin too high nor leave any out: readers of the screen go by them.
    private int Heading(string line, int level, List<Html> blocks)
    {
        int shown = Math.Clamp(level + _shift, TopLevel, Math.Min(LowestLevel, _last + 1));
        _last = shown;
        return Add(blocks, Html.Of($"<h{shown}>{_inline.Of(line[level..].Trim().TrimEnd('#').TrimEnd())}</h{shown}>"), 1);
    }

    private int Quote(ReadOnlySpan<string> lines, int depth, List<Html> blocks)
    {
        int end = 0;
        while (end < lines.Length && lines[end].TrimStart() is ['>', ..])
            end++;
        string[] inner = [.. lines[..end].ToArray().Select(line => line.TrimStart()[1..]).Select(line => line is [' ', ..] ? line[1..] : line)];
        return Add(blocks, Html.Of($"<blockquote>{Blocks(inner, depth + 1)}</blockquote>"), end);
    }

    private int List(ReadOnlySpan<string> lines, int depth, List<Html> blocks)
    {
        bool isOrdered = char.IsAsciiDigit(lines[0].TrimStart()[0]);
        int indent = Indent(lines[0]), at = 0;
        List<Html> items = [];
        while (at < lines.Length && Indent(lines[at]) == indent && Bullet(lines[at].TrimStart()) is > 0 and var width && char.IsAsciiDigit(lines[at].TrimStart()[0]) == isOrdered)
        {
            List<string> item = [lines[at++].TrimStart()[width..]];
            while (at < lines.Length && (Indent(lines[at]) > indent || (lines[at].Trim().Length == 0 && at + 1 < lines.Length && Indent(lines[at + 1]) > indent)))
                item.Add(lines[at++][Math.Min(indent + width, Indent(lines[at - 1]))..]);
            items.Add(Html.Of($"<li>{(item.Count == 1 ? _inline.Of(item[0]) : Blocks(item.ToArray(), depth + 1))}</li>"));
        }

        return Add(blocks, isOrdered ? Html.Of($"<ol>{Html.Join(items)}</ol>") : Html.Of($"<ul>{Html.Join(items)}</ul>"), at);
    }

    private int Paragraph(ReadOnlySpan<string> lines, List<Html> blocks)
    {
        int end = 1;
        while (end < lines.Length && lines[end].Trim() is { Length: > 0 } next && LevelOf(next) == 0 && Bullet(next) == 0 && next[0] != '>' && !next.StartsWith("```", StringComparison.Ordinal) && !IsRule(next))
            end++;
        return Add(blocks, Html.Of($"<p>{_inline.Of(string.Join('\n', lines[..end].ToArray()).Trim())}</p>"), end);
    }

    private static int LevelOf(string line)
    {
        int level = 0;
        while (level < line.Length && line[level] == '#')
            level++;
        return level is > 0 and <= 6 && level < line.Length && line[level] == ' ' ? level : 0;
    }

    private static bool IsRule(string line) => line.Trim() is { Length: >= 3 } text && text[0] is '-' or '*' or '_' && line.Trim().Trim(line.Trim()[0]).Trim().Length == 0 && line.Trim().Length >= 3;

    private static int Indent(string line) => line.Length - line.TrimStart().Length;

    /// <summary>How many characters a list's mark has, its space included; 0 where there is none.</summary>
    private static int Bullet(string line)
    {
        if (line is ['-' or '*' or '+', ' ', ..])
            return 2;

        int digits = 0;
        while (digits < line.Length && digits < 9 && char.IsAsciiDigit(line[digits]))
            digits++;
        return digits > 0 && digits + 1 < line.Length && line[digits] is '.' or ')' && line[digits + 1] == ' ' ? digits + 2 : 0;
    }
}
