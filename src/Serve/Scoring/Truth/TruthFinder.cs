using System.Globalization;
using Unreel.Pipelines;

namespace Unreel.Serve.Scoring;

/// <summary>Videos with their true labels.</summary>
/// <param name="Listing">The videos.</param>
/// <param name="Any">Whether there is a ground truth.</param>
internal sealed record TruthfulListing(VideoListing Listing, bool Any);

/// <summary>Finds the true labels of videos.</summary>
/// <param name="labels">The model's labels.</param>
internal sealed class TruthFinder(IReadOnlyList<string> labels)
{
    private readonly HashSet<string> _labels = new(labels, StringComparer.Ordinal);

    /// <summary>Gives videos their true labels, and says where they are from.</summary>
    /// <exception cref="UsageException">Labels were asked for and there are none, or the model knows none of them.</exception>
    public TruthfulListing Find(VideoListing listing, TruthChoice choice)
    {
        bool listed = listing.Entries.Any(entry => entry.Truth is not null);
        return choice switch
        {
            TruthChoice.None => Without(listing),
            TruthChoice.List => listed ? FromList(listing) : throw new UsageException("The videos have no labels; expected a list with a label in its lines, as --truth list asks for."),
            TruthChoice.Folders => FromFolders(listing),
            _ when listed && listing.Entries.All(entry => entry.Truth is null || !_labels.Contains(entry.Truth)) => Unheard(listing),
            _ => listed ? FromList(listing) : FoldersThatAreLabels(listing),
        };
    }

    private static TruthfulListing Without(VideoListing listing) =>
        new(listing with { Entries = [.. listing.Entries.Select(entry => entry with { Truth = null })] }, false);

    private TruthfulListing Unheard(VideoListing listing)
    {
        string[] unknown = [.. listing.Entries.Select(entry => entry.Truth).OfType<string>().Distinct().Order(StringComparer.Ordinal)];
        return new(Add(Without(listing).Listing, $"the labels of the list ({Some(unknown)}) are none of the model's ({Some(labels)}): nothing is compared"), false);
    }

    private TruthfulListing FromList(VideoListing listing)
    {
        int labelled = listing.Entries.Count(entry => entry.Truth is not null);
        string[] unknown = [.. listing.Entries.Select(entry => entry.Truth).OfType<string>().Distinct().Where(label => !_labels.Contains(label)).Order(StringComparer.Ordinal)];
        if (!listing.Entries.Any(entry => entry.Truth is { } truth && _labels.Contains(truth)))
            throw new UsageException($"The model knows none of the labels of the list ({Some(unknown)}); it knows {Some(labels)}. Score without them with --truth none.");

        string known = unknown.Length == 0 ? string.Empty : $"; the model does not know {Some(unknown)}, whose videos are in no figure";
        return Said(listing, $"true labels are those of the list, for {labelled} of {listing.Entries.Count} videos{known}");
    }

    private TruthfulListing FromFolders(VideoListing listing)
    {
        VideoEntry[] entries = [.. listing.Entries.Select(entry => entry with { Truth = Folders(entry.Name).FirstOrDefault(_labels.Contains) })];
        VideoEntry[] without = [.. entries.Where(entry => entry.Truth is null)];
        if (without.Length == entries.Length)
            throw new UsageException($"No video lies in a folder that is one of the model's labels; the folders are {Some(TopFolders(listing))}, the labels {Some(labels)}.");

        string rest = without.Length == 0 ? string.Empty : $"; {without.Length} lie in none that the model knows, such as {without[0].Name}";
        return Said(listing with { Entries = entries }, $"true labels are folders, for {entries.Length - without.Length} of {entries.Length} videos{rest}");
    }

    private TruthfulListing FoldersThatAreLabels(VideoListing listing)
    {
        string[] folders = TopFolders(listing), unknown = [.. folders.Where(folder => !_labels.Contains(folder))];
        if (folders.Length == 0 || unknown.Length == folders.Length)
            return Without(listing);
        if (unknown.Length > 0)
        {
            TruthfulListing without = Without(listing);
            return without with { Listing = Add(without.Listing, $"{folders.Length - unknown.Length} of {folders.Length} folders are labels of the model, and not {Some(unknown)}; --truth folders measures on those that are") };
        }

        return FromFolders(listing);
    }

    // Empty where a video lies in no folder: then folders are no classes.
    private static string[] TopFolders(VideoListing listing)
    {
        string?[] folders = [.. listing.Entries.Select(entry => Folders(entry.Name).FirstOrDefault()).Distinct().Order(StringComparer.Ordinal)];
        return Array.Exists(folders, folder => folder is null) ? [] : [.. folders.OfType<string>()];
    }

    private static IEnumerable<string> Folders(string name) => name.Split('/').SkipLast(1).Where(static folder => folder is not ("" or "." or ".."));

    private static TruthfulListing Said(VideoListing listing, FormattableString notice) => new(Add(listing, notice.ToString(CultureInfo.InvariantCulture)), true);

    private static VideoListing Add(VideoListing listing, string notice) => listing with { Notices = [.. listing.Notices, notice] };

    private static string Some(IReadOnlyList<string> names) =>
        names.Count == 0 ? "none" : names.Count <= 8 ? string.Join(", ", names) : $"{string.Join(", ", names.Take(8))} and {names.Count - 8} more";
}
