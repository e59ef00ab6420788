using System.Text.Json.Nodes;
using Unreel.Artifacts;
using Unreel.Serve.Http;
using Unreel.Serve.Registry;

namespace Unreel.Serve.Api;

/// <summary>An artifact to be published; its files' bytes are in the store already.</summary>
public sealed record PublishRequest
{
    /// <summary>Its kind.</summary>
    public required string Kind { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its files, at least one.</summary>
    public required IReadOnlyList<PublishFile> Files { get; init; }

    /// <summary>How it was made, without secrets. Default nothing.</summary>
    public JsonObject Options { get; init; } = [];

    /// <summary>What it was made from: artifacts of this store. Default nothing.</summary>
    public IReadOnlyList<PublishInput> Inputs { get; init; } = [];

    /// <summary>Figures, finite all of them. Default none.</summary>
    public SortedDictionary<string, double> Metrics { get; init; } = [];
}

/// <summary>A file of it.</summary>
/// <param name="Title">Its path within the artifact, with forward slashes.</param>
/// <param name="Digest">Its digest.</param>
/// <param name="Size">Its bytes.</param>
/// <param name="MediaType">What it is.</param>
public sealed record PublishFile(string Title, string Digest, long Size, string MediaType);

/// <summary>Something it was made from.</summary>
/// <param name="Option">What it was used as.</param>
/// <param name="Reference"><c>kind/name:tag</c> or <c>kind/name@digest</c>.</param>
public sealed record PublishInput(string Option, string Reference);

/// <summary>Publishes what was uploaded: whole or not at all.</summary>
internal static class PublishApi
{
    /// <summary>Answers with the artifact.</summary>
    public static async Task<IResult> PublishAsync(HttpContext context, CancellationToken ct)
    {
        IArtifactStore store = RegistryRoutes.Store(context.RequestServices);
        PublishRequest request = await JsonBody.ReadAsync<PublishRequest>(context, ArtifactStore.MaxManifestBytes, ct);
        ArtifactReference name = ArtifactReference.TryParse($"{request.Kind}/{request.Name}", out ArtifactReference? read, out string? why) && read.Digest is null
            ? read
            : throw Refused($"'{request.Kind}/{request.Name}' cannot name an artifact: {why}.");
        if (request.Files.Count == 0)
            throw Refused("files is empty; expected at least one.");
        RequireFilled(request.Files, "files");
        RequireFilled(request.Inputs, "inputs");

        try
        {
            Lineage lineage = new() { Stage = "put", Options = request.Options, Inputs = await InputsAsync(store, request.Inputs, ct), Metrics = request.Metrics };
            ArtifactRef published = await store.PublishAsync(name.Kind, name.Name, lineage, [.. request.Files.Select(Layer)], ct);
            context.RequestServices.GetRequiredService<ArtifactIndex>().Invalidate();
            context.Response.Headers.ETag = Conditions.TagOf(published.Digest).ToString();
            return Results.Created(ArtifactDocument.UrlOf(published), ArtifactDocument.Of(await store.ReadAsync(published, ct)));
        }
        catch (StoreException problem) when (problem is not StoreUnreachableException)
        {
            throw Refused(StoreWords.Of(store, problem), problem);
        }
    }

    // The reader of JSON looks at members, not at what lists hold.
    private static void RequireFilled<T>(IReadOnlyList<T?> items, string name)
        where T : class
    {
        if (items.Contains(null))
            throw new RequestException(StatusCodes.Status400BadRequest, $"{name} holds a null; expected objects.");
    }

    private static async Task<IReadOnlyList<LineageInput>> InputsAsync(IArtifactStore store, IReadOnlyList<PublishInput> inputs, CancellationToken ct)
    {
        List<LineageInput> found = [];
        foreach (PublishInput input in inputs)
        {
            if (!ArtifactReference.TryParse(input.Reference, out ArtifactReference? reference, out string? why))
                throw Refused($"The input {input.Option} is '{input.Reference}', which names no artifact: {why}.");

            ArtifactRef artifact = await store.FindAsync(reference, ct) ?? throw Refused($"The input {input.Option} is {reference}, and there is no such artifact.");
            found.Add(new LineageInput(input.Option, artifact.ToString(), artifact.Digest));
        }

        return found;
    }

    private static Descriptor Layer(PublishFile file) => new()
    {
        MediaType = file.MediaType,
        Digest = Digest.TryParse(file.Digest, out Digest digest) ? digest : throw Refused($"The file {file.Title} has the digest '{file.Digest}'; expected sha256: and 64 lower-case hexadecimal digits."),
        Size = file.Size,
        Annotations = new(StringComparer.Ordinal) { [Descriptor.TitleAnnotation] = file.Title },
    };

    private static RequestException Refused(string message, Exception? inner = null) => new(StatusCodes.Status422UnprocessableEntity, message, inner);
}
