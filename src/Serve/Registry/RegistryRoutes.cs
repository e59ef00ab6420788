using Unreel.Artifacts;
using Unreel.Serve.Http;
using Unreel.Serve.Pages;

namespace Unreel.Serve.Registry;

/// <summary>The registry's pages: what is in the store, where it came from, how good it is.</summary>
internal static class RegistryRoutes
{
    /// <summary>Where the registry begins.</summary>
    public const string Root = "/registry";

    // What others wrote may be seen so much later where nobody has asked for so long; every question has the store looked at anew behind it. What this
    // process wrote is seen at once.
    private static readonly TimeSpan MayBeOld = TimeSpan.FromMinutes(1);

    private static readonly string[] GetOrHead = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Adds the pages below <paramref name="group"/>.</summary>
    public static void Map(RouteGroupBuilder group)
    {
        group.MapGet("/", ListAsync);
        group.MapGet("/compare", ComparePage.ShowAsync);
        group.MapGet("/runs", RunPages.ListAsync);
        group.MapGet("/runs/{digest}", RunPages.ShowAsync);
        group.MapGet("/runs/{digest}/logs/{**title}", RunPages.LogAsync);
        group.MapGet("/golden/{kind}/{name}/{which}", GoldenPicture.SendAsync);
        group.MapGet("/{kind}/{name}/{which}", ShowAsync);
        group.MapMethods("/blobs/{kind}/{name}/{which}/{**title}", GetOrHead, (HttpContext context, string kind, string name, string which, string title) => BlobDownload.SendAsync(context, kind, name, which, title));
    }

    /// <summary>The path of an artifact's page.</summary>
    public static string PathOf(ArtifactRef artifact) =>
        $"{Root}/{ArtifactReference.KindText(artifact.Kind)}/{artifact.Name}/{artifact.Digest}";

    /// <summary>The path of an artifact's file.</summary>
    public static string PathOf(ArtifactRef artifact, string title) =>
        $"{Root}/blobs/{ArtifactReference.KindText(artifact.Kind)}/{artifact.Name}/{artifact.Digest}/{Escaped(title)}";

    /// <summary>A title as a part of a path.</summary>
    public static string Escaped(string title) => string.Join('/', title.Split('/').Select(Uri.EscapeDataString));

    /// <summary>Finds what a path names.</summary>
    /// <exception cref="RequestException">It is no reference (404), there is nothing by it (404), or there is no store (404).</exception>
    public static Task<Artifact> FindAsync(IServiceProvider services, string kind, string name, string which, CancellationToken ct) =>
        FindAsync(services, Digest.TryParse(which, out _) ? $"{kind}/{name}@{which}" : $"{kind}/{name}:{which}", ct);

    /// <summary>Finds what a reference names.</summary>
    /// <exception cref="RequestException">It is no reference (404), there is nothing by it (404), or there is no store (404).</exception>
    public static async Task<Artifact> FindAsync(IServiceProvider services, string text, CancellationToken ct)
    {
        IArtifactStore store = Store(services);
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

    /// <summary>What is in the store.</summary>
    /// <exception cref="RequestException">The server has no store (404).</exception>
    public static Task<IndexSnapshot> SnapshotAsync(IServiceProvider services, CancellationToken ct)
    {
        _ = Store(services);
        return services.GetRequiredService<ArtifactIndex>().GetAsync(MayBeOld, ct);
    }

    private static async Task<IResult> ListAsync(HttpContext context, CancellationToken ct)
    {
        ListQuery query = ListQuery.ReadPage(context.Request.Query, ListPage.PageSize);
        IndexSnapshot snapshot = await SnapshotAsync(context.RequestServices, ct);
        return SecurityHeaders.Page(context, nonce => Layout.Page("Registry", nonce, ListPage.Body(snapshot, query), Root));
    }

    private static async Task<IResult> ShowAsync(HttpContext context, string kind, string name, string which, CancellationToken ct)
    {
        DetailQuery query = DetailQuery.Read(context.Request.Query);
        Artifact artifact = await FindAsync(context.RequestServices, kind, name, which, ct);
        IndexSnapshot snapshot = await SnapshotAsync(context.RequestServices, ct);
        ArtifactDetail detail = await ArtifactDetail.ReadAsync(Store(context.RequestServices), snapshot, artifact, query, ct);
        return SecurityHeaders.Page(context, nonce => Layout.Page($"{kind}/{name}", nonce, DetailPage.Body(detail)));
    }
}
