using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using Unreel.Serve.Classify;

namespace Unreel.Serve.Documents;

/// <summary>The routes that take videos.</summary>
internal static class VideoDocument
{
    private const string Send = "Send a video as the body (curl -T clip.mp4 URL) or one or several in a form (curl -F file=@a.mp4 -F file=@b.mp4 URL).";

    private static readonly OpenApiParameter Views = DocumentParts.Query(
        "views", JsonSchemaType.String, $"How many views of a video the model looks at: CLIPS in time, or CLIPSxCROPS in time and space; at most {VideoQuery.MostViews} in all. As the model's contract says where it is not given.", JsonValue.Create("5x3"));

    /// <summary>What to say of each, by its pattern.</summary>
    public static IEnumerable<KeyValuePair<string, Action<OpenApiOperation>>> Routes { get; } =
    [
        new("v1/classify", Classify),
        new("v1/models/{model}/classify", operation => Named(operation, Classify)),
        new("v1/embed", Embed),
        new("v1/models/{model}/embed", operation => Named(operation, Embed)),
    ];

    private static void Named(OpenApiOperation operation, Action<OpenApiOperation> describe)
    {
        describe(operation);
        operation.Parameters!.Insert(0, DocumentParts.Model);
        DocumentParts.Refuse(operation, (404, "There is no such model; the detail names those there are."));
    }

    private static void Classify(OpenApiOperation operation)
    {
        operation.Summary = "Labels of one or several videos.";
        operation.Description = $"{Send} With timeline=1, labels of every part of the video as well; a caller that accepts {TimelineStream.MediaType} gets them as events while the video is worked on, whatever its length.";
        operation.Parameters =
        [
            DocumentParts.Query("top_k", JsonSchemaType.Integer, $"How many classes to answer, best first; 1 to the number of labels. {VideoQuery.DefaultTopK} where it is not given.", JsonValue.Create(3)),
            Views,
            DocumentParts.Query("timeline", JsonSchemaType.String, $"1 for labels window by window; in one answer at most {TimelineRoom.MostWindows}, as events any number.", JsonValue.Create("1")),
            DocumentParts.Query("hop", JsonSchemaType.Number, "Seconds from one window of a timeline to the next; windows without overlap where it is not given.", JsonValue.Create(0.5)),
            DocumentParts.Timeout,
        ];
        operation.RequestBody = Body();
        DocumentParts.Answer(operation, VideoExamples.Classify);
        if (operation.Responses?["200"] is OpenApiResponse { Content: { } content })
            content[TimelineStream.MediaType] = new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String }, Example = JsonValue.Create(VideoExamples.Events) };
        Refuse(operation);
    }

    private static void Embed(OpenApiOperation operation)
    {
        operation.Summary = "Features of one or several videos.";
        operation.Description = $"{Send} Features of different models, by their digests, do not compare.";
        operation.Parameters =
        [
            Views,
            DocumentParts.Query("normalise", JsonSchemaType.String, "1 for features of length 1, so that a product of two is the cosine between them.", JsonValue.Create("1")),
            DocumentParts.Timeout,
        ];
        operation.RequestBody = Body();
        DocumentParts.Answer(operation, VideoExamples.Embed);
        Refuse(operation);
    }

    private static void Refuse(OpenApiOperation operation) => DocumentParts.Refuse(
        operation,
        (400, "The body is empty, the form is malformed, or a parameter is unknown or out of its range."),
        (401, "The server asks for a key."),
        (408, "The upload did not end in time."),
        (413, "The body is larger than the server takes."),
        (415, "The content type holds no video, or the body is compressed."),
        (422, "The video cannot be read; the detail says why."),
        (429, "The server is full; Retry-After says when to come back."),
        (503, "The model is not in service yet."),
        (504, "The request could not be finished in time."));

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
                [DocumentParts.Bytes] = new() { Schema = bytes },
                ["video/*"] = new() { Schema = bytes },
                ["multipart/form-data"] = new() { Schema = form },
            },
        };
    }
}
