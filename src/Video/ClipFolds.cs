using System.Globalization;

namespace Unreel.Video;

/// <summary>Divides a source's videos into folds, each of which is the test part once (cross-validation). A group lies in one fold.</summary>
public static class ClipFolds
{
    private const string All = "all";
    private const string Purpose = "folds";

    /// <summary>Makes one division a fold, in the order of the folds.</summary>
    /// <remarks>A fold may lack a class: a subject who never did an action can still be left out.</remarks>
    /// <exception cref="VideoException">The options contradict each other, there are fewer groups than folds, or a class lies in one fold only; the message says what was expected.</exception>
    public static IReadOnlyList<ClipSplit> Make(IClipSource source, SplitOptions options)
    {
        CheckAlone(options);
        (string[] groups, string? note) = ClipSplit.GroupsOf(source, options);
        string[] names = [.. groups.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        int folds = Count(options, names);
        if (options.Fold is { } fold && (fold < 1 || fold > folds))
            throw new VideoException($"split.fold is {fold}; expected 1 to {folds}, the number of folds.");

        Dictionary<string, int> places = folds == names.Length ? names.Index().ToDictionary(static pair => pair.Item, static pair => pair.Index, StringComparer.Ordinal)
            : names.Length == source.Items.Count ? ByClass(source, groups, folds, options.Seed)
            : BySize(groups, names, folds, options.Seed);
        return [.. Enumerable.Range(0, folds).Select(number => Split(source, groups, note, places, number))];
    }

    private static void CheckAlone(SplitOptions options)
    {
        if (options.Folds is null)
            throw new VideoException($"split.fold is {options.Fold}, but split.folds does not say into how many the groups are divided.");
        if ((options.Holdout ?? options.File?.Name) is { } other)
            throw new VideoException($"split.folds says that every fold is held out once, and split.{(options.Holdout is null ? "file" : "holdout")} (\"{other}\") what is held out; give one of them.");
    }

    private static int Count(SplitOptions options, string[] names)
    {
        if (options.Folds == All)
            return names.Length > 1 ? names.Length : throw new VideoException($"split.folds: all videos are of one group, \"{names[0]}\"; at least 2 are needed. Name the groups with split.groups.");
        if (!int.TryParse(options.Folds, NumberStyles.None, CultureInfo.InvariantCulture, out int folds) || folds < 2)
            throw new VideoException($"split.folds is \"{options.Folds}\"; expected a whole number from 2, or \"{All}\" for one fold a group.");

        return folds <= names.Length ? folds : throw new VideoException($"split.folds is {folds}, but there are {names.Length} groups: {ClipSplit.Some(names)}.");
    }

    // Every class is dealt out on its own, going on where the class before it ended, so that folds have alike numbers of all.
    private static Dictionary<string, int> ByClass(IClipSource source, string[] groups, int folds, ulong seed)
    {
        Dictionary<string, int> places = new(StringComparer.Ordinal);
        foreach (IGrouping<int, int> videos in Enumerable.Range(0, groups.Length).GroupBy(index => source.Items[index].Label).OrderBy(static videos => videos.Key))
        {
            foreach (string group in Shuffled([.. videos.Select(index => groups[index])], seed, (ulong)(videos.Key + 1)))
                places.Add(group, places.Count % folds);
        }

        return places;
    }

    // In a random order, each group goes to the fold that has the fewest videos so far.
    private static Dictionary<string, int> BySize(string[] groups, string[] names, int folds, ulong seed)
    {
        Dictionary<string, int> sizes = groups.CountBy(static group => group, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        Dictionary<string, int> places = new(StringComparer.Ordinal);
        int[] filled = new int[folds];
        foreach (string name in Shuffled(names, seed, 0))
        {
            int fold = Array.IndexOf(filled, filled.Min());
            filled[fold] += sizes[name];
            places.Add(name, fold);
        }

        return places;
    }

    private static string[] Shuffled(string[] names, ulong seed, ulong index)
    {
        var random = new RandomStream(seed, Purpose, index);
        string[] order = [.. names];
        random.Shuffle(order.AsSpan());
        return order;
    }

    private static ClipSplit Split(IClipSource source, string[] groups, string? note, Dictionary<string, int> places, int fold)
    {
        var parts = Enumerable.Range(0, groups.Length).ToLookup(index => places[groups[index]] == fold);
        string[] held = [.. places.Where(pair => pair.Value == fold).Select(static pair => pair.Key).Order(StringComparer.Ordinal)];
        for (int label = 0; label < source.Labels.Count; label++)
        {
            if (!parts[false].Any(index => source.Items[index].Label == label))
                throw new VideoException($"The class \"{source.Labels[label]}\" lies in fold {fold + 1} only ({ClipSplit.Some(held)}): nothing is left to learn it from. Ask for more folds, or name the groups with split.groups.");
        }

        return new ClipSplit([.. parts[false]], [.. parts[true]], held) { Note = note };
    }
}
