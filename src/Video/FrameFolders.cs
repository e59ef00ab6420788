using System.Globalization;

namespace Unreel.Video;

/// <summary>
/// Videos as folders of pictures, <c>img_00001.png</c> and on, in a list of lines <c>folder frames</c> or <c>folder frames
/// label</c> with paths relative to the list. Where a file <c>labels.txt</c> lies beside the list, labels are numbers of its
/// lines, from 0.
/// </summary>
internal sealed class FrameFolders(string root, IReadOnlyList<ClipItem> items, IReadOnlyList<string> labels, int[] counts, string extension) : IClipSource
{
    private const string LabelsFile = "labels.txt";

    /// <inheritdoc/>
    public IReadOnlyList<ClipItem> Items => items;

    /// <inheritdoc/>
    public IReadOnlyList<string> Labels => labels;

    /// <summary>Whether a list's first line names a folder and a number of frames.</summary>
    public static bool IsList(string file) =>
        File.Exists(file) && File.ReadLines(file).FirstOrDefault(IsEntry) is { } first
        && first.Trim().Split(' ') is { Length: 2 or 3 } parts && IsNumber(parts[1]) && Directory.Exists(Path.Combine(RootOf(file), parts[0]));

    /// <summary>Opens a list.</summary>
    /// <exception cref="VideoException">A line is malformed, or its folder has not the frames it says; the message names file and line.</exception>
    public static FrameFolders Open(string file)
    {
        string root = RootOf(file);
        (int Number, string[] Parts)[] lines = [.. File.ReadLines(file).Index().Where(line => IsEntry(line.Item)).Select(line => (line.Index + 1, line.Item.Trim().Split(' ')))];
        string extension = Path.GetExtension(Directory.EnumerateFiles(Path.Combine(root, lines[0].Parts[0]), "img_00001.*").FirstOrDefault(PictureFiles.IsPicture)
            ?? throw new VideoException($"{file}:{lines[0].Number}: the folder {lines[0].Parts[0]} holds no img_00001.png or the like."));
        bool numbered = File.Exists(Path.Combine(root, LabelsFile));
        string[] labels = LabelsOf(root, lines);
        foreach ((int number, string[] parts) in lines)
        {
            if (parts.Length != lines[0].Parts.Length || !IsNumber(parts[1]) || parts[1] == "0" || (parts.Length == 3 && LabelOf(parts, labels, numbered) < 0))
                throw new VideoException($"{file}:{number}: expected \"folder frames{(labels.Length > 0 ? " label" : string.Empty)}\" as in line {lines[0].Number}, found \"{string.Join(' ', parts)}\".");
            if (!File.Exists(Path.Combine(root, parts[0], NameOf(Frames(parts) - 1, extension))))
                throw new VideoException($"{file}:{number}: {parts[0]} has not the {parts[1]} frames that the list says: there is no {NameOf(Frames(parts) - 1, extension)}.");
        }

        return new FrameFolders(root, [.. lines.Select(line => new ClipItem(line.Parts[0], LabelOf(line.Parts, labels, numbered)))], labels, [.. lines.Select(line => Frames(line.Parts))], extension);
    }

    /// <inheritdoc/>
    public int FrameCount(int index) => counts[index];

    /// <inheritdoc/>
    public Clip Read(int index, ReadOnlySpan<int> frames, FrameSize? size, CancellationToken ct)
    {
        Clip? clip = null;
        for (int i = 0; i < frames.Length; i++)
        {
            if (i > 0 && frames[i] == frames[i - 1])
            {
                clip!.Frame(i - 1).CopyTo(clip.Frame(i));
                continue;
            }

            string path = Path.Combine(root, items[index].Name, NameOf(frames[i], extension));
            Clip picture = PictureFiles.Read(path, size, ct);
            clip ??= new Clip(frames.Length, picture.Size);
            if (picture.Size != clip.Size)
                throw new VideoException($"{path}: is {picture.Size}; expected {clip.Size} as in the frames before.");

            picture.Pixels.CopyTo(clip.Frame(i));
        }

        return clip ?? throw new ArgumentException("At least one frame must be asked for.", nameof(frames));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Files are open only while they are read.
    }

    private static string RootOf(string file) => Path.GetDirectoryName(Path.GetFullPath(file))!;

    private static bool IsEntry(string line) => line.Trim() is [not '#', ..];

    private static bool IsNumber(string text) => text.Length is > 0 and < 10 && text.All(char.IsAsciiDigit);

    private static int Frames(string[] parts) => int.Parse(parts[1], CultureInfo.InvariantCulture);

    private static string NameOf(int frame, string extension) => string.Create(CultureInfo.InvariantCulture, $"img_{frame + 1:d5}{extension}");

    private static string[] LabelsOf(string root, (int Number, string[] Parts)[] lines) =>
        lines[0].Parts.Length < 3 ? []
        : File.Exists(Path.Combine(root, LabelsFile)) ? File.ReadAllLines(Path.Combine(root, LabelsFile))
        : ClipList.Order(lines.Where(line => line.Parts.Length == 3).Select(line => line.Parts[2]).Distinct(StringComparer.Ordinal));

    private static int LabelOf(string[] parts, string[] labels, bool numbered) =>
        parts.Length < 3 ? -1
        : !numbered ? Array.IndexOf(labels, parts[2])
        : IsNumber(parts[2]) && int.Parse(parts[2], CultureInfo.InvariantCulture) is var number && number < labels.Length ? number : -1;
}
