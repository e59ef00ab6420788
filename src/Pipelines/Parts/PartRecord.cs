using System.Text.Json;
using System.Text.Json.Nodes;
using Unreel.Artifacts;

namespace Unreel.Pipelines;

/// <summary>A file of a part, stored as a blob.</summary>
/// <param name="Path">Where it belongs in the work folder: a relative path with forward slashes.</param>
/// <param name="Digest">Its bytes.</param>
/// <param name="Size">Their number.</param>
internal sealed record PartFile(string Path, Digest Digest, long Size)
{
    /// <summary>As the store knows it.</summary>
    public Descriptor Blob => new()
    {
        MediaType = PartRecord.FileType,
        Digest = Digest,
        Size = Size,
        Annotations = new(StringComparer.Ordinal) { [Descriptor.TitleAnnotation] = Path },
    };
}

/// <summary>What is written down of a finished part: where the list of its files is, which may be longer than a record.</summary>
internal static class PartRecord
{
    /// <summary>What a part's files are called in the store.</summary>
    public const string FileType = "application/octet-stream";

    /// <summary>What the list of them is called.</summary>
    public const string ListType = "application/vnd.unreel.part.v1+json";

    private const int MaxListBytes = 16 << 20;

    /// <summary>The record's name.</summary>
    public static string Path(Digest key, StageShard shard) => $"{Folder(key)}{shard.Index}-of-{shard.Count}";

    /// <summary>The name of the record that says into how many parts a key's work was divided last.</summary>
    public static string CountPath(Digest key) => $"{Folder(key)}count";

    /// <summary>The list of files.</summary>
    /// <exception cref="UsageException">It is longer than it can be read again.</exception>
    public static byte[] WriteList(IReadOnlyCollection<PartFile> files)
    {
        byte[] list = OptionsJson.Canonical(new JsonObject
        {
            ["files"] = new JsonArray([.. files.Select(file => (JsonNode)new JsonObject { ["path"] = file.Path, ["digest"] = file.Digest.ToString(), ["size"] = file.Size })]),
        });
        return list.Length <= MaxListBytes
            ? list
            : throw new UsageException($"The list of a part's {files.Count} files has {list.Length} bytes; expected at most {MaxListBytes}. Divide the stage into more parts.");
    }

    /// <summary>The record of such a list.</summary>
    public static byte[] Write(Descriptor list) => OptionsJson.Canonical(new JsonObject { ["list"] = list.Digest.ToString(), ["size"] = list.Size });

    /// <summary>Reads a record; null for what is none.</summary>
    public static Descriptor? Read(byte[] record)
    {
        try
        {
            JsonNode? json = JsonNode.Parse(record);
            return Digest.TryParse((string?)json?["list"], out Digest digest) && (long?)json?["size"] is { } size and >= 0 and <= MaxListBytes
                ? new Descriptor { MediaType = ListType, Digest = digest, Size = size }
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            // As good as none: the part is made again.
            return null;
        }
    }

    /// <summary>Reads a list.</summary>
    /// <exception cref="PartsException">It is none, or names a file outside the work folder.</exception>
    public static IReadOnlyList<PartFile> ReadList(byte[] list, string what)
    {
        try
        {
            return [.. JsonNode.Parse(list)!["files"]!.AsArray().Select(file => Read(file!))];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or NullReferenceException)
        {
            throw new PartsException($"{what} is no list of files: {e.Message}", e);
        }
    }

    private static PartFile Read(JsonNode file)
    {
        string path = (string?)file["path"] ?? string.Empty;
        bool isInside = path.Length > 0 && !path.Contains('\\', StringComparison.Ordinal) && !path.Any(char.IsControl)
            && path.Split('/').All(step => step is not ("" or "." or ".."));
        return isInside && Digest.TryParse((string?)file["digest"], out Digest digest) && (long?)file["size"] is { } size and >= 0
            ? new PartFile(path, digest, size)
            : throw new FormatException($"'{new string([.. path.Take(80).Select(c => char.IsControl(c) ? '?' : c)])}' is no path in a work folder, or has neither digest nor size");
    }

    private static string Folder(Digest key) => $"parts/{key.Hex}/";
}

/// <summary>Parts that the store holds do not make a whole: a list of files is none, or two parts differ in a file that they share.</summary>
internal sealed class PartsException(string message, Exception? inner = null) : StoreException(message, inner);
