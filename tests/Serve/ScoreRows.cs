using Unreel.Serve.Scoring;

namespace Unreel.Serve.Tests;

/// <summary>Reads a table of scores as a program of the user's would.</summary>
internal static class ScoreRows
{
    /// <summary>The fields of all records, the header first.</summary>
    public static List<List<string>> Read(string path)
    {
        using FileStream stream = File.OpenRead(path);
        RecordReader records = new(stream, quotes: true);
        List<List<string>> rows = [];
        while (records.TryRead(out ReadOnlyMemory<byte> line))
            rows.Add(CsvText.Fields(line.Span));
        return rows;
    }
}
