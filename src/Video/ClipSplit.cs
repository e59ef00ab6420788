using System.Text.RegularExpressions;

namespace Unreel.Video;

/// <summary>A division of a source's videos. No group has videos on both sides.</summary>
/// <param name="Train">Videos to learn from, ascending.</param>
/// <param name="Test">Videos to be tested on, ascending.</param>
/// <param name="TestGroups">The groups that are tested on, in ordinal order; empty where a file divides.</param>
public sealed record ClipSplit(IReadOnlyList<int> Train, IReadOnlyList<int> Test, IReadOnlyList<string> TestGroups)
{
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromSeconds(1);

    /// <summary>Divides the videos of a source.</summary>
    /// <exception cref="VideoException">
    /// A pattern is not valid or matches nothing, a part is empty, a class has no video in one of the parts, or the file does
    /// not name exactly the videos there are; the message names it.
    /// </exception>
    public static ClipSplit Make(IClipSource source, SplitOptions options)
    {
        ClipSplit split = options.File is { } file ? SplitFile.Read(source, file.FullName) : ByGroups(source, options);
        Check(source, split);
        return split;
    }

    /// <summary>The group of a video, by the pattern of <paramref name="options"/>.</summary>
    public static string GroupOf(string name, SplitOptions options)
    {
        string file = name[(name.LastIndexOf('/') + 1)..];
        Match match = Match(file, options.Groups ?? SplitOptions.DefaultGroups, "groups");
        return match.Groups.Values.Skip(1).FirstOrDefault(static group => group.Success)?.Value ?? (match.Success && match.Groups.Count == 1 ? match.Value : name);
    }

    private static ClipSplit ByGroups(IClipSource source, SplitOptions options)
    {
        string[] groups = [.. source.Items.Select(item => GroupOf(item.Name, options))];
        string[] all = [.. groups.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (options.Groups is { } pattern && groups.Zip(source.Items).All(static pair => pair.First == pair.Second.Name))
            throw new VideoException($"The pattern for groups \"{pattern}\" matches no video; they are named like {source.Items[0].Name}.");

        string[] held = options.Holdout is { } holdout ? Matching(all, holdout) : Chosen(all, options);
        var test = held.ToHashSet(StringComparer.Ordinal);
        var parts = Enumerable.Range(0, groups.Length).ToLookup(index => test.Contains(groups[index]));
        return new ClipSplit([.. parts[false]], [.. parts[true]], [.. held.Order(StringComparer.Ordinal)]);
    }

    private static string[] Matching(string[] groups, string pattern)
    {
        string[] held = Array.FindAll(groups, group => Match(group, pattern, "held-out groups", whole: true).Success);
        if (held.Length == 0)
            throw new VideoException($"The pattern for held-out groups \"{pattern}\" matches none of {Some(groups)}.");
        if (held.Length == groups.Length)
            throw new VideoException($"The pattern for held-out groups \"{pattern}\" matches all of {Some(groups)}: nothing is left to learn from.");

        return held;
    }

    private static string[] Chosen(string[] groups, SplitOptions options)
    {
        if (!(options.Share > 0 && options.Share < 1))
            throw new VideoException($"The share of groups to test on is {options.Share}, not above 0 and below 1.");
        if (groups.Length < 2)
            throw new VideoException($"All videos are of one group, \"{groups[0]}\": there is none to hold out for the test.");

        var random = new RandomStream(options.Seed, "split", 0);
        string[] order = [.. groups];
        random.Shuffle(order.AsSpan());
        return order[..Math.Clamp((int)Math.Round(options.Share * groups.Length), 1, groups.Length - 1)];
    }

    private static void Check(IClipSource source, ClipSplit split)
    {
        for (int label = 0; label < source.Labels.Count; label++)
        {
            int train = split.Train.Count(index => source.Items[index].Label == label);
            int test = split.Test.Count(index => source.Items[index].Label == label);
            if (train == 0 || test == 0)
                throw new VideoException($"The class \"{source.Labels[label]}\" has {train} videos to learn from and {test} to be tested on; it needs at least one of each, of different groups.{Advice(split)}");
        }

        if (split.Train.Count == 0 || split.Test.Count == 0)
            throw new VideoException($"There are {split.Train.Count} videos to learn from and {split.Test.Count} to be tested on; both parts need at least one.");
    }

    private static string Advice(ClipSplit split) => split.TestGroups.Count == 0 ? "" : $" Held out: {Some(split.TestGroups)}.";

    private static string Some(IReadOnlyList<string> groups) => string.Join(", ", groups.Take(12)) + (groups.Count > 12 ? $" and {groups.Count - 12} more" : "");

    private static Match Match(string text, string pattern, string what, bool whole = false)
    {
        try
        {
            var regex = new Regex(pattern, RegexOptions.CultureInvariant, MatchTimeout);
            return whole ? Regex.Match(text, $@"\A(?:{regex})\z", RegexOptions.CultureInvariant, MatchTimeout) : regex.Match(text);
        }
        catch (RegexParseException error)
        {
            throw new VideoException($"The pattern for {what} \"{pattern}\" is not a valid regular expression: {error.Message}", error);
        }
        catch (RegexMatchTimeoutException error)
        {
            throw new VideoException($"The pattern for {what} \"{pattern}\" takes too long on \"{text}\".", error);
        }
    }
}
