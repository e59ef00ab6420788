using System.Text.Json;

namespace Unreel.Video;

/// <summary>What is known of one video of a source.</summary>
/// <param name="Name">A stable name: the path below the source's root with forward slashes, or an index.</param>
/// <param name="Label">Index into <see cref="IClipSource.Labels"/>, or -1 where the video has none.</param>
public sealed record ClipItem(string Name, int Label);

/// <summary>Numbered videos to take frames from: files that are decoded, or recipes that are rendered. Safe for many threads.</summary>
public interface IClipSource : IDisposable
{
    /// <summary>The videos, in a stable order.</summary>
    IReadOnlyList<ClipItem> Items { get; }

    /// <summary>The labels in order, empty where the videos have none.</summary>
    IReadOnlyList<string> Labels { get; }

    /// <summary>The number of frames of video <paramref name="index"/> (at least 1).</summary>
    int FrameCount(int index);

    /// <summary>Takes frames out of video <paramref name="index"/>.</summary>
    /// <param name="index">Which video.</param>
    /// <param name="frames">Frame numbers in display order, ascending, repeats allowed.</param>
    /// <param name="size">The size to deliver, or null for the video's own display size.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="VideoException">The video cannot be read; the message names it.</exception>
    Clip Read(int index, ReadOnlySpan<int> frames, FrameSize? size, CancellationToken ct);
}

/// <summary>Opens the recipes of one format: JSON documents that say how videos are drawn instead of holding them.</summary>
public interface IClipRecipeReader
{
    /// <summary>The value of the recipe's <c>format</c> property that this reader understands.</summary>
    string Format { get; }

    /// <summary>Opens a recipe for rendering on the fly.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="folder">Where the recipe lies, and beside it the files it speaks of.</param>
    /// <exception cref="VideoException">The recipe is not valid, or a file it needs is not there.</exception>
    IClipSource Open(JsonElement recipe, string folder);
}
