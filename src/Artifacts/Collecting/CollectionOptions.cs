namespace Unreel.Artifacts;

/// <summary>What a collection may take.</summary>
public sealed record CollectionOptions
{
    /// <summary>Whether anything is deleted; otherwise it is only told what would be. Default false.</summary>
    public bool Delete { get; init; }

    /// <summary>
    /// How long everything is left alone after it was written or used again, whoever names it: somebody may be about to publish it.
    /// At least twice <see cref="ArtifactStoreOptions.TouchAfter"/>, and of a container an hour. Default 24 hours.
    /// </summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How old an artifact without a tag must be to go, where that is longer than <see cref="Grace"/>. Default: as long.</summary>
    public TimeSpan? Older { get; init; }

    /// <summary>How long the records of pipelines' runs, their logs, and the parts of work that was not put together are kept. Default 90 days.</summary>
    public TimeSpan KeepRuns { get; init; } = TimeSpan.FromDays(90);

    /// <summary>How many of the largest things are told one by one. Default 20.</summary>
    public int Largest { get; init; } = 20;
}

/// <summary>How far a collection is.</summary>
/// <param name="Activity">What it does, e.g. <c>reading manifests</c>.</param>
/// <param name="Done">How many are done.</param>
/// <param name="Total">Of how many; 0 where that is not known.</param>
public readonly record struct CollectionProgress(string Activity, long Done, long Total);

/// <summary>Why something goes.</summary>
public enum CollectionReason
{
    /// <summary>No tag points to the artifact, nor to anything that was made from it.</summary>
    Untagged,

    /// <summary>Describes an artifact that is not there any more or goes too.</summary>
    Referrer,

    /// <summary>The record of a run that is older than such are kept.</summary>
    OldRun,

    /// <summary>The record of finished work whose artifact is not there any more or goes too, or of parts that were put together or given up.</summary>
    Record,

    /// <summary>A blob that nothing names: left by a writer that was killed, or by what was removed before.</summary>
    Unnamed,
}

/// <summary>Something that goes, or would.</summary>
/// <param name="Name">The artifact's reference, or the blob's digest, or the path.</param>
/// <param name="Reason">Why.</param>
/// <param name="Bytes">The bytes that only it needs.</param>
/// <param name="Modified">When it was written or used last (UTC).</param>
public sealed record CollectedItem(string Name, CollectionReason Reason, long Bytes, DateTimeOffset Modified);

/// <summary>What went for one reason.</summary>
/// <param name="Reason">The reason.</param>
/// <param name="Count">How many artifacts, records or blobs.</param>
/// <param name="Bytes">Their bytes, of blobs that nothing else needs.</param>
public sealed record CollectedSum(CollectionReason Reason, int Count, long Bytes);

/// <summary>What a collection did, or would do.</summary>
public sealed record CollectionReport
{
    /// <summary>Whether it was done.</summary>
    public required bool Deleted { get; init; }

    /// <summary>Artifacts that stay.</summary>
    public required int Kept { get; init; }

    /// <summary>Blobs that go.</summary>
    public required int Blobs { get; init; }

    /// <summary>Their bytes.</summary>
    public required long Bytes { get; init; }

    /// <summary>Blobs that nothing names and that are still too young to go.</summary>
    public required int Young { get; init; }

    /// <summary>What was used again while it was being collected, and stays.</summary>
    public required int Spared { get; init; }

    /// <summary>By reason.</summary>
    public required IReadOnlyList<CollectedSum> Sums { get; init; }

    /// <summary>The largest, largest first.</summary>
    public required IReadOnlyList<CollectedItem> Largest { get; init; }

    /// <summary>Why nothing may be deleted: something that is needed cannot be read, so that nobody knows what it needs in turn. Empty where all is well.</summary>
    public required IReadOnlyList<string> Blocked { get; init; }

    /// <summary>What was seen on the way and is in no way's way, such as files that belong to nobody.</summary>
    public required IReadOnlyList<string> Notes { get; init; }
}
