using System.Globalization;
using System.Text.Json;
using Unreel.Artifacts;
using Unreel.Serve.Http;
using Unreel.Serve.Pages;

namespace Unreel.Serve.Registry;

/// <summary>The page of one artifact.</summary>
internal static class DetailPage
{
    // An artifact may hold ten thousand videos, or folders of frames.
    private const int FilesPerPage = 100, MostNodes = 40, MostDependents = 50, MostVersions = 50;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The page's content.</summary>
    public static Html Body(ArtifactDetail detail)
    {
        Lineage lineage = detail.Artifact.Lineage;
        ArtifactLooks looks = detail.Looks;
        return Html.Of($"""
            <p><code id="digest" class="digest">{detail.Artifact.Reference.Digest.ToString()}</code></p>
            {About(detail)}
            {Tables.Section("Card", looks.Card)}
            {Tables.Section("Figures", Tables.Facts("Figures", Figures.Foremost(lineage.Metrics).Select(figure => Tables.Fact(figure.Key, Figures.Value(figure.Value)))))}
            {Tables.Section("Curves", looks.Curves)}
            {Tables.Section("Pictures and clips", MediaSection.Of(detail.Artifact, detail.Query.Clips, looks.Drawn))}
            {Tables.Section("Confusion", looks.Confusion)}
            {Tables.Section("Report", looks.Report)}
            {ModelSection.Of(detail.Model)}
            {Tables.Section("Data", looks.Data)}
            {Tables.Section("Lineage", Ways(detail))}
            {Tables.Section("Files", Files(detail))}
            {Tables.Section("Options", lineage.Options.Count == 0 ? Html.Empty : Html.Of($"<pre tabindex=\"0\">{Html.Lines(lineage.Options.ToJsonString(Indented))}</pre>"))}
            {Tables.Section("Runs", Runs(detail.Records.Runs))}
            """);
    }

    private static Html About(ArtifactDetail detail)
    {
        Lineage lineage = detail.Artifact.Lineage;
        ArtifactRef reference = detail.Artifact.Reference;
        return Html.Of($"""
            {Tables.Facts("About", [
                Tables.Fact("tags", ListPage.Tags(detail.Snapshot.TagsOf(reference))),
                Tables.Fact("made", detail.Records.Runs is [var first, ..] ? $"{Figures.Time(first.Finished)} UTC" : null),
                Tables.Fact("added", detail.Snapshot.Find(reference) is { } entry && entry.Made != DateTimeOffset.MinValue ? $"{Figures.Time(entry.Made)} UTC" : null),
                Tables.Fact("size", $"{Figures.Size(detail.Artifact.Size)} in {detail.Artifact.Manifest.Layers.Count.ToString(CultureInfo.InvariantCulture)} files"),
                Tables.Fact("stage", $"{lineage.Stage} v{lineage.StageVersion.ToString(CultureInfo.InvariantCulture)}"),
                Html.Join(detail.Records.Signatures.Select(signature => Tables.Fact("signature", Html.Of($"<span class=\"digest\">{signature}</span>")))),
                Tables.Fact("records", detail.Records.Problem is { } problem ? Html.Of($"<span class=\"error\">Runs and signatures cannot all be read: {problem}</span>") : Html.Empty),
                Tables.Fact("seed", lineage.Seed?.ToString(CultureInfo.InvariantCulture)),
                Tables.Fact("code", lineage.Code),
                Tables.Fact("runtime", lineage.Runtime),
                Tables.Fact("device", lineage.Device),
            ])}
            {Compare(detail)}
            """);
    }

    private static Html Compare(ArtifactDetail detail)
    {
        ArtifactRef here = detail.Artifact.Reference;
        IndexEntry[] others = [.. detail.Snapshot.Search(new IndexQuery { Kind = here.Kind, Count = MostVersions }).Entries.Where(entry => entry.Reference != here).OrderByDescending(entry => entry.Reference.Name == here.Name)];
        if (others.Length == 0)
            return Html.Empty;

        Html options = Html.Join(others.Select(other => Html.Of($"<option value=\"{other.Reference.ToString()}\">{other.Reference.Name} {other.Reference.Digest.Hex[..12]} {string.Join(", ", detail.Snapshot.TagsOf(other.Reference))}</option>")));
        return Html.Of($"""
            <form class="filter" method="get" action="/registry/compare"><input type="hidden" name="a" value="{here.ToString()}">
            <label>Compare with <select name="b">{options}</select></label><button type="submit">Compare</button></form>
            """);
    }

    private static Html Ways(ArtifactDetail detail)
    {
        ArtifactRef here = detail.Artifact.Reference;
        LineageView view = LineageView.Of(detail.Snapshot, here, detail.Artifact.Lineage.Inputs, detail.Query.Depth, MostNodes);
        Html further = view.IsDeeper && detail.Query.Depth < DetailQuery.MostDepth
            ? Html.Of($"<p><a href=\"{RegistryRoutes.PathOf(here)}?depth={Math.Min(DetailQuery.MostDepth, detail.Query.Depth * 2)}\">Look further</a></p>")
            : Html.Empty;
        IndexEntry[] dependents = [.. detail.Snapshot.DependentsOf(here.Digest).Take(MostDependents + 1)];
        Html more = dependents.Length > MostDependents ? Html.Of($"<p>and more, all of them in <a href=\"{Api.ArtifactDocument.UrlOf(here)}/lineage?depth=1\">the lineage as JSON</a></p>") : Html.Empty;
        Html inputs = Tables.Facts("Made from", detail.Artifact.Lineage.Inputs.Select(input => Html.Of($"<tr><th scope=\"row\">{input.Option}</th><td>{Figures.InputName(input)}</td><td><code>{input.Digest.Hex[..12]}</code></td></tr>")));
        Html users = Tables.Facts("Used by", dependents.Take(MostDependents).Select(entry => Html.Of($"<tr><td><a href=\"{RegistryRoutes.PathOf(entry.Reference)}\">{ArtifactReference.KindText(entry.Reference.Kind)}/{entry.Reference.Name}</a></td><td>{entry.Stage}</td><td>{ListPage.Tags(detail.Snapshot.TagsOf(entry.Reference))}</td><td><code>{entry.Reference.Digest.Hex[..12]}</code></td></tr>")));
        return Html.Of($"""
            {LineagePicture.Of(view, detail.Snapshot)}{further}
            {(inputs.Text.Length == 0 ? Html.Empty : Html.Of($"<h3>Made from</h3>{inputs}"))}
            {(users.Text.Length == 0 ? Html.Empty : Html.Of($"<h3>Used by</h3>{users}{more}"))}
            """);
    }

    private static Html Files(ArtifactDetail detail)
    {
        IReadOnlyList<Descriptor> layers = detail.Artifact.Manifest.Layers;
        ArtifactRef artifact = detail.Artifact.Reference;
        int last = Math.Max(1, (layers.Count + FilesPerPage - 1) / FilesPerPage), at = Math.Min(detail.Query.Files, last);
        Html table = Tables.Of("Files", Tables.Head("name", "type", "#size", "digest"), layers.Skip((at - 1) * FilesPerPage).Take(FilesPerPage).Select(layer => File(artifact, layer)));
        Html before = at > 1 ? Html.Of($"<a rel=\"prev\" href=\"{RegistryRoutes.PathOf(artifact)}?files={at - 1}\">before</a> ") : Html.Empty;
        Html after = at < last ? Html.Of($"<a rel=\"next\" href=\"{RegistryRoutes.PathOf(artifact)}?files={at + 1}\">after</a>") : Html.Empty;
        return last == 1 ? table : Html.Of($"{table}<nav aria-label=\"Pages of files\">{before}page {at} of {last} {after}</nav>");
    }

    private static Html File(ArtifactRef artifact, Descriptor layer) => Html.Of($"""
        <tr><td>{Name(artifact, layer)}</td><td>{layer.MediaType}</td><td class="number">{Figures.Size(layer.Size)}</td><td><code>{layer.Digest.Hex[..12]}</code></td></tr>
        """);

    private static Html Name(ArtifactRef artifact, Descriptor layer) => layer.Title is { } title
        ? Html.Of($"<a href=\"{RegistryRoutes.PathOf(artifact, title)}\">{title}</a>")
        : Html.Of($"(no name)");

    private static Html Runs(IReadOnlyList<RunRecord> runs) => runs.Count == 0 ? Html.Empty : Tables.Of("Runs", Tables.Head("started (UTC)", "#took", "machine", "figures"), runs.Select(run => Html.Of($"""
        <tr><td class="keep">{run.Started.UtcDateTime:yyyy-MM-dd HH:mm:ss}</td><td class="number">{Figures.Span((run.Finished - run.Started).TotalSeconds)}</td>
        <td>{run.Machine}</td><td>{Figures.Line(run.Figures)}</td></tr>
        """)));
}
