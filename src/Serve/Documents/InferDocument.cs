using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using Unreel.Serve.OpenInference;

namespace Unreel.Serve.Documents;

/// <summary>The routes of the Open Inference Protocol.</summary>
internal static class InferDocument
{
    private const string Server = """{ "name": "unreel", "version": "1.0.0", "extensions": [ "binary_tensor_data" ] }""";

    private const string Model = """
        {
          "name": "quickstart", "versions": [ "latest" ], "platform": "onnxruntime_onnx",
          "inputs": [ { "name": "video", "datatype": "UINT8", "shape": [ -1, 16, 224, 224, 3 ] } ],
          "outputs": [
            { "name": "logits", "datatype": "FP32", "shape": [ -1, 10 ] },
            { "name": "probabilities", "datatype": "FP32", "shape": [ -1, 10 ] },
            { "name": "features", "datatype": "FP32", "shape": [ -1, 384 ] }
          ]
        }
        """;

    private const string Request = """
        {
          "id": "42",
          "inputs": [ { "name": "video", "shape": [ 1, 16, 224, 224, 3 ], "datatype": "UINT8", "parameters": { "binary_data_size": 2408448 } } ],
          "outputs": [ { "name": "probabilities", "parameters": { "binary_data": false } } ]
        }
        """;

    private const string Answer = """
        {
          "model_name": "quickstart", "model_version": "latest", "id": "42",
          "outputs": [ { "name": "probabilities", "datatype": "FP32", "shape": [ 1, 3 ], "data": [ 0.02, 0.07, 0.91 ] } ]
        }
        """;

    private static readonly OpenApiSchema AnyObject = new() { Type = JsonSchemaType.Object };
    private static readonly OpenApiSchema AnyBytes = new() { Type = JsonSchemaType.String, Format = "binary" };

    /// <summary>What to say of each, by its pattern.</summary>
    public static IEnumerable<KeyValuePair<string, Action<OpenApiOperation>>> Routes { get; } =
    [
        new("v2", operation => Say(operation, "The server, in the words of the Open Inference Protocol.", Server)),
        .. OfModel("v2/models/{model}", DocumentParts.Model),
        .. OfModel("v2/models/{model}/versions/{version}", DocumentParts.Model, DocumentParts.Version),
    ];

    private static IEnumerable<KeyValuePair<string, Action<OpenApiOperation>>> OfModel(string path, params OpenApiParameter[] parameters)
    {
        yield return new(path, operation => Say(operation, "The tensors that a model takes and gives.", Model, parameters));
        yield return new(path + "/ready", operation => Say(operation, "Whether a model answers.", """{ "name": "quickstart", "ready": true }""", parameters));
        yield return new(path + "/infer", operation => Infer(operation, parameters));
    }

    private static void Say(OpenApiOperation operation, string summary, string example, params OpenApiParameter[] parameters)
    {
        operation.Summary = summary;
        operation.Parameters = [.. parameters];
        DocumentParts.Answer(operation, example);
        if (parameters.Length > 0)
            DocumentParts.RefuseInference(operation, (404, "There is no such model."));
    }

    private static void Infer(OpenApiOperation operation, OpenApiParameter[] parameters)
    {
        operation.Summary = "The model's outputs for clips whose frames the caller has.";
        operation.Description = $"Clips are RGB, one byte a value, [clip, frame, row, column, channel]. They are in the JSON, flat or nested, or follow it as bytes: then {InferBody.Header} says how many bytes are JSON. Outputs that are not asked for are not sent; where none is, all are.";
        operation.Parameters =
        [
            .. parameters,
            DocumentParts.Timeout,
            new OpenApiParameter { Name = InferBody.Header, In = ParameterLocation.Header, Description = "How many bytes of the body are JSON, where tensors follow it.", Schema = new OpenApiSchema { Type = JsonSchemaType.Integer }, Example = JsonValue.Create(188) },
        ];
        operation.RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Content = new Dictionary<string, OpenApiMediaType>
            {
                [DocumentParts.Json] = new() { Schema = AnyObject, Example = JsonNode.Parse(Request) },
                [DocumentParts.Bytes] = new() { Schema = AnyBytes },
            },
        };
        operation.Responses ??= [];
        operation.Responses["200"] = new OpenApiResponse
        {
            Description = $"The outputs; where some are wanted as bytes, these follow the JSON and {InferBody.Header} says where they begin.",
            Content = new Dictionary<string, OpenApiMediaType>
            {
                [DocumentParts.Json] = new() { Schema = AnyObject, Example = JsonNode.Parse(Answer) },
                [DocumentParts.Bytes] = new() { Schema = AnyBytes },
            },
        };
        DocumentParts.RefuseInference(
            operation,
            (400, "The JSON is malformed, or the tensors are not what the model takes, or not as many bytes as they say."),
            (404, "There is no such model."),
            (408, "The body did not end in time."),
            (413, "The body is larger than the server takes."),
            (429, "The server is full; Retry-After says when to come back."),
            (503, "The model is not in service yet."),
            (504, "The request could not be finished in time."));
    }
}
