using System.Text.RegularExpressions;

namespace Unreel.Video;

/// <summary>A division of a source's videos. No group has videos on both sides.</summary>
/// <param name="Train">Videos to learn from, ascending.</param>
/// <param name="Test">Videos to be tested on, ascending.</param>
/// <param name="TestGroups">The groups that are tested on, in ordinal order; empty where a file divides.</param>
public sealed record ClipSplit(IReadOnlyList<int> Train, IReadOnlyList<int> Test, IReadOnlyList<string> TestGroups)
{
    private const string Remedy = "Name the groups with split.groups and those held out with split.holdout, or list the videos in split.file.";
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Why each video counts as a group of its own although no one asked for it; null where groups are as the options say.
    /// To be shown: videos of one person may then be on both sides.
    /// </summary>
    public string? Note { get; init; }

    /// <summary>Divides the videos of a source.</summary>
    /// <exception cref="VideoException">
    /// A pattern is not valid or matches nothing, a part is empty, a class has no video in one of the parts, or the file does
    /// not name exactly the videos there are; the message names it.
    /// </exception>
    public static ClipSplit Make(IClipSource source, SplitOptions options)
    {
        if (options.Folds is not null || options.Fold is not null)
            return ClipFolds.Make(source, options)[(options.Fold ?? 1) - 1];

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

    /// <summary>The group of every video, and why each is its own where the options do not say so.</summary>
    internal static (string[] Groups, string? Note) GroupsOf(IClipSource source, SplitOptions options)
    {
        string[] groups = [.. source.Items.Select(item => GroupOf(item.Name, options))];
        string? note = options.Groups is null ? WhyNoSubjects(source, groups) : null;
        if (note is not null)
            groups = [.. source.Items.Select(static item => item.Name)];
        if (options.Groups is { } pattern && groups.Zip(source.Items).All(static pair => pair.First == pair.Second.Name))
            throw new VideoException($"The pattern for groups \"{pattern}\" matches no video; they are named like {source.Items[0].Name}.");

        return (groups, note);
    }

    private static ClipSplit ByGroups(IClipSource source, SplitOptions options)
    {
        (string[] groups, string? note) = GroupsOf(source, options);
        string[] all = [.. groups.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        string[] held = options.Holdout is { } holdout ? Matching(all, holdout) : note is null ? Chosen(all, options) : ChosenOfEach(source, options);
        var test = held.ToHashSet(StringComparer.Ordinal);
        var parts = Enumerable.Range(0, groups.Length).ToLookup(index => test.Contains(groups[index]));
        return new ClipSplit([.. parts[false]], [.. parts[true]], [.. held.Order(StringComparer.Ordinal)]) { Note = note };
    }

    // Names such as walk_01.mp4 or clip_001.mp4 give classes or nothing where the default pattern looks for people.
    private static string? WhyNoSubjects(IClipSource source, string[] groups)
    {
        const string alone = "each video counts as a group of its own (split.groups tells them apart).";
        if (groups.Length > 1 && groups.Distinct(StringComparer.Ordinal).Count() == 1)
            return $"No subjects can be read off the videos' names, all give \"{groups[0]}\": {alone}";

        ILookup<string, int> labels = Enumerable.Range(0, groups.Length).ToLookup(index => groups[index], index => source.Items[index].Label);
        for (int label = 0; label < source.Labels.Count; label++)
        {
            string[] own = [.. groups.Where((_, index) => source.Items[index].Label == label)];
            if (own.Length > 1 && Array.TrueForAll(own, group => group == own[0]) && labels[own[0]].All(other => other == label))
                return $"No subjects can be read off the videos' names, the class \"{source.Labels[label]}\" is the group \"{own[0]}\" and nothing else: {alone}";
        }

        return null;
    }

    private static string[] Matching(string[] groups, string pattern)
    {
        string[] held = Array.FindAll(groups, group => Match(group, pattern, "held-out groups", whole: true).Success);
        if (held.Length == 0)
            throw new VideoException($"The pattern for held-out groups \"{pattern}\" matches none of {Some(groups)}. {Remedy}");
        if (held.Length == groups.Length)
            throw new VideoException($"The pattern for held-out groups \"{pattern}\" matches all of {Some(groups)}: nothing is left to learn from. {Remedy}");

        return held;
    }

    private static string[] Chosen(string[] groups, SplitOptions options)
    {
        CheckShare(options);
        if (groups.Length < 2)
            throw new VideoException($"All videos are of one group, \"{groups[0]}\": there is none to hold out for the test. {Remedy}");

        return Draw(groups, options, 0);
    }

    // Videos of their own can be shared out class by class, so that chance leaves no class without any.
    private static string[] ChosenOfEach(IClipSource source, SplitOptions options)
    {
        CheckShare(options);
        return [.. source.Items.GroupBy(static item => item.Label, static item => item.Name).SelectMany(videos => Draw([.. videos], options, (ulong)(videos.Key + 1)))];
    }

    private static string[] Draw(string[] groups, SplitOptions options, ulong index)
    {
        var random = new RandomStream(options.Seed, "split", index);
        string[] order = [.. groups];
        random.Shuffle(order.AsSpan());
        return order[..Math.Clamp((int)Math.Round(options.Share * groups.Length), Math.Min(1, groups.Length - 1), groups.Length - 1)];
    }

    private static void CheckShare(SplitOptions options)
    {
        if (!(options.Share > 0 && options.Share < 1))
            throw new VideoException($"The share of groups to test on is {options.Share}, not above 0 and below 1.");
    }

    private static void Check(IClipSource source, ClipSplit split)
    {
        for (int label = 0; label < source.Labels.Count; label++)
        {
            int train = split.Train.Count(index => source.Items[index].Label == label);
            int test = split.Test.Count(index => source.Items[index].Label == label);
            if (train == 0 || test == 0)
                throw new VideoException($"The class \"{source.Labels[label]}\" has {train} videos to learn from and {test} to be tested on; it needs at least one of each, of different groups.{Advice(split)} {Remedy}");
        }

        if (split.Train.Count == 0 || split.Test.Count == 0)
            throw new VideoException($"There are {split.Train.Count} videos to learn from and {split.Test.Count} to be tested on; both parts need at least one. {Remedy}");
    }

    private static string Advice(ClipSplit split) => split.TestGroups.Count == 0 ? "" : $" Held out: {Some(split.TestGroups)}.";

    internal static string Some(IReadOnlyList<string> groups) => string.Join(", ", groups.Take(12)) + (groups.Count > 12 ? $" and {groups.Count - 12} more" : "");

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
