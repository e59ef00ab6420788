using System.Globalization;
using Unreel.Artifacts;
using Unreel.Serve.Http;

namespace Unreel.Serve.Oci;

/// <summary>Lists the tags of a repository, page by page.</summary>
internal sealed class OciTags(ArtifactIndex index)
{
    // As in the registry's pages: what is older than a second is answered, and looked at anew meanwhile.
    private static readonly TimeSpan MayBeOld = TimeSpan.FromMinutes(1);

    public async Task SendAsync(HttpContext context, OciPath asked)
    {
        CancellationToken ct = context.RequestAborted;
        await RequireNameAsync(asked, ct);
        IndexSnapshot snapshot = await index.GetAsync(MayBeOld, ct);

        // The specification's order: letters' case is not looked at.
        string[] all =
        [
            .. snapshot.Tags.Where(tag => tag.Kind == asked.Kind && tag.Name == asked.Name).Select(tag => tag.Value)
                .Order(StringComparer.OrdinalIgnoreCase).ThenBy(tag => tag, StringComparer.Ordinal),
        ];
        int? most = Number(context.Request.Query["n"]);
        string[] page = [.. After(all, context.Request.Query["last"]).Take(most ?? all.Length)];
        if (page.Length > 0 && page[^1] != all[^1])
            context.Response.Headers.Link = $"</v2/{asked.Repository}/tags/list?n={most!.Value.ToString(CultureInfo.InvariantCulture)}&last={Uri.EscapeDataString(page[^1])}>; rel=\"next\"";

        await Results.Json(new { name = asked.Repository, tags = page }, ServeJson.Options, "application/json").ExecuteAsync(context);
    }

    /// <summary>Refuses a name that nothing has.</summary>
    /// <exception cref="OciException">There is no artifact by it.</exception>
    public async Task RequireNameAsync(OciPath asked, CancellationToken ct)
    {
        // It may be newer than what is known; of any number of unknown names, the store is looked at once a second.
        if (!Holds(await index.GetAsync(MayBeOld, ct), asked) && !Holds(await index.GetAsync(ct), asked))
            throw OciException.NoName(asked.Repository);
    }

    private static bool Holds(IndexSnapshot snapshot, OciPath asked) =>
        snapshot.Entries.Select(entry => entry.Reference).Concat(snapshot.Broken.Select(broken => broken.Artifact)).Any(artifact => artifact.Kind == asked.Kind && artifact.Name == asked.Name);

    private static IEnumerable<string> After(string[] all, string? last) =>
        string.IsNullOrEmpty(last) ? all : all.Where(tag => StringComparer.OrdinalIgnoreCase.Compare(tag, last) is var order && (order > 0 || order == 0 && string.CompareOrdinal(tag, last) > 0));

    private static int? Number(string? text) =>
        text is null ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number
        : throw OciException.NoNumber(text);
}
