using System.Globalization;
using System.Text;

namespace Unreel.Serve.Observability;

/// <summary>Text of callers in lines of the log: what would begin a line of its own, or speak to a terminal, is written out.</summary>
internal static class LogText
{
    /// <summary>Writes control characters as <c>\n</c>, <c>\u001b</c> and so on.</summary>
    /// <param name="text">The text.</param>
    /// <param name="indent">Put before each line where line breaks are kept, for stack traces; null where they are written out too.</param>
    public static string Escape(string text, string? indent = null)
    {
        if (!text.Any(NeedsEscape))
            return text;

        StringBuilder escaped = new(text.Length + 16);
        foreach (char letter in text)
        {
            if (letter == '\n' && indent is not null)
                escaped.Append('\n').Append(indent);
            else if (NeedsEscape(letter))
                escaped.Append(Written(letter));
            else
                escaped.Append(letter);
        }

        return escaped.ToString();
    }

    // Control characters, line and paragraph separators, and those that turn the direction of writing.
    private static bool NeedsEscape(char letter) =>
        char.IsControl(letter) || CharUnicodeInfo.GetUnicodeCategory(letter) is UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Format;

    private static string Written(char letter) => letter switch
    {
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        _ => $"\\u{(int)letter:x4}",
    };
}
