using System.Buffers;
using Unreel.Pipelines;

namespace Unreel.Cli.Commands;

/// <summary>
/// A stage's options on the command line: <c>--batch-size 8</c> is <c>--set batch_size=8</c>, and an option that takes a list
/// may be given several times. Which values there are is the stage's business.
/// </summary>
/// <param name="options">The stage's options.</param>
/// <param name="others">The names of the command's own, for suggestions.</param>
internal sealed class StageOptions(IReadOnlyList<OptionDescription> options, IReadOnlyList<string> others)
{
    private const string Prefix = "--";

    // What means something to YAML.
    private static readonly SearchValues<char> Special = SearchValues.Create(",[]{}#'\"&*!|>%@`");

    /// <summary>An option's name on the command line, without the dashes before it.</summary>
    public static string Dashed(string name) => name.Replace('_', '-');

    /// <summary>What <c>--set</c> would say for the words that the command itself does not know.</summary>
    /// <exception cref="UsageException">A word is no option of the stage, or an option has no value or too many.</exception>
    public IEnumerable<string> ToSets(IReadOnlyList<string> words)
    {
        foreach (IGrouping<string, string> given in Pairs(words).ToLookup(pair => pair.Name, pair => pair.Value))
        {
            string[] values = [.. given];
            if (Find(given.Key).IsList && !(values is [string only] && only.StartsWith('[')))
                yield return $"{given.Key}=[{string.Join(", ", values.Select(Quoted))}]";
            else
                yield return values.Length == 1 ? $"{given.Key}={Plain(values[0])}" : throw new UsageException($"--{Dashed(given.Key)} is given {values.Length} times; expected once.");
        }
    }

    private OptionDescription Find(string name) =>
        options.FirstOrDefault(option => option.Name == name || name.StartsWith(option.Name + ".", StringComparison.Ordinal))
        ?? throw new UsageException($"--{Dashed(name)} is no option here{Suggestion.For(Prefix + Dashed(name), [.. options.Select(option => Prefix + Dashed(option.Name)), .. others])}");

    // Lists and mappings are YAML; everything else is taken as it stands.
    private static string Plain(string value) => value is ['[' or '{', ..] || !NeedsQuotes(value) ? value : Quoted(value);

    private static string Quoted(string value) => NeedsQuotes(value) ? $"'{value.Replace("'", "''", StringComparison.Ordinal)}'" : value;

    private static bool NeedsQuotes(string value) => value.Length > 0 && (value.AsSpan().ContainsAny(Special) || value.Contains(": ", StringComparison.Ordinal) || value != value.Trim());

    private static IEnumerable<(string Name, string Value)> Pairs(IReadOnlyList<string> words)
    {
        for (int i = 0; i < words.Count; i++)
        {
            if (!words[i].StartsWith(Prefix, StringComparison.Ordinal) || words[i].Length == Prefix.Length)
                throw new UsageException($"'{words[i]}' is no option; expected --option value.");

            string word = words[i][Prefix.Length..];
            int equals = word.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0 && (i + 1 == words.Count || words[i + 1].StartsWith(Prefix, StringComparison.Ordinal)))
                throw new UsageException($"{words[i]} has no value; expected {words[i]} VALUE.");

            string name = equals < 0 ? word : word[..equals];
            yield return (name.Replace('-', '_'), equals < 0 ? words[++i] : word[(equals + 1)..]);
        }
    }
}
