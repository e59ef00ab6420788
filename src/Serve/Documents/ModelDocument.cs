using Microsoft.OpenApi;

namespace Unreel.Serve.Documents;

/// <summary>The routes that tell of the models.</summary>
internal static class ModelDocument
{
    private const string One = """
        {
          "name": "quickstart", "version": "latest", "reference": "onnx/quickstart:latest", "ready": true,
          "digest": "sha256:9f2c0d5b1f4e6a7b8c9d0e1f2a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d", "since": "2026-01-02T03:04:05+00:00", "provider": "CPUExecutionProvider",
          "labels": [ "bend", "jump", "walk" ], "frames": 16, "stride": 4, "size": 224, "views": 2, "width": 384, "batch": null, "batching": 1, "refused": null
        }
        """;

    /// <summary>What to say of each, by its pattern.</summary>
    public static IEnumerable<KeyValuePair<string, Action<OpenApiOperation>>> Routes { get; } = [new("v1/models", List), new("v1/models/{model}", Show)];

    private static void List(OpenApiOperation operation)
    {
        operation.Summary = "The models, with their labels and what they take.";
        operation.Description = "Requests that name no model mean the first.";
        DocumentParts.Answer(operation, $$"""{ "models": [ {{One}} ] }""");
    }

    private static void Show(OpenApiOperation operation)
    {
        operation.Summary = "One model.";
        operation.Parameters = [DocumentParts.Model];
        DocumentParts.Answer(operation, One);
        DocumentParts.Refuse(operation, (404, "There is no such model; the detail names those there are."));
    }
}
