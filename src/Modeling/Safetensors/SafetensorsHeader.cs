using System.Text.Json;
using System.Text.Unicode;

namespace Unreel.Modeling;

/// <summary>Where one tensor lies in a safetensors file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">The type of its elements.</param>
/// <param name="Shape">Its dimensions; empty for a scalar.</param>
/// <param name="Begin">First byte, counted from the end of the header.</param>
/// <param name="End">One past the last byte.</param>
public sealed record TensorEntry(string Name, TensorType Type, IReadOnlyList<long> Shape, long Begin, long End)
{
    /// <summary>The number of elements.</summary>
    public long Count => (End - Begin) / Type.ElementBytes();
}

/// <summary>
/// Reads the JSON header of the safetensors format (github.com/huggingface/safetensors, "Format"), holding it to every rule there.
/// </summary>
internal sealed class SafetensorsHeader
{
    private const string MetadataKey = "__metadata__";
    private readonly string _file;
    private readonly Dictionary<string, TensorEntry> _tensors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _metadata = new(StringComparer.Ordinal);
    private bool _metadataSeen;

    private SafetensorsHeader(string file) => _file = file;

    public IReadOnlyDictionary<string, TensorEntry> Tensors => _tensors;

    public IReadOnlyDictionary<string, string> Metadata => _metadata;

    /// <summary>Reads and checks a header whose tensors fill <paramref name="dataBytes"/> bytes exactly.</summary>
    public static SafetensorsHeader Parse(string file, ReadOnlyMemory<byte> json, long dataBytes)
    {
        var header = new SafetensorsHeader(file);
        header.CheckText(json.Span);
        header.ReadObject(json);
        header.CheckCoverage(dataBytes);
        return header;
    }

    private void CheckText(ReadOnlySpan<byte> json)
    {
        if (json.IsEmpty || json[0] != '{')
            throw Broken(SafetensorsRule.HeaderStart, null, "the header must begin with '{'.");
        if (!Utf8.IsValid(json))
            throw Broken(SafetensorsRule.HeaderEncoding, null, "the header is not UTF-8.");
    }

    private void ReadObject(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json.TrimEnd((byte)' '));
            foreach (JsonProperty property in document.RootElement.EnumerateObject())
                ReadProperty(property);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw Broken(SafetensorsRule.HeaderSyntax, null, $"the header is not a JSON object: {error.Message}");
        }
    }

    private void ReadProperty(JsonProperty property)
    {
        if (property.Name == MetadataKey)
            ReadMetadata(property.Value);
        else if (!_tensors.TryAdd(property.Name, ReadTensor(property.Name, property.Value)))
            throw Broken(SafetensorsRule.DuplicateKey, property.Name, "is listed twice.");
    }

    private void ReadMetadata(JsonElement value)
    {
        if (_metadataSeen)
            throw Broken(SafetensorsRule.DuplicateKey, null, $"'{MetadataKey}' is listed twice.");
        _metadataSeen = true;
        if (value.ValueKind != JsonValueKind.Object)
            throw Broken(SafetensorsRule.Metadata, null, $"'{MetadataKey}' must be an object, found {value.ValueKind}.");

        foreach (JsonProperty entry in value.EnumerateObject())
        {
            if (entry.Value.ValueKind != JsonValueKind.String)
                throw Broken(SafetensorsRule.Metadata, null, $"'{MetadataKey}.{entry.Name}' must be a string, found {entry.Value.ValueKind}.");
            if (!_metadata.TryAdd(entry.Name, entry.Value.GetString()!))
                throw Broken(SafetensorsRule.DuplicateKey, null, $"'{MetadataKey}.{entry.Name}' is listed twice.");
        }
    }

    private TensorEntry ReadTensor(string name, JsonElement value)
    {
        (JsonElement dtype, JsonElement shape, JsonElement offsets) = Fields(name, value);
        if (dtype.ValueKind != JsonValueKind.String || !TensorTypes.TryParse(dtype.GetString(), out TensorType type))
            throw Broken(SafetensorsRule.ElementType, name, $"unknown dtype {dtype.GetRawText()}.");

        long[] dimensions = Integers(name, shape, "shape", SafetensorsRule.Shape);
        long[] span = Integers(name, offsets, "data_offsets", SafetensorsRule.Offsets);
        if (span.Length != 2 || span[0] > span[1])
            throw Broken(SafetensorsRule.Offsets, name, $"data_offsets must be [begin, end] with begin <= end, found {offsets.GetRawText()}.");

        long expected = ByteCount(name, dimensions, type);
        return span[1] - span[0] == expected
            ? new TensorEntry(name, type, dimensions, span[0], span[1])
            : throw Broken(SafetensorsRule.Size, name, $"{type.FormatName()} {shape.GetRawText()} takes {expected} bytes, data_offsets span {span[1] - span[0]}.");
    }

    private (JsonElement Type, JsonElement Shape, JsonElement Offsets) Fields(string name, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
            throw Broken(SafetensorsRule.Fields, name, $"must be an object, found {value.ValueKind}.");

        var fields = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (JsonProperty field in value.EnumerateObject())
        {
            if (!fields.TryAdd(field.Name, field.Value))
                throw Broken(SafetensorsRule.DuplicateKey, name, $"'{field.Name}' is listed twice.");
        }

        return fields.Count == 3 && fields.TryGetValue("dtype", out JsonElement type)
            && fields.TryGetValue("shape", out JsonElement shape) && fields.TryGetValue("data_offsets", out JsonElement offsets)
            ? (type, shape, offsets)
            : throw Broken(SafetensorsRule.Fields, name, $"must have dtype, shape and data_offsets, found {string.Join(", ", fields.Keys)}.");
    }

    private long[] Integers(string name, JsonElement value, string field, SafetensorsRule rule)
    {
        if (value.ValueKind != JsonValueKind.Array)
            throw Broken(rule, name, $"{field} must be an array, found {value.ValueKind}.");

        return [.. value.EnumerateArray().Select(item =>
            item.ValueKind == JsonValueKind.Number && item.TryGetInt64(out long number) && number >= 0
                ? number
                : throw Broken(rule, name, $"{field} must hold integers from 0, found {item.GetRawText()}."))];
    }

    private long ByteCount(string name, long[] dimensions, TensorType type)
    {
        try
        {
            return dimensions.Aggregate((long)type.ElementBytes(), (product, dimension) => checked(product * dimension));
        }
        catch (OverflowException)
        {
            throw Broken(SafetensorsRule.Overflow, name, $"[{string.Join(", ", dimensions)}] has more elements than 64 bits can count.");
        }
    }

    private void CheckCoverage(long dataBytes)
    {
        long covered = 0;
        foreach (TensorEntry entry in _tensors.Values.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End))
        {
            if (entry.End > dataBytes)
                throw Broken(SafetensorsRule.OutOfRange, entry.Name, $"ends at byte {entry.End} of {dataBytes}.");
            if (entry.Begin < covered)
                throw Broken(SafetensorsRule.Overlap, entry.Name, $"begins at byte {entry.Begin}, inside the tensor before it, which ends at {covered}.");
            if (entry.Begin > covered)
                throw Broken(SafetensorsRule.Gap, entry.Name, $"begins at byte {entry.Begin}; bytes from {covered} belong to no tensor.");
            covered = entry.End;
        }

        if (covered < dataBytes)
            throw Broken(SafetensorsRule.TrailingBytes, null, $"{dataBytes - covered} bytes follow the last tensor.");
    }

    private SafetensorsException Broken(SafetensorsRule rule, string? tensor, string found) => new(rule, _file, tensor, found);
}
