namespace Unreel.Pipelines;

/// <summary>Writes words for a POSIX shell so that it reads exactly them.</summary>
public static class ShellText
{
    private const string Plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=,@%+";

    /// <summary>A word, in single quotes unless it needs none.</summary>
    /// <exception cref="UsageException">It has a NUL, which no argument of a program can hold.</exception>
    public static string Quote(string word)
    {
        if (word.Contains('\0', StringComparison.Ordinal))
            throw new UsageException("A word of a command holds a NUL character; expected text without.");
        if (word.Length > 0 && word.All(Plain.Contains))
            return word;

        return $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";
    }

    /// <summary>A command.</summary>
    public static string Join(IEnumerable<string> words) => string.Join(' ', words.Select(Quote));
}
