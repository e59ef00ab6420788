using Unreel.Artifacts;
using Unreel.Serve.Http;

namespace Unreel.Serve.Registry;

/// <summary>The list of artifacts by kind.</summary>
internal static class ListPage
{
    /// <summary>The page's content.</summary>
    public static Html Body(ArtifactListing listing)
    {
        Html kinds = Html.Join(Enum.GetValues<ArtifactKind>().Select(ArtifactReference.KindText).Select(kind => Html.Of($"<a href=\"/registry?kind={kind}\">{kind}</a>")));
        if (listing.Artifacts.Count == 0)
            return Html.Of($"<nav><a href=\"/registry\">all</a>{kinds}</nav><p>There is nothing here yet.</p>");

        Html tables = Html.Join(listing.Artifacts.GroupBy(artifact => artifact.Reference.Kind).OrderBy(group => group.Key).Select(group => Table(group.Key, group, listing)));
        return Html.Of($"<nav><a href=\"/registry\">all</a>{kinds}</nav>{tables}{Pages(listing)}");
    }

    private static Html Table(ArtifactKind kind, IEnumerable<Artifact> artifacts, ArtifactListing listing) => Html.Of($"""
        <h2>{ArtifactReference.KindText(kind)}</h2>
        <table><thead><tr><th>name</th><th>tags</th><th>digest</th><th class="number">size</th><th>stage</th><th>made from</th><th>figures</th></tr></thead>
        <tbody>{Html.Join(artifacts.Select(artifact => Row(artifact, listing)))}</tbody></table>
        """);

    private static Html Row(Artifact artifact, ArtifactListing listing)
    {
        ArtifactRef reference = artifact.Reference;
        return Html.Of($"""
            <tr><td><a href="{RegistryRoutes.PathOf(reference)}">{reference.Name}</a></td>
            <td>{string.Join(", ", listing.TagsOf(reference))}</td>
            <td><code>{reference.Digest.Hex[..12]}</code></td>
            <td class="number">{Figures.Size(artifact.Size)}</td>
            <td>{artifact.Lineage.Stage}</td>
            <td>{Html.Join(artifact.Lineage.Inputs.Select(Figures.Input), "<br>")}</td>
            <td>{Figures.Line(artifact.Lineage.Metrics)}</td></tr>
            """);
    }

    private static Html Pages(ArtifactListing listing)
    {
        string kind = listing.Only is { } only ? $"kind={ArtifactReference.KindText(only)}&" : string.Empty;
        Html before = listing.Page > 1 ? Html.Of($"<a href=\"/registry?{kind}page={listing.Page - 1}\">before</a>") : Html.Empty;
        Html after = listing.More ? Html.Of($"<a href=\"/registry?{kind}page={listing.Page + 1}\">after</a>") : Html.Empty;
        return Html.Of($"<nav>{before}{after}</nav>");
    }
}
