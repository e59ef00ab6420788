using System.IO.Enumeration;

namespace Unreel.Onnx;

/// <summary>Which layers stay in float because someone said so.</summary>
internal static class LayerChoice
{
    private const int MostNamed = 12;

    /// <summary>Returns the names that a pattern matches; <c>*</c> stands for any text, <c>?</c> for one character.</summary>
    /// <param name="names">The names of all layers.</param>
    /// <param name="patterns">Such as <c>blocks.0.*</c> or <c>head</c>.</param>
    /// <exception cref="PrecisionException">A pattern matches nothing.</exception>
    internal static IReadOnlySet<string> Matching(IEnumerable<string> names, IEnumerable<string> patterns)
    {
        string[] all = [.. names.Distinct()];
        var chosen = new SortedSet<string>(StringComparer.Ordinal);
        foreach (string pattern in patterns)
        {
            string[] matched = Array.FindAll(all, name => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false));
            if (matched.Length == 0)
                throw new PrecisionException($"The pattern \"{pattern}\" of layers to keep in float matches none of {all.Length}: {Some(all)}");
            chosen.UnionWith(matched);
        }

        return chosen;
    }

    private static string Some(string[] names) =>
        string.Join(", ", names.Take(MostNamed)) + (names.Length > MostNamed ? $" and {names.Length - MostNamed} more" : "");
}
