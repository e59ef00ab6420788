using System.Text.Encodings.Web;
using System.Text.Json;

namespace Unreel.Serve.Http;

/// <summary>How the server writes JSON: names in snake_case, labels in their own letters.</summary>
internal static class ServeJson
{
    /// <summary>The options in force.</summary>
    public static JsonSerializerOptions Options { get; } = Configure(new JsonSerializerOptions(JsonSerializerDefaults.Web));

    /// <summary>Sets what differs from the defaults.</summary>
    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        return options;
    }
}
