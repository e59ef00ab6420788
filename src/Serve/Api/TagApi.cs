using Unreel.Artifacts;
using Unreel.Serve.Classify;
using Unreel.Serve.Http;
using Unreel.Serve.Registry;

namespace Unreel.Serve.Api;

/// <summary>A page of tags.</summary>
/// <param name="Total">How many were found in all.</param>
/// <param name="Offset">How many of them come before these.</param>
/// <param name="Next">The path of the next page; null at the end.</param>
/// <param name="Tags">Those of this page.</param>
public sealed record TagList(int Total, int Offset, string? Next, IReadOnlyList<TagDocument> Tags);

/// <summary>A tag.</summary>
/// <param name="Kind">The artifact's kind.</param>
/// <param name="Name">The artifact's name.</param>
/// <param name="Tag">The tag.</param>
/// <param name="Digest">What it points to.</param>
public sealed record TagDocument(string Kind, string Name, string Tag, Digest Digest)
{
    /// <summary>Makes it.</summary>
    internal static TagDocument Of(Tag tag) => new(ArtifactReference.KindText(tag.Kind), tag.Name, tag.Value, tag.Target);
}

/// <summary>Where a tag is to point.</summary>
/// <param name="Digest">The digest of an artifact of the same kind and name.</param>
public sealed record TagTarget(string Digest);

/// <summary>Tags: listed, read, moved, removed. Whoever moves one says where it is expected to be.</summary>
internal static class TagApi
{
    private const int MostBody = 4 << 10;

    /// <summary>Answers with a page of tags.</summary>
    public static async Task<IResult> ListAsync(HttpContext context, CancellationToken ct)
    {
        QueryReader reader = new(context.Request.Query, "kind", "name", "offset", "limit");
        ArtifactKind? kind = ListQuery.KindOf(reader.Text("kind"));
        string? name = reader.Text("name");
        int offset = reader.Whole("offset", 0, int.MaxValue) ?? 0, limit = reader.Whole("limit", 1, ArtifactApi.MostLimit) ?? ArtifactApi.Limit;
        IndexSnapshot snapshot = await RegistryRoutes.SnapshotAsync(context.RequestServices, ct);
        return Conditions.Answer(context, ArtifactApi.VersionOf(snapshot), () =>
        {
            Tag[] found = [.. snapshot.Tags.Where(tag => (kind is null || tag.Kind == kind) && (name is null || tag.Name == name))];
            string query = string.Join('&', ((string Name, string? Value)[])[("kind", reader.Text("kind")), ("name", name)] is var pairs ? pairs.Where(pair => pair.Value is not null).Select(pair => $"{pair.Name}={Uri.EscapeDataString(pair.Value!)}") : []);
            return new TagList(found.Length, offset, Conditions.Next(context, $"{ApiRoutes.Root}/tags", query, offset, limit, found.Length), [.. found.Skip(offset).Take(limit).Select(TagDocument.Of)]);
        });
    }

    /// <summary>Answers with one tag, as it is now.</summary>
    public static async Task<IResult> ShowAsync(HttpContext context, string kind, string name, string tag, CancellationToken ct)
    {
        ArtifactReference reference = ReferenceOf(kind, name, tag);
        Tag found = await ReadAsync(context, reference, ct) ?? throw new RequestException(StatusCodes.Status404NotFound, $"There is no tag {reference}.");
        return Conditions.Answer(context, Conditions.TagOf(found.Target), () => TagDocument.Of(found));
    }

    /// <summary>Makes a tag or moves it.</summary>
    public static async Task<IResult> PutAsync(HttpContext context, string kind, string name, string tag, CancellationToken ct)
    {
        IArtifactStore store = RegistryRoutes.Store(context.RequestServices);
        ArtifactReference reference = ReferenceOf(kind, name, tag);
        TagTarget body = await JsonBody.ReadAsync<TagTarget>(context, MostBody, ct);
        if (!Digest.TryParse(body.Digest, out Digest target))
            throw new RequestException(StatusCodes.Status400BadRequest, $"digest is '{body.Digest}'; expected sha256: and 64 lower-case hexadecimal digits.");

        Tag? now = await ReadAsync(context, reference, ct);
        Conditions.RequireExpected(context, $"the tag {reference}", now?.Target);
        if (await store.FindAsync(ArtifactReference.To(new ArtifactRef(reference.Kind, reference.Name, target)), ct) is null)
            throw new RequestException(StatusCodes.Status422UnprocessableEntity, $"There is no artifact {kind}/{name}@{target} that the tag could point to.");
        if (!await store.TryMoveTagAsync(reference.Kind, reference.Name, reference.Tag!, target, now, ct))
            throw Lost(reference);

        context.RequestServices.GetRequiredService<ArtifactIndex>().Invalidate();
        context.Response.Headers.ETag = Conditions.TagOf(target).ToString();
        TagDocument document = new(kind, name, tag, target);
        return now is null ? Results.Created($"{ApiRoutes.Root}/tags/{kind}/{name}/{tag}", document) : Results.Ok(document);
    }

    /// <summary>Removes a tag; the artifact stays.</summary>
    public static async Task<IResult> DeleteAsync(HttpContext context, string kind, string name, string tag, CancellationToken ct)
    {
        ArtifactReference reference = ReferenceOf(kind, name, tag);
        Tag now = await ReadAsync(context, reference, ct) ?? throw new RequestException(StatusCodes.Status404NotFound, $"There is no tag {reference}.");
        Conditions.RequireExpected(context, $"the tag {reference}", now.Target);
        if (!await RegistryRoutes.Store(context.RequestServices).TryRemoveTagAsync(now, ct))
            throw Lost(reference);

        context.RequestServices.GetRequiredService<ArtifactIndex>().Invalidate();
        return Results.NoContent();
    }

    private static RequestException Lost(ArtifactReference reference) =>
        new(StatusCodes.Status412PreconditionFailed, $"The tag {reference} was moved by somebody else meanwhile; look at it again.");

    private static Task<Tag?> ReadAsync(HttpContext context, ArtifactReference reference, CancellationToken ct) =>
        RegistryRoutes.Store(context.RequestServices).ReadTagAsync(reference.Kind, reference.Name, reference.Tag!, ct);

    private static ArtifactReference ReferenceOf(string kind, string name, string tag) =>
        ArtifactReference.TryParse($"{kind}/{name}:{tag}", out ArtifactReference? reference, out string? why)
            ? reference
            : throw new RequestException(StatusCodes.Status404NotFound, $"'{kind}/{name}:{tag}' cannot be a tag: {why}.");
}
