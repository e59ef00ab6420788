using Unreel.Pipelines;

namespace Unreel.Cli.Commands;

/// <summary>
/// A stage's options on the command line: <c>--batch-size 8</c> is <c>--set batch_size=8</c>, and an option that takes a list
/// may be given several times. Which names there are, and what they may be, is the stage's business.
/// </summary>
internal static class StageOptions
{
    private const string Prefix = "--";

    /// <summary>What <c>--set</c> would say for the words that the command itself does not know.</summary>
    /// <exception cref="UsageException">A word is no option, or an option has no value.</exception>
    public static IEnumerable<string> ToSets(IReadOnlyList<string> words, IReadOnlyList<OptionDescription> options)
    {
        ILookup<string, string> values = Pairs(words).ToLookup(pair => pair.Name, pair => pair.Value);
        foreach (IGrouping<string, string> given in values)
        {
            OptionDescription? option = options.FirstOrDefault(option => option.Name == given.Key);
            if (option is { IsList: true } && !(given.Count() == 1 && given.First().StartsWith('[')))
                yield return $"{given.Key}=[{string.Join(", ", given)}]";
            else if (given.Count() == 1)
                yield return $"{given.Key}={given.First()}";
            else
                throw new UsageException($"--{Dashed(given.Key)} is given {given.Count()} times; expected once.");
        }
    }

    /// <summary>An option's name on the command line, without the dashes before it.</summary>
    public static string Dashed(string name) => name.Replace('_', '-');

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
