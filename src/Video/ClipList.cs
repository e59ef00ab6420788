namespace Unreel.Video;

/// <summary>
/// Lists of videos: a line <c>path label</c> or <c>path,label</c> each (the last blank or comma divides), or <c>path</c>
/// alone in every line for videos without labels. Paths are relative to the list's folder; empty lines and lines that
/// start with <c>#</c> are passed over. A list whose first line names a folder is one of <see cref="FrameFolders"/>. Labels that are all whole numbers keep their numeric order, others are ordinal.
/// </summary>
public static class ClipList
{
    /// <summary>Opens the videos of a list, in its order.</summary>
    /// <exception cref="VideoException">The list is missing or empty, or a line is malformed or names no file; the message names file and line.</exception>
    public static IClipSource Open(string file)
    {
        if (FrameFolders.IsList(file))
            return FrameFolders.Open(file);

        var lines = Read(file);
        string root = Path.GetDirectoryName(Path.GetFullPath(file))!;
        if (lines.Count == 0)
            throw new VideoException($"{file}: the list holds no videos.");

        bool labelled = lines[0].Word is not null;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (ListLine line in lines)
        {
            if (line.Word is not null != labelled)
                throw new VideoException($"{file}:{line.Number}: either every line or no line has a label; line {lines[0].Number} {(labelled ? "has one" : "has none")}.");
            if (!seen.Add(line.Path))
                throw new VideoException($"{file}:{line.Number}: {line.Path} is listed twice.");
            if (!File.Exists(Path.Combine(root, line.Path)))
                throw new VideoException($"{file}:{line.Number}: there is no file {line.Path} in {root}.");
        }

        string[] labels = labelled ? Order(lines.Select(static line => line.Word!).Distinct(StringComparer.Ordinal)) : [];
        return new FileClips(root, [.. lines.Select(line => new ClipItem(line.Path, labelled ? Array.IndexOf(labels, line.Word) : -1))], labels);
    }

    /// <summary>The lines of a list: a path and, where there is one, the word after it.</summary>
    internal static IReadOnlyList<ListLine> Read(string file)
    {
        if (!File.Exists(file))
            throw new VideoException($"{file}: there is no such list.");

        var lines = new List<ListLine>();
        int number = 0;
        foreach (string raw in File.ReadLines(file))
        {
            number++;
            string line = raw.Trim();
            if (line.Contains('\0', StringComparison.Ordinal) || line.Contains('\uFFFD', StringComparison.Ordinal))
                throw new VideoException($"{file}:{number}: is not text; a list has lines \"path label\".");
            if (line.Length > 0 && line[0] != '#')
                lines.Add(Parse(file, number, line));
        }

        return lines;
    }

    private static ListLine Parse(string file, int number, string line)
    {
        int divider = line.LastIndexOfAny([' ', '\t', ',']);
        bool onlyPath = divider < 0 || (line[divider] != ',' && VideoFiles.IsVideo(line));
        string path = onlyPath ? line : line[..divider].TrimEnd(' ', '\t', ',');
        string? word = onlyPath ? null : line[(divider + 1)..];
        if (path.Length == 0 || word is { Length: 0 })
            throw new VideoException($"{file}:{number}: expected \"path label\" or \"path,label\", found \"{line}\".");
        if (!VideoFiles.IsVideo(path))
            throw new VideoException($"{file}:{number}: \"{path}\" is not named like a video.");

        return new ListLine(number, path.Replace('\\', '/'), word);
    }

    internal static string[] Order(IEnumerable<string> labels)
    {
        string[] all = [.. labels];
        return Array.TrueForAll(all, static label => label.Length < 10 && label.All(char.IsAsciiDigit))
            ? [.. all.OrderBy(static label => int.Parse(label, System.Globalization.CultureInfo.InvariantCulture))]
            : [.. all.Order(StringComparer.Ordinal)];
    }
}

/// <summary>A line of a list.</summary>
/// <param name="Number">Counted from 1.</param>
/// <param name="Path">The video, with forward slashes.</param>
/// <param name="Word">What follows it, or null.</param>
internal sealed record ListLine(int Number, string Path, string? Word);
