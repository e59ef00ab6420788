using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Unreel.Serve.Documents;

/// <summary>What the OpenAPI document says beyond what the routes say themselves: room by room, by the routes' patterns.</summary>
internal static class ApiDocument
{
    private static readonly Dictionary<string, Action<OpenApiOperation>> Rooms = new(
        [.. VideoDocument.Routes, .. ModelDocument.Routes, .. InferDocument.Routes, .. RegistryDocument.Routes], StringComparer.Ordinal);

    /// <summary>Adds descriptions, bodies, parameters and examples.</summary>
    public static void Configure(OpenApiOptions options)
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "Unreel",
                Version = "v1",
                Description = "Post a video, get the action. Errors are problem details (RFC 9457) that carry the request's id; those under /v2 are as the Open Inference Protocol has them.",
            };
            document.Servers?.Clear();
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            if (context.Description.RelativePath is { } path && Rooms.TryGetValue(path.TrimEnd('/').Replace("{**", "{", StringComparison.Ordinal), out Action<OpenApiOperation>? describe))
                describe(operation);

            // A route that is asked by GET and HEAD has one name and two operations, whose ids must differ.
            if (context.Description.HttpMethod == HttpMethods.Head)
                operation.OperationId += "Head";

            return Task.CompletedTask;
        });
    }
}
