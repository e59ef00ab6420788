using System.Globalization;
using System.Text.RegularExpressions;

namespace Unreel.Pipelines;

/// <summary>Durations as people write them: <c>90s</c>, <c>5m</c>, <c>1h30m</c>, <c>2d</c>, <c>250ms</c>.</summary>
public static partial class Durations
{
    /// <summary>Reads a duration.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        Match match = Pattern().Match(text);
        if (!match.Success || text.Length == 0)
            return false;

        double seconds = Part(match, "d") * 86400 + Part(match, "h") * 3600 + Part(match, "m") * 60 + Part(match, "s") + Part(match, "ms") / 1000;
        if (seconds > TimeSpan.MaxValue.TotalSeconds)
            return false;
        duration = TimeSpan.FromSeconds(seconds);
        return true;
    }

    /// <summary>Writes a duration in the largest units that fit.</summary>
    public static string Format(TimeSpan duration)
    {
        string text = string.Empty;
        if (duration.Days != 0)
            text += $"{duration.Days}d";
        if (duration.Hours != 0)
            text += $"{duration.Hours}h";
        if (duration.Minutes != 0)
            text += $"{duration.Minutes}m";
        double seconds = duration.TotalSeconds - Math.Truncate(duration.TotalMinutes) * 60;
        return text.Length == 0 || seconds > 0 ? text + seconds.ToString("0.#######", CultureInfo.InvariantCulture) + "s" : text;
    }

    private static double Part(Match match, string unit) =>
        match.Groups[unit].Success ? double.Parse(match.Groups[unit].Value, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"\A(?:(?<d>[0-9]+(\.[0-9]+)?)d)?(?:(?<h>[0-9]+(\.[0-9]+)?)h)?(?:(?<m>[0-9]+(\.[0-9]+)?)m)?(?:(?<s>[0-9]+(\.[0-9]+)?)s)?(?:(?<ms>[0-9]+(\.[0-9]+)?)ms)?\z", RegexOptions.ExplicitCapture)]
    private static partial Regex Pattern();
}
