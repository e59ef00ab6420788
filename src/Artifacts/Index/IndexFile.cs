using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Unreel.Artifacts;

/// <summary>
/// The stored index: JSON lines, compressed. First the format, then artifacts and tags, last the digest of all lines before,
/// so that a file that was cut or damaged is known for what it is.
/// </summary>
internal static class IndexFile
{
    private const int Format = 1;
    private const long MaxBytes = 1L << 30;

    public static byte[] Write(IEnumerable<IndexRow> rows, IEnumerable<KeyValuePair<string, KnownTag>> tags)
    {
        using MemoryStream packed = new();
        using (GZipStream output = new(packed, CompressionLevel.Fastest))
        using (IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256))
        {
            void Line(IndexLine line)
            {
                byte[] bytes = [.. JsonSerializer.SerializeToUtf8Bytes(line, IndexJson.Default.IndexLine), (byte)'\n'];
                hash.AppendData(bytes);
                output.Write(bytes);
            }

            Line(new IndexLine { Format = Format });
            foreach (IndexRow row in rows)
                Line(IndexLine.Of(row.Entry));
            foreach ((string path, KnownTag tag) in tags)
                Line(IndexLine.Of(path, tag));
            output.Write(JsonSerializer.SerializeToUtf8Bytes(new IndexLine { All = Convert.ToHexStringLower(hash.GetHashAndReset()) }, IndexJson.Default.IndexLine));
        }

        return packed.ToArray();
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It is something else, or damaged.</exception>
    public static (List<IndexRow> Rows, Dictionary<string, KnownTag> Tags) Read(byte[] bytes)
    {
        try
        {
            using GZipStream input = new(new MemoryStream(bytes, writable: false), CompressionMode.Decompress);
            return ReadLines(Unpack(input));
        }
        catch (Exception e) when (e is JsonException or FormatException or StoreException or ArgumentException or InvalidOperationException)
        {
            throw new InvalidDataException(e.Message, e);
        }
    }

    private static ReadOnlyMemory<byte> Unpack(GZipStream input)
    {
        using MemoryStream all = new();
        byte[] buffer = new byte[1 << 16];
        for (int read; (read = input.Read(buffer)) > 0;)
        {
            if (all.Length + read > MaxBytes)
                throw new InvalidDataException($"it has more than {MaxBytes} bytes");

            all.Write(buffer, 0, read);
        }

        return all.GetBuffer().AsMemory(0, (int)all.Length);
    }

    private static (List<IndexRow>, Dictionary<string, KnownTag>) ReadLines(ReadOnlyMemory<byte> text)
    {
        int last = text.Span.LastIndexOf((byte)'\n') + 1;
        if (Parse(text.Span[last..]).All != Convert.ToHexStringLower(SHA256.HashData(text.Span[..last])))
            throw new InvalidDataException("its bytes are not those that were written");

        List<IndexRow> rows = [];
        Dictionary<string, KnownTag> tags = new(StringComparer.Ordinal);
        bool first = true;
        for (ReadOnlyMemory<byte> rest = text[..last]; rest.Length > 0;)
        {
            int end = rest.Span.IndexOf((byte)'\n');
            IndexLine line = Parse(rest.Span[..end]);
            rest = rest[(end + 1)..];
            if (first && line.Format != Format)
                throw new InvalidDataException($"it has the format {line.Format}; expected {Format}");

            first = false;
            if (line.Artifact is not null)
                rows.Add(new IndexRow(line.ToEntry()));
            else if (line.Path is not null)
                tags[line.Path] = line.ToTag();
        }

        return (rows, tags);
    }

    private static IndexLine Parse(ReadOnlySpan<byte> line) =>
        JsonSerializer.Deserialize(line, IndexJson.Default.IndexLine) ?? throw new InvalidDataException("it holds a line that is null");
}

/// <summary>Writes and reads lines without reflection: there may be a hundred thousand.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(IndexLine))]
internal sealed partial class IndexJson : JsonSerializerContext;
