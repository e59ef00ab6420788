using System.Text.Json;
using System.Text.Json.Serialization;

namespace Unreel.Synthesize;

/// <summary>How recipes and pools are written: strictly read, and equal values give equal text.</summary>
internal static class SynthesisJson
{
    /// <summary>Snake case for properties, kebab case for members of enumerations.</summary>
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerOptions.Strict)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false) },
        WriteIndented = true,
        NewLine = "\n",
    };
}
