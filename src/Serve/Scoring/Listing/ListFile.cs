using System.Text;
using Unreel.Pipelines;
using Unreel.Video;

namespace Unreel.Serve.Scoring;

/// <summary>A line of a list.</summary>
/// <param name="Number">Counted from 1.</param>
/// <param name="Path">The video, as written.</param>
/// <param name="Label">Its label, where there is one.</param>
internal readonly record struct ListedVideo(int Number, string Path, string? Label);

/// <summary>
/// Lists of videos, in two forms. CSV (RFC 4180) whose first line names its columns, <c>file</c> (or <c>path</c>) among them and perhaps <c>label</c> (or <c>truth</c>).
/// Or lines <c>path</c>, <c>path label</c>, <c>path,label</c>, <c>path TAB label</c>, <c>"path" label</c>: empty ones and those that begin with <c>#</c> are passed over,
/// a line that is named like a video as a whole is a path, blanks and all, and of others the last blank or comma divides.
/// </summary>
internal static class ListFile
{
    private static readonly string[] FileColumns = ["file", "path"], LabelColumns = ["label", "truth"];

    /// <summary>Reads a list in UTF-8.</summary>
    /// <param name="stream">Its bytes.</param>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="UsageException">A line is malformed; the message names it.</exception>
    public static List<ListedVideo> Read(Stream stream, string name)
    {
        try
        {
            RecordReader lines = new(stream, quotes: false);
            if (!lines.TryRead(out ReadOnlyMemory<byte> first, orRest: true))
                return [];

            List<string> header = CsvText.Fields(WithoutMark(first).Span);
            int file = header.FindIndex(FileColumns.Contains);
            stream.Seek(0, SeekOrigin.Begin);
            return file >= 0 && (header.Count > 1 || header[0] == FileColumns[0])
                ? ReadCsv(stream, name, header.Count, file, header.FindIndex(LabelColumns.Contains))
                : ReadLines(stream, name);
        }
        catch (FormatException problem)
        {
            throw new UsageException($"The list {name} cannot be read: {problem.Message}", problem);
        }
    }

    private static List<ListedVideo> ReadCsv(Stream stream, string name, int columns, int file, int label)
    {
        RecordReader records = new(stream, quotes: true);
        List<ListedVideo> videos = [];
        records.TryRead(out _, orRest: true);
        for (int number = 2; records.TryRead(out ReadOnlyMemory<byte> record, orRest: true); number++)
        {
            List<string> fields = CsvText.Fields(record.Span);
            if (fields is [""])
                continue;
            if (fields.Count != columns || fields[file].Length == 0)
                throw new UsageException($"{name}, record {number}: {fields.Count} fields{(fields.Count == columns ? ", that of the file empty" : $"; expected {columns} as in the first line")}.");

            videos.Add(new ListedVideo(number, fields[file], label >= 0 && fields[label].Length > 0 ? fields[label] : null));
        }

        return videos;
    }

    private static List<ListedVideo> ReadLines(Stream stream, string name)
    {
        RecordReader lines = new(stream, quotes: false);
        List<ListedVideo> videos = [];
        for (int number = 1; lines.TryRead(out ReadOnlyMemory<byte> bytes, orRest: true); number++)
        {
            string line = Encoding.UTF8.GetString(WithoutMark(bytes).Span).Trim();
            if (line.Contains('\0', StringComparison.Ordinal) || line.Contains('\uFFFD', StringComparison.Ordinal))
                throw new UsageException($"{name}, line {number} is no text; expected a list of videos, a line each, or a folder.");
            if (line.Length > 0 && line[0] != '#')
                videos.Add(Parse(line, number, name));
        }

        return videos;
    }

    private static ListedVideo Parse(string line, int number, string name)
    {
        if (line[0] == '"')
            return Quoted(line, number, name);

        int divider = line.IndexOf('\t', StringComparison.Ordinal);
        if (divider < 0 && !VideoFiles.IsVideo(line))
            divider = line.LastIndexOfAny([' ', ',']);
        if (divider < 0)
            return new ListedVideo(number, line, null);

        string path = line[..divider].TrimEnd(' ', '\t', ','), label = line[(divider + 1)..].Trim();
        return path.Length > 0 && label.Length > 0
            ? new ListedVideo(number, path, label)
            : throw new UsageException($"{name}, line {number} is '{line}'; expected a path, or a path and a label; a path with blanks or commas goes in quotes.");
    }

    private static ListedVideo Quoted(string line, int number, string name)
    {
        int end = 1;
        while (end < line.Length && (line[end] != '"' || (end + 1 < line.Length && line[end + 1] == '"')))
            end += line[end] == '"' ? 2 : 1;
        string label = end < line.Length ? line[(end + 1)..].Trim(' ', '\t', ',') : string.Empty;
        return end < line.Length && end > 1
            ? new ListedVideo(number, line[1..end].Replace("\"\"", "\"", StringComparison.Ordinal), label.Length > 0 ? label : null)
            : throw new UsageException($"{name}, line {number} begins with a quote that does not end: {line}");
    }

    private static ReadOnlyMemory<byte> WithoutMark(ReadOnlyMemory<byte> line) => line.Span.StartsWith("\uFEFF"u8) ? line[3..] : line;
}
