using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Unreel.Artifacts;

/// <summary>JSON whose bytes are a function of its content: members sorted by ordinal, no white space, nothing escaped that need not be.</summary>
public static class CanonicalJson
{
    private static readonly JsonSerializerOptions Shape = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        RespectNullableAnnotations = true,
        AllowDuplicateProperties = false,
        MaxDepth = 64,
    };

    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a value.</summary>
    /// <exception cref="StoreException">It holds what JSON cannot (a number that is not finite), or more than <paramref name="limit"/> bytes.</exception>
    internal static byte[] Write<T>(T value, string what, int limit)
    {
        byte[] bytes;
        try
        {
            bytes = Write(JsonSerializer.SerializeToNode(value, Shape));
        }
        catch (Exception e) when (e is ArgumentException or JsonException or NotSupportedException)
        {
            throw new StoreException($"{what} cannot be written as JSON: {e.Message}", e);
        }

        return bytes.Length <= limit ? bytes : throw new StoreException($"{what} has {bytes.Length} bytes as JSON; at most {limit} are allowed.");
    }

    /// <summary>Writes a node.</summary>
    public static byte[] Write(JsonNode? node)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream, Compact))
            Write(writer, node);

        return stream.ToArray();
    }

    /// <summary>Reads a value; members it does not know are left aside, as the OCI specification asks.</summary>
    internal static T Read<T>(ReadOnlySpan<byte> bytes, string what)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(bytes, Shape) ?? throw new StoreException($"{what} is null.");
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            throw new StoreException($"{what} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Gives a list back if nothing in it is null, which the reader does not look at.</summary>
    /// <exception cref="StoreException">Something is.</exception>
    internal static IReadOnlyList<T> Filled<T>(IReadOnlyList<T> items, string what) =>
        items.All(item => item is not null) ? items : throw new StoreException($"{what} cannot be read: there is a null in one of its lists.");

    private static void Write(Utf8JsonWriter writer, JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                writer.WriteStartObject();
                foreach ((string name, JsonNode? value) in members.OrderBy(m => m.Key, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(name);
                    Write(writer, value);
                }

                writer.WriteEndObject();
                break;
            case JsonArray items:
                writer.WriteStartArray();
                foreach (JsonNode? item in items)
                    Write(writer, item);

                writer.WriteEndArray();
                break;
            case null:
                writer.WriteNullValue();
                break;
            default:
                node.WriteTo(writer);
                break;
        }
    }
}
