using System.Buffers;
using System.Text;
using Unreel.Artifacts;
using Unreel.Serve.Http;

namespace Unreel.Serve.Registry;

/// <summary>What stands within a line of Markdown: code, emphasis, links, pictures.</summary>
/// <param name="artifact">Whose files links and pictures may name.</param>
internal sealed class MarkdownInline(Artifact artifact)
{
    // Beyond this, marks are not looked for: looking for their ends takes time by the square.
    private const int MostLetters = 20_000;

    private const int Deepest = 6;

    private static readonly SearchValues<char> Marks = SearchValues.Create("\\`![<*_");

    private static readonly string[] Schemes = ["https://", "http://", "mailto:"];

    /// <summary>A text as HTML.</summary>
    public Html Of(string text) => text.Length > MostLetters ? Html.Of($"{text}") : Of(text, 0);

    private Html Of(string text, int depth)
    {
        StringBuilder html = new();
        for (int at = 0; at < text.Length;)
        {
            (Html part, int length) = depth < Deepest ? Special(text, at, depth) : default;
            if (length == 0)
                (part, length) = Plain(text, at);
            html.Append(part.Text);
            at += length;
        }

        return new Html(html.ToString());
    }

    private (Html Part, int Length) Special(string text, int at, int depth) => text[at] switch
    {
        '\\' when at + 1 < text.Length && char.IsAsciiLetterOrDigit(text[at + 1]) is false => (Html.Of($"{text[at + 1].ToString()}"), 2),
        '`' => Code(text, at),
        '!' when at + 1 < text.Length && text[at + 1] == '[' => Link(text, at + 1, depth, isPicture: true),
        '[' => Link(text, at, depth, isPicture: false),
        '<' => Address(text, at),
        '*' or '_' => Emphasis(text, at, depth),
        _ => default,
    };

    // Up to the next character that could mean something.
    private static (Html Part, int Length) Plain(string text, int at)
    {
        int next = text.AsSpan(at + 1).IndexOfAny(Marks);
        int length = next < 0 ? text.Length - at : next + 1;
        return (Html.Lines(text.Substring(at, length)), length);
    }

    private static (Html Part, int Length) Code(string text, int at)
    {
        int ticks = 1;
        while (at + ticks < text.Length && text[at + ticks] == '`')
            ticks++;
        int end = text.IndexOf(new string('`', ticks), at + ticks, StringComparison.Ordinal);
        return end < 0 ? (new Html(new string('`', ticks)), ticks) : (Html.Of($"<code>{text[(at + ticks)..end].Trim()}</code>"), end + ticks - at);
    }

    private (Html Part, int Length) Emphasis(string text, int at, int depth)
    {
        char mark = text[at];

        // An underscore within a word is a part of its name.
        if (mark == '_' && at > 0 && char.IsLetterOrDigit(text[at - 1]))
            return default;

        int width = at + 1 < text.Length && text[at + 1] == mark ? 2 : 1;
        int from = at + width, end = from < text.Length && !char.IsWhiteSpace(text[from]) ? text.IndexOf(new string(mark, width), from + 1, StringComparison.Ordinal) : -1;
        if (end < 0)
            return (Html.Of($"{text.Substring(at, width)}"), width);

        Html inner = Of(text[from..end], depth + 1);
        return (width == 2 ? Html.Of($"<strong>{inner}</strong>") : Html.Of($"<em>{inner}</em>"), end + width - at);
    }

    private (Html Part, int Length) Link(string text, int at, int depth, bool isPicture)
    {
        int close = Close(text, at, '[', ']');
        if (close < 0 || close + 1 >= text.Length || text[close + 1] != '(')
            return default;

        int end = Close(text, close + 1, '(', ')');
        if (end < 0)
            return default;

        string said = text[(at + 1)..close], target = text[(close + 2)..end].Trim().Split(' ')[0];
        target = target is ['<', .., '>'] ? target[1..^1] : target;
        int length = end + 1 - at + (isPicture ? 1 : 0);
        Html content = isPicture ? Html.Of($"{said}") : Of(said, depth + 1);
        if (Layer(target) is { } layer)
        {
            string path = RegistryRoutes.PathOf(artifact.Reference, layer.Title!);
            return (isPicture && BlobDownload.IsPicture(layer.MediaType) ? Html.Of($"<img src=\"{path}\" alt=\"{said}\" loading=\"lazy\">") : Html.Of($"<a href=\"{path}\">{content}</a>"), length);
        }

        return (IsOutside(target) ? Html.Of($"<a href=\"{target}\" rel=\"noopener noreferrer nofollow\">{content}</a>") : content, length);
    }

    private static (Html Part, int Length) Address(string text, int at)
    {
        int end = text.IndexOf('>', at);
        return end > at + 1 && text[(at + 1)..end] is var target && IsOutside(target) && !target.Any(char.IsWhiteSpace)
            ? (Html.Of($"<a href=\"{target}\" rel=\"noopener noreferrer nofollow\">{target}</a>"), end + 1 - at)
            : default;
    }

    private Descriptor? Layer(string target)
    {
        string title = Uri.UnescapeDataString(target.StartsWith("./", StringComparison.Ordinal) ? target[2..] : target);
        return artifact.Manifest.Layers.FirstOrDefault(layer => layer.Title == title);
    }

    private static bool IsOutside(string target) => Schemes.Any(scheme => target.StartsWith(scheme, StringComparison.OrdinalIgnoreCase));

    // Where what is open at a place closes; -1 where it does not, or too far away.
    private static int Close(string text, int at, char open, char close)
    {
        const int Farthest = 4000;
        int depth = 0;
        for (int place = at; place < text.Length && place - at < Farthest; place++)
        {
            if (text[place] == open)
                depth++;
            else if (text[place] == close && --depth == 0)
                return place;
        }

        return -1;
    }
}
