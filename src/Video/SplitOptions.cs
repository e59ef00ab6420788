namespace Unreel.Video;

/// <summary>How videos are divided into those to learn from and those to be tested on: always whole groups.</summary>
public sealed record SplitOptions
{
    /// <summary>UCF101's groups (<c>g01</c> in <c>v_Archery_g01_c02.avi</c>), else what precedes the first underscore (a subject, as in <c>daria_bend.avi</c>).</summary>
    public const string DefaultGroups = @"^(?:.*_(g\d+)_c\d+|([^_/]+)_)";

    /// <summary>
    /// Regular expression over a video's file name; its first capture that took part is the video's group. A video it does
    /// not match is a group of its own. Default <see cref="DefaultGroups"/>; where that finds no subjects (all videos are of
    /// one group, or a class is a group and nothing else), each video is its own, and <see cref="ClipSplit.Note"/> says so.
    /// </summary>
    public string? Groups { get; init; }

    /// <summary>Regular expression over the whole of a group's name: the groups it matches are the test part. Default none.</summary>
    public string? Holdout { get; init; }

    /// <summary>Without <see cref="Holdout"/>: the share of groups that are tested on, above 0 and below 1; at least one. Default 0.25.</summary>
    public double Share { get; init; } = .25;

    /// <summary>A list of lines <c>path train</c> or <c>path test</c> that names every video; overrides the rest. Default none.</summary>
    public FileInfo? File { get; init; }

    /// <summary>Which groups are chosen by <see cref="Share"/>, or meet in one of <see cref="Folds"/>. Default 0.</summary>
    public ulong Seed { get; init; }

    /// <summary>
    /// Divides the groups into so many folds of about equal size, or <c>all</c> for one fold a group (leave one subject out); each fold is the test
    /// part once. Videos that are groups of their own are dealt out class by class. In place of <see cref="Holdout"/>,
    /// <see cref="Share"/> and <see cref="File"/>. Default none.
    /// </summary>
    public string? Folds { get; init; }

    /// <summary>Which of <see cref="Folds"/> is the test part, from 1. Default none: fine-tuning takes one after the other, and whoever needs one division the first.</summary>
    public int? Fold { get; init; }
}
