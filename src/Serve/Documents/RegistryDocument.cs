using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using Unreel.Serve.Api;

namespace Unreel.Serve.Documents;

/// <summary>The routes of the registry's API.</summary>
internal static class RegistryDocument
{
    private const string Digest = "sha256:9f2c0d5b1f4e6a7b8c9d0e1f2a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d";

    private static readonly OpenApiParameter Kind = InPath("kind", "clips, textures, weights, onnx, report or scores.", "onnx");
    private static readonly OpenApiParameter Name = InPath("name", "The artifact's name.", "quickstart");
    private static readonly OpenApiParameter Which = InPath("which", "A tag, or sha256: and 64 digits.", "latest");
    private static readonly OpenApiParameter Tag = InPath("tag", "The tag.", "latest");
    private static readonly OpenApiParameter DigestInPath = InPath("digest", "sha256: and 64 digits.", Digest);
    private static readonly OpenApiParameter Title = InPath("title", "The file's path within the artifact.", "model.onnx");
    private static readonly OpenApiParameter KnownTag = Header("If-None-Match", "The ETag that the caller has; 304 where it is still right.");
    private static readonly OpenApiParameter Expected = Header("If-Match", "What the tag is expected to point to, as its 64 digits in quotation marks; * for anything.");
    private static readonly OpenApiParameter ExpectedNone = Header("If-None-Match", "* where the tag is expected not to exist yet.");

    /// <summary>What to say of each, by its pattern and method.</summary>
    public static IEnumerable<KeyValuePair<string, Action<OpenApiOperation>>> Routes { get; } =
    [
        Route("artifacts", operation => Say(operation, "Artifacts, found by words and filters, page by page.", "The ETag stands for the whole store; the next page is in next and in the Link header.", [.. Filters(), .. Paging(ArtifactApi.Limit, ArtifactApi.MostLimit), KnownTag])),
        Route("artifacts/{kind}/{name}/{which}", operation => Say(operation, "One artifact: files, options, inputs, metrics.", "It never changes; its ETag is its digest.", Kind, Name, Which, KnownTag)),
        Route("artifacts/{kind}/{name}/{which}/lineage", operation => Say(operation, "What an artifact came from and what came of it.", "Nodes and edges, nearest first; left_out counts the neighbours beyond them.", Kind, Name, Which, DocumentParts.Query("depth", JsonSchemaType.Integer, $"How many steps each way, 1 to {ArtifactApi.MostDepth}.", JsonValue.Create(ArtifactApi.Depth)), KnownTag)),
        Route("artifacts/{kind}/{name}/{which}/files/{title}", operation => Say(operation, "A file of an artifact, or a part of it.", "Its ETag is its digest, which is in Repr-Digest too; Range is understood.", Kind, Name, Which, Title)),
        Route("tags", operation => Say(operation, "Tags, page by page.", null, [DocumentParts.Query("kind", JsonSchemaType.String, "Only of this kind.", JsonValue.Create("onnx")), DocumentParts.Query("name", JsonSchemaType.String, "Only of this name.", JsonValue.Create("quickstart")), .. Paging(ArtifactApi.Limit, ArtifactApi.MostLimit), KnownTag])),
        Route("tags/{kind}/{name}/{tag}", operation => Say(operation, "A tag: where it points.", "Its ETag is the digest it points to. Who makes, moves or removes one says with If-Match or If-None-Match where it is expected to be, and sends a management key.", Kind, Name, Tag, Expected, ExpectedNone)),
        Route("blobs", operation => Take(operation, DocumentParts.Query("digest", JsonSchemaType.String, "The digest of the body.", JsonValue.Create(Digest)))),
        Route("blobs/{digest}", operation => Take(operation, DigestInPath)),
        Route("runs", operation => Say(operation, "Runs of pipelines, newest first, page by page.", null, [.. Paging(20, 100), KnownTag])),
        Route("runs/{digest}", operation => Say(operation, "One run: its stages, how long each took, which were hits of the cache, and its logs.", null, DigestInPath, KnownTag)),
        Route("runs/{digest}/logs/{title}", operation => Say(operation, "The log of a stage, or a part of it.", "Range is understood.", DigestInPath, Title)),
    ];

    private static KeyValuePair<string, Action<OpenApiOperation>> Route(string path, Action<OpenApiOperation> describe) => new($"api/v1/{path}", describe);

    private static void Say(OpenApiOperation operation, string summary, string? description, params OpenApiParameter[] parameters)
    {
        operation.Summary = operation.OperationId switch
        {
            "publish" => "Publishes an artifact whose files were uploaded; whole or not at all.",
            "deleteArtifact" => "Takes an artifact out of the listing; by its digest only, not while a tag points to it, and not while something tagged was made from it unless force says so.",
            "putTag" => "Makes a tag or moves it.",
            "deleteTag" => "Removes a tag; the artifact stays.",
            _ => summary,
        };
        operation.Description = description;
        operation.Parameters = [.. parameters.Where(parameter => operation.OperationId != "publish")];
        if (operation.OperationId == "deleteArtifact")
            operation.Parameters.Add(DocumentParts.Query("force", JsonSchemaType.Boolean, "true to remove also what something tagged was made from.", JsonValue.Create(false)));
        if (operation.OperationId == "publish")
            Publish(operation);
        else if (operation.OperationId == "putTag")
            Body(operation, $$"""{ "digest": "{{Digest}}" }""");

        Refuse(operation);
    }

    private static void Take(OpenApiOperation operation, OpenApiParameter digest)
    {
        operation.Summary = "Takes the bytes of a file that an artifact is going to name.";
        operation.Description = "The body goes to the disk while it is hashed, and into the store only where its digest is what was said. Needs a management key.";
        operation.Parameters = [digest];
        operation.RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Content = new Dictionary<string, OpenApiMediaType> { [DocumentParts.Bytes] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" } } },
        };
        Refuse(operation);
    }

    private static void Publish(OpenApiOperation operation)
    {
        operation.Description = "Files are named by the digests of blobs uploaded before. The artifact's stage is put. Needs a management key.";
        Body(operation, $$"""
            {
              "kind": "onnx", "name": "mine", "options": { "source": "by hand" },
              "inputs": [ { "option": "clips", "reference": "clips/quickstart-motions:latest" } ], "metrics": { "top1": 0.89 },
              "files": [ { "title": "model.onnx", "digest": "{{Digest}}", "size": 2124977, "media_type": "application/onnx" } ]
            }
            """);
    }

    private static void Body(OpenApiOperation operation, string example) => operation.RequestBody = new OpenApiRequestBody
    {
        Required = true,
        Content = new Dictionary<string, OpenApiMediaType> { [DocumentParts.Json] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.Object }, Example = JsonNode.Parse(example) } },
    };

    private static void Refuse(OpenApiOperation operation)
    {
        DocumentParts.Refuse(
            operation,
            (400, "A parameter or the body is malformed."),
            (401, "The server asks for a key."),
            (404, "There is no such thing, or the server has no store."));
        if (operation.OperationId is "publish" or "deleteArtifact" or "putTag" or "deleteTag" or "postBlob" or "putBlob")
            DocumentParts.Refuse(operation, (403, "Writing needs a management key, and the server has none or was sent another."));
        if (operation.OperationId is "putTag" or "deleteTag")
            DocumentParts.Refuse(operation, (412, "The tag is not where it is expected to be."), (428, "Nothing is said of where the tag is expected to be."));
        if (operation.OperationId is "deleteArtifact")
            DocumentParts.Refuse(operation, (409, "A tag points to the artifact, or something tagged was made from it."));
        if (operation.OperationId is "publish" or "putTag")
            DocumentParts.Refuse(operation, (422, "A blob, an input or an artifact that is named is not in the store, or a name is none."));
    }

    private static IEnumerable<OpenApiParameter> Filters()
    {
        yield return DocumentParts.Query("q", JsonSchemaType.String, "Words that must occur in name, tags, stage, metrics' names or inputs, or begin the digest.", JsonValue.Create("quickstart"));
        yield return DocumentParts.Query("kind", JsonSchemaType.String, "Only of this kind.", JsonValue.Create("onnx"));
        yield return DocumentParts.Query("stage", JsonSchemaType.String, "Only what this stage made.", JsonValue.Create("export"));
        yield return DocumentParts.Query("tag", JsonSchemaType.String, "Only what a tag of this name points to.", JsonValue.Create("latest"));
        yield return DocumentParts.Query("tagged", JsonSchemaType.String, "1 for what has tags, 0 for what has none.", JsonValue.Create("1"));
        yield return DocumentParts.Query("order", JsonSchemaType.String, "newest, name, size, or metric: and the name of a metric, highest first.", JsonValue.Create("metric:top1"));
    }

    private static IEnumerable<OpenApiParameter> Paging(int limit, int most)
    {
        yield return DocumentParts.Query("offset", JsonSchemaType.Integer, "How many of those found to leave out at the start.", JsonValue.Create(0));
        yield return DocumentParts.Query("limit", JsonSchemaType.Integer, $"How many to give at most, 1 to {most}.", JsonValue.Create(limit));
    }

    private static OpenApiParameter InPath(string name, string description, string example) => new()
    {
        Name = name,
        In = ParameterLocation.Path,
        Required = true,
        Description = description,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        Example = JsonValue.Create(example),
    };

    private static OpenApiParameter Header(string name, string description) => new()
    {
        Name = name,
        In = ParameterLocation.Header,
        Description = description,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
    };
}
