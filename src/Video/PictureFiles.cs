using System.Collections.Frozen;
using Unreel.Video.Native;

namespace Unreel.Video;

/// <summary>Single pictures in files: PNG, JPEG, WebP, BMP and TIFF, told by their bytes.</summary>
public static class PictureFiles
{
    /// <summary>The extensions of pictures, with their dots, in lower case.</summary>
    public static IReadOnlySet<string> Extensions { get; } =
        new[] { ".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff" }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a path ends as a picture's does; the file is not looked at.</summary>
    public static bool IsPicture(string path) => Extensions.Contains(Path.GetExtension(path));

    /// <summary>The pictures of a folder and those below it, in ordinal order of their names.</summary>
    /// <exception cref="VideoException">There is no such folder, or no picture in it.</exception>
    public static IReadOnlyList<string> Find(string folder)
    {
        if (!Directory.Exists(folder))
            throw new VideoException($"{folder}: there is no such folder of pictures.");

        EnumerationOptions options = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.Hidden, IgnoreInaccessible = false };
        string[] found = [.. Directory.EnumerateFiles(folder, "*", options).Where(IsPicture).Order(StringComparer.Ordinal)];
        return found.Length > 0
            ? found
            : throw new VideoException($"{folder}: holds no pictures (looked for {string.Join(' ', Extensions.Order(StringComparer.Ordinal))}).");
    }

    /// <summary>Reads a picture as a clip of one frame, upright, RGB; transparency is dropped.</summary>
    /// <param name="path">The file.</param>
    /// <param name="size">The size to deliver (see <see cref="Resizer"/>), or null for its own.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="VideoException">There is no such file, or it is not a picture that can be read; the message names it.</exception>
    public static Clip Read(string path, FrameSize? size, CancellationToken ct)
    {
        if (!File.Exists(path))
            throw new VideoException($"{path}: there is no such file.");

        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        if (stream.Length == 0)
            throw new VideoException($"{path}: is empty.");

        using VideoReader reader = VideoReader.Open(stream, path, NativeLimits.From(VideoLimits.Default, pictures: true));
        return reader.Read([0], size, ct);
    }
}
