using System.Collections.Frozen;
using System.Runtime.InteropServices;
using Unreel.Video.Native;

namespace Unreel.Video;

/// <summary>What counts as a video file, by name.</summary>
public static class VideoFiles
{
    /// <summary>The extensions of videos, with their dots, in lower case.</summary>
    public static IReadOnlySet<string> Extensions { get; } = new[]
    {
        ".mp4", ".m4v", ".mov", ".3gp", ".mkv", ".webm", ".avi", ".mpg", ".mpeg", ".ts", ".m2ts", ".flv", ".gif", ".ogv", ".y4m", ".h264", ".264", ".hevc", ".265", ".wmv", ".asf", ".dv",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a path ends as a video's does; the file is not looked at.</summary>
    public static bool IsVideo(string path) => Extensions.Contains(Path.GetExtension(path));

    /// <summary>The versions of libav's libraries, for people.</summary>
    /// <exception cref="DllNotFoundException">The native library or libav is not installed.</exception>
    public static string LibavVersion() => Marshal.PtrToStringUTF8(LibAv.Version()) ?? "";
}
