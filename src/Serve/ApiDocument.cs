using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Unreel.Serve.Http;

namespace Unreel.Serve;

/// <summary>What the OpenAPI document says beyond what the routes say themselves.</summary>
internal static class ApiDocument
{
    private const string Example = """
        {
          "model": { "name": "onnx/quickstart:latest", "digest": "sha256:9f2c0d5b1f4e6a7b8c9d0e1f2a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d" },
          "files": [
            {
              "file": "clip.mp4",
              "label": "walk",
              "probability": 0.91,
              "predictions": [ { "label": "walk", "probability": 0.91 }, { "label": "run", "probability": 0.07 } ],
              "video": { "frames": 84, "duration": 3.36, "frame_rate": 25, "width": 180, "height": 144, "codec": "mpeg4", "views": 2 },
              "timings": { "queue_ms": 0.02, "decode_ms": 11.4, "inference_ms": 38.9 },
              "error": null
            }
          ]
        }
        """;

    private static readonly (int Status, string Text)[] Refusals =
    [
        (400, "The body is empty, the form is malformed, or top_k is out of range."),
        (401, "The server asks for a key."),
        (408, "The upload did not end in time."),
        (413, "The body is larger than the server takes."),
        (415, "The content type holds no video."),
        (422, "The video cannot be read; the detail says why."),
        (429, "The server is full; Retry-After says when to come back."),
        (503, "The model is not in service yet."),
        (504, "The request could not be finished in time."),
    ];

    /// <summary>Adds descriptions, bodies, parameters and examples.</summary>
    public static void Configure(OpenApiOptions options)
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "Unreel",
                Version = "v1",
                Description = "Post a video, get the action. Errors are problem details (RFC 9457) that carry the request's id.",
            };
            document.Servers?.Clear();
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            if (context.Description.RelativePath == "v1/classify")
                DescribeClassify(operation);

            return Task.CompletedTask;
        });
    }

    private static void DescribeClassify(OpenApiOperation operation)
    {
        operation.Summary = "Labels of one or several videos.";
        operation.Description = "Send a video as the body (curl -T clip.mp4 URL) or one or several in a form (curl -F file=@a.mp4 -F file=@b.mp4 URL).";
        operation.Parameters =
        [
            new OpenApiParameter
            {
                Name = "top_k",
                In = ParameterLocation.Query,
                Description = "How many classes to answer, best first; 1 to the number of labels.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "1", Default = JsonValue.Create(Classify.VideoQuery.DefaultTopK) },
                Example = JsonValue.Create(3),
            },
        ];
        operation.RequestBody = Body();
        operation.Responses ??= [];
        if (operation.Responses.TryGetValue("200", out IOpenApiResponse? done) && done.Content?.TryGetValue("application/json", out OpenApiMediaType? media) == true)
            media.Example = JsonNode.Parse(Example);
        foreach ((int status, string text) in Refusals)
            operation.Responses[status.ToString(System.Globalization.CultureInfo.InvariantCulture)] = Refusal(text);
    }

    private static OpenApiRequestBody Body()
    {
        OpenApiSchema bytes = new() { Type = JsonSchemaType.String, Format = "binary" };
        OpenApiSchema form = new()
        {
            Type = JsonSchemaType.Object,
            Properties = new Dictionary<string, IOpenApiSchema> { ["file"] = new OpenApiSchema { Type = JsonSchemaType.Array, Items = bytes, Description = "Videos; any field name will do." } },
        };
        return new OpenApiRequestBody
        {
            Required = true,
            Description = "The bytes of a video file (MP4, MKV, WebM, AVI, MOV, GIF and others).",
            Content = new Dictionary<string, OpenApiMediaType>
            {
                ["application/octet-stream"] = new() { Schema = bytes },
                ["video/*"] = new() { Schema = bytes },
                ["multipart/form-data"] = new() { Schema = form },
            },
        };
    }

    private static OpenApiResponse Refusal(string text) => new()
    {
        Description = text,
        Content = new Dictionary<string, OpenApiMediaType> { [Problems.MediaType] = new() },
    };
}
