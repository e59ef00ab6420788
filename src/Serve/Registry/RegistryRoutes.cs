using Unreel.Artifacts;
using Unreel.Serve.Http;
using Unreel.Serve.Pages;

namespace Unreel.Serve.Registry;

/// <summary>The registry's pages: what is in the store, where it came from, how good it is.</summary>
internal static class RegistryRoutes
{
    /// <summary>Adds the pages below <paramref name="group"/>.</summary>
    public static void Map(RouteGroupBuilder group)
    {
        group.MapGet("/", ListAsync);
        group.MapGet("/{kind}/{name}/{which}", ShowAsync);
        group.MapGet("/blobs/{kind}/{name}/{digest}/{**title}", BlobDownload.SendAsync);
    }

    /// <summary>The path of an artifact's page.</summary>
    public static string PathOf(ArtifactRef artifact) =>
        $"/registry/{ArtifactReference.KindText(artifact.Kind)}/{artifact.Name}/{artifact.Digest}";

    /// <summary>The path of an artifact's file.</summary>
    public static string PathOf(ArtifactRef artifact, string title) =>
        $"/registry/blobs/{ArtifactReference.KindText(artifact.Kind)}/{artifact.Name}/{artifact.Digest}/{string.Join('/', title.Split('/').Select(Uri.EscapeDataString))}";

    /// <summary>Finds what a path names.</summary>
    /// <exception cref="RequestException">It is no reference (404), there is nothing by it (404), or there is no store (404).</exception>
    public static async Task<Artifact> FindAsync(IServiceProvider services, string kind, string name, string which, CancellationToken ct)
    {
        IArtifactStore store = Store(services);
        string text = Digest.TryParse(which, out _) ? $"{kind}/{name}@{which}" : $"{kind}/{name}:{which}";
        if (!ArtifactReference.TryParse(text, out ArtifactReference? reference, out string? why))
            throw new RequestException(StatusCodes.Status404NotFound, $"'{text}' names no artifact: {why}.");

        ArtifactRef found = await store.FindAsync(reference, ct)
            ?? throw new RequestException(StatusCodes.Status404NotFound, $"There is no artifact {reference}.");
        return await store.ReadAsync(found, ct);
    }

    /// <summary>The store.</summary>
    /// <exception cref="RequestException">The server has none (404).</exception>
    public static IArtifactStore Store(IServiceProvider services) =>
        services.GetService<IArtifactStore>() ?? throw new RequestException(StatusCodes.Status404NotFound, "This server was started without an artifact store.");

    private static async Task<IResult> ListAsync(HttpContext context, string? kind, int? page, CancellationToken ct)
    {
        ArtifactKind? only = null;
        if (!string.IsNullOrEmpty(kind))
            only = ArtifactReference.TryParseKind(kind, out ArtifactKind parsed) ? parsed : throw new RequestException(StatusCodes.Status404NotFound, $"'{kind}' is not a kind of artifact.");

        int number = Math.Clamp(page ?? 1, 1, int.MaxValue / ArtifactListing.PageSize);
        ArtifactListing listing = await ArtifactListing.ReadAsync(Store(context.RequestServices), only, number, ct);
        return SecurityHeaders.Page(context, nonce => Layout.Page("Registry", nonce, ListPage.Body(listing)));
    }

    private static async Task<IResult> ShowAsync(HttpContext context, string kind, string name, string which, CancellationToken ct)
    {
        Artifact artifact = await FindAsync(context.RequestServices, kind, name, which, ct);
        ArtifactDetail detail = await ArtifactDetail.ReadAsync(Store(context.RequestServices), artifact, ct);
        return SecurityHeaders.Page(context, nonce => Layout.Page($"{kind}/{name}", nonce, DetailPage.Body(detail)));
    }
}
