using System.Globalization;
using System.Security.Cryptography;
using Unreel.Modeling;
using Unreel.Video;

namespace Unreel.Finetune;

/// <summary>What all trainings of one stage share.</summary>
/// <param name="Options">The options as given.</param>
/// <param name="Recipe">The values they and the preset come to.</param>
/// <param name="Settings">What is trained.</param>
/// <param name="Videos">The labelled videos, kept in memory where they fit.</param>
/// <param name="EncoderDigest">The digest of the weights that training starts from; null from scratch.</param>
internal sealed record FinetuneWork(FinetuneOptions Options, FinetuneRecipe Recipe, FinetuningSettings Settings, IClipSource Videos, string? EncoderDigest)
{
    /// <summary>The digest of a folder's weights: a frozen encoder is in no checkpoint, and another one must not take its place.</summary>
    public static string? DigestOf(string? encoder)
    {
        if (encoder is null)
            return null;

        using FileStream stream = File.OpenRead(Path.Combine(encoder, "model.safetensors"));
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}

/// <summary>One training and its test.</summary>
/// <param name="Fold">The number of its division, from 1.</param>
/// <param name="Folds">How many divisions there are.</param>
/// <param name="Split">What is learned from, and what is held out; nothing is where every video is learned from.</param>
/// <param name="Seed">Its seed.</param>
/// <param name="Folder">Where it works.</param>
internal sealed record Trial(int Fold, int Folds, ClipSplit Split, ulong Seed, string Folder)
{
    /// <summary>What to call it where there are several, e.g. <c>fold 2 of 7, seed 1</c>.</summary>
    public string Name => Split.Test.Count == 0 ? "all videos" : string.Create(CultureInfo.InvariantCulture, $"fold {Fold} of {Folds}, seed {Seed}");

    /// <summary>Every division with every seed, seed by seed; a single one works in the stage's own folder.</summary>
    public static IReadOnlyList<Trial> All(FinetuneOptions options, IReadOnlyList<ClipSplit> splits, string workFolder)
    {
        bool single = splits.Count == 1 && options.Seeds == 1 && !options.TrainOnAll;
        return
        [
            .. Enumerable.Range(0, options.Seeds).SelectMany(number => splits.Select((split, index) => new Trial(
                index + 1,
                splits.Count,
                split,
                options.Seed + (ulong)number,
                single ? workFolder : Path.Combine(workFolder, string.Create(CultureInfo.InvariantCulture, $"fold-{index + 1}-seed-{options.Seed + (ulong)number}"))))),
        ];
    }

    /// <summary>The divisions that the options ask for: one, or every fold.</summary>
    public static IReadOnlyList<ClipSplit> Divisions(IClipSource videos, SplitOptions options) =>
        options is { Folds: not null, Fold: null } ? ClipFolds.Make(videos, options) : [ClipSplit.Make(videos, options)];

    /// <summary>The training that learns from everything.</summary>
    public static Trial OnEverything(FinetuneOptions options, IClipSource videos, string workFolder) =>
        new(0, 0, new ClipSplit([.. Enumerable.Range(0, videos.Items.Count)], [], []), options.Seed, Path.Combine(workFolder, "all"));
}
