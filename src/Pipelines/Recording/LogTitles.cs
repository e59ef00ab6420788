using System.Globalization;

namespace Unreel.Pipelines;

/// <summary>Names the logs of stages: <c>pretrain.log</c>, <c>pretrain-seed=1.log</c>; plain names, each once, whatever a matrix has for values.</summary>
internal static class LogTitles
{
    private const int Longest = 100;

    /// <summary>The title of each stage's log, by the stage's id.</summary>
    public static IReadOnlyDictionary<string, string> Of(IEnumerable<string> ids)
    {
        Dictionary<string, string> titles = [];
        HashSet<string> taken = [];
        foreach (string id in ids)
        {
            string plain = Plain(id);
            string title = plain + ".log";
            for (int again = 2; !taken.Add(title); again++)
                title = string.Create(CultureInfo.InvariantCulture, $"{plain}-{again}.log");
            titles[id] = title;
        }

        return titles;
    }

    private static string Plain(string id)
    {
        char[] safe = [.. id.Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '=' or '.' ? c : ' ')];
        string plain = string.Join('-', new string(safe).Split(' ', StringSplitOptions.RemoveEmptyEntries)).Trim('.');
        return plain.Length > Longest ? plain[..Longest] : plain;
    }
}
