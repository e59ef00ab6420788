using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Unreel.Cli.Output;

/// <summary>One JSON object a line on standard output, for programs.</summary>
internal static class JsonLine
{
    /// <summary>Camel case, and readable beyond ASCII.</summary>
    public static JsonSerializerOptions Options { get; } =
        new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(JsonNode node) => Console.Out.WriteLine(node.ToJsonString(Options));

    public static JsonObject Numbers(IEnumerable<KeyValuePair<string, double>> numbers) =>
        new(numbers.Select(number => KeyValuePair.Create(number.Key, (JsonNode?)JsonValue.Create(number.Value))));
}
