using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using Unreel.Serve.Http;

namespace Unreel.Serve.Documents;

/// <summary>Parts that the rooms of the document have in common.</summary>
internal static class DocumentParts
{
    /// <summary>The media type of JSON.</summary>
    public const string Json = "application/json";

    /// <summary>The media type of bytes.</summary>
    public const string Bytes = "application/octet-stream";

    /// <summary>A model's name in a route.</summary>
    public static OpenApiParameter Model { get; } = new()
    {
        Name = "model",
        In = ParameterLocation.Path,
        Required = true,
        Description = "A model by its name, name:tag or name@sha256:DIGEST (eight digits or more will do).",
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        Example = JsonValue.Create("quickstart"),
    };

    /// <summary>A model's version in a route.</summary>
    public static OpenApiParameter Version { get; } = new()
    {
        Name = "version",
        In = ParameterLocation.Path,
        Required = true,
        Description = "A tag, or eight or more hex digits of the digest in service.",
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        Example = JsonValue.Create("latest"),
    };

    /// <summary>The time a caller gives a request.</summary>
    public static OpenApiParameter Timeout { get; } = new()
    {
        Name = Classify.RequestTime.Header,
        In = ParameterLocation.Header,
        Description = "Seconds after which the caller no longer wants the answer; the server's own limit where that is less.",
        Schema = new OpenApiSchema { Type = JsonSchemaType.Number },
        Example = JsonValue.Create(10),
    };

    /// <summary>A parameter of the query.</summary>
    public static OpenApiParameter Query(string name, JsonSchemaType type, string description, JsonNode? example) => new()
    {
        Name = name,
        In = ParameterLocation.Query,
        Description = description,
        Schema = new OpenApiSchema { Type = type },
        Example = example,
    };

    /// <summary>Sets the example of the answer that is known by its type already.</summary>
    public static void Answer(OpenApiOperation operation, string example)
    {
        if (operation.Responses?.TryGetValue("200", out IOpenApiResponse? done) == true && done.Content?.TryGetValue(Json, out OpenApiMediaType? media) == true)
            media.Example = JsonNode.Parse(example);
    }

    /// <summary>Adds refusals as problem details.</summary>
    public static void Refuse(OpenApiOperation operation, params ReadOnlySpan<(int Status, string Text)> refusals)
    {
        foreach ((int status, string text) in refusals)
            Add(operation, status, text, Problems.MediaType, $$"""{"title": "", "status": {{status}}, "detail": "{{text}}", "instance": "/v1/classify", "request_id": "0HNH0Q6VA5Q8K:00000001"}""");
    }

    /// <summary>Adds refusals as the Open Inference Protocol has them.</summary>
    public static void RefuseInference(OpenApiOperation operation, params ReadOnlySpan<(int Status, string Text)> refusals)
    {
        foreach ((int status, string text) in refusals)
            Add(operation, status, text, Json, $$"""{"error": "{{text}}"}""");
    }

    private static void Add(OpenApiOperation operation, int status, string text, string mediaType, string example)
    {
        operation.Responses ??= [];
        operation.Responses[status.ToString(CultureInfo.InvariantCulture)] = new OpenApiResponse
        {
            Description = text,
            Content = new Dictionary<string, OpenApiMediaType> { [mediaType] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.Object }, Example = JsonNode.Parse(example) } },
        };
    }
}
