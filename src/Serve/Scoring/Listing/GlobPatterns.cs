using System.Text;
using System.Text.RegularExpressions;
using Unreel.Pipelines;

namespace Unreel.Serve.Scoring;

/// <summary>
/// Patterns of names below a folder: <c>*</c> and <c>?</c> stay within a folder, <c>**</c> crosses folders, a pattern without a slash
/// holds at any depth, and one that ends in a slash means all below. Letters must agree in case.
/// </summary>
internal sealed class GlobPatterns
{
    private readonly Regex[] _patterns;

    /// <summary>Reads patterns.</summary>
    /// <exception cref="UsageException">One is empty, or leads out of the folder.</exception>
    public GlobPatterns(IReadOnlyList<string> patterns) => _patterns = [.. patterns.Select(Translate)];

    /// <summary>Whether there are any.</summary>
    public bool Any => _patterns.Length > 0;

    /// <summary>Whether a name agrees with one of them.</summary>
    /// <param name="name">A relative path with forward slashes.</param>
    public bool Match(string name) => Array.Exists(_patterns, pattern => pattern.IsMatch(name));

    /// <summary>Whether a pattern says which extension it means, as <c>*.dat</c> does: then files need no extension of a video.</summary>
    public static bool NamesExtension(string pattern) => Path.GetExtension(pattern) is { Length: > 1 } extension && !extension.AsSpan().ContainsAny('*', '?', '/');

    private static Regex Translate(string pattern)
    {
        string text = pattern.Replace('\\', '/');
        if (text.StartsWith("./", StringComparison.Ordinal))
            text = text[2..];
        if (text.Length == 0 || text.StartsWith('/') || text.Split('/').Contains(".."))
            throw new UsageException($"The pattern '{pattern}' is none; expected one of names below the folder, such as *.mp4, walk/* or **/cam1/**.");

        if (text.EndsWith('/'))
            text += "**";
        if (!text.Contains('/', StringComparison.Ordinal))
            text = "**/" + text;
        return new Regex($"\\A{Expression(text)}\\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.Singleline);
    }

    private static StringBuilder Expression(string text)
    {
        StringBuilder expression = new();
        for (int at = 0; at < text.Length; at++)
        {
            bool folders = text.AsSpan(at).StartsWith("**/") && (at == 0 || text[at - 1] == '/');
            if (folders)
                expression.Append("(?:.*/)?");
            else if (text.AsSpan(at).StartsWith("**"))
                expression.Append(".*");
            else
                expression.Append(text[at] switch { '*' => "[^/]*", '?' => "[^/]", char other => Regex.Escape(other.ToString()) });

            at += folders ? 2 : text.AsSpan(at).StartsWith("**") ? 1 : 0;
        }

        return expression;
    }
}
