using Microsoft.Net.Http.Headers;
using Unreel.Artifacts;
using Unreel.Serve.Classify;
using Unreel.Serve.Http;
using Unreel.Serve.Registry;

namespace Unreel.Serve.Api;

/// <summary>Artifacts: found, told, deleted.</summary>
internal static class ArtifactApi
{
    /// <summary>The most that one answer lists, and what it lists where nothing is said.</summary>
    public const int MostLimit = 1000, Limit = 100;

    /// <summary>The most steps of lineage, and how many where nothing is said.</summary>
    public const int MostDepth = 100, Depth = 10;

    private const int MostNodes = 1000;

    /// <summary>Answers with a page of what was found.</summary>
    public static async Task<IResult> ListAsync(HttpContext context, CancellationToken ct)
    {
        ListQuery query = ListQuery.ReadOffset(context.Request.Query, Limit, MostLimit);
        IndexSnapshot snapshot = await RegistryRoutes.SnapshotAsync(context.RequestServices, ct);
        return Conditions.Answer(context, VersionOf(snapshot), () =>
        {
            IndexPage found = snapshot.Search(query.Search);
            string? next = Conditions.Next(context, $"{ApiRoutes.Root}/artifacts", query.Text(), query.Search.Offset, query.Search.Count, found.Total);
            return new ArtifactList(found.Total, query.Search.Offset, next, [.. found.Entries.Select(entry => ArtifactItem.Of(snapshot, entry))]);
        });
    }

    /// <summary>Answers with one artifact.</summary>
    public static async Task<IResult> ShowAsync(HttpContext context, string kind, string name, string which, CancellationToken ct)
    {
        Artifact artifact = await RegistryRoutes.FindAsync(context.RequestServices, kind, name, which, ct);
        return Conditions.Answer(context, Conditions.TagOf(artifact.Reference.Digest), () => ArtifactDocument.Of(artifact));
    }

    /// <summary>Answers with its lineage, both ways.</summary>
    public static async Task<IResult> LineageAsync(HttpContext context, string kind, string name, string which, CancellationToken ct)
    {
        int depth = new QueryReader(context.Request.Query, "depth").Whole("depth", 1, MostDepth) ?? Depth;
        Artifact artifact = await RegistryRoutes.FindAsync(context.RequestServices, kind, name, which, ct);
        IndexSnapshot snapshot = await RegistryRoutes.SnapshotAsync(context.RequestServices, ct);
        return Conditions.Answer(
            context,
            new EntityTagHeaderValue($"\"{snapshot.Version}-{artifact.Reference.Digest.Hex[..16]}\""),
            () => LineageDocument.Of(LineageView.Of(snapshot, artifact.Reference, artifact.Lineage.Inputs, depth, MostNodes)));
    }

    /// <summary>Takes an artifact out of the listing, unless something tagged needs it and nobody insists.</summary>
    public static async Task<IResult> DeleteAsync(HttpContext context, string kind, string name, string which, CancellationToken ct)
    {
        IArtifactStore store = RegistryRoutes.Store(context.RequestServices);
        bool isForced = new QueryReader(context.Request.Query, "force").Flag("force");
        if (!Digest.TryParse(which, out _))
            throw new RequestException(StatusCodes.Status400BadRequest, $"'{which}' is not a digest; expected sha256: and 64 digits, since a tag could mean another artifact by now.");
        if (!ArtifactReference.TryParse($"{kind}/{name}@{which}", out ArtifactReference? reference, out string? why))
            throw new RequestException(StatusCodes.Status404NotFound, $"'{kind}/{name}@{which}' names no artifact: {why}.");

        ArtifactRef artifact = new(reference.Kind, reference.Name, reference.Digest!.Value);
        ArtifactIndex index = context.RequestServices.GetRequiredService<ArtifactIndex>();
        if (!isForced)
            Dependents.RequireNone(await index.GetAsync(ct), artifact);

        try
        {
            await store.RemoveAsync(artifact, ct);
        }
        catch (StoreConflictException problem)
        {
            throw new RequestException(StatusCodes.Status409Conflict, StoreWords.Of(store, problem), problem);
        }

        index.Invalidate();
        return Results.NoContent();
    }

    /// <summary>The ETag of whatever a snapshot answers; each query has a URL of its own.</summary>
    public static EntityTagHeaderValue VersionOf(IndexSnapshot snapshot) => new($"\"{snapshot.Version}\"");
}
