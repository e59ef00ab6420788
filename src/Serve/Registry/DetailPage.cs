using System.Globalization;
using System.Text.Json;
using Unreel.Artifacts;
using Unreel.Serve.Http;

namespace Unreel.Serve.Registry;

/// <summary>The page of one artifact.</summary>
internal static class DetailPage
{
    // An artifact may hold ten thousand videos, or folders of frames.
    private const int MostFiles = 200, MostPictures = 24;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The page's content.</summary>
    public static Html Body(ArtifactDetail detail)
    {
        Lineage lineage = detail.Artifact.Lineage;
        return Html.Of($"""
            <p><code id="digest">{detail.Artifact.Reference.Digest.ToString()}</code></p>
            <table><tbody>
            {Fact("tags", string.Join(", ", detail.Tags))}
            {Fact("size", Figures.Size(detail.Artifact.Size))}
            {Fact("stage", $"{lineage.Stage} v{lineage.StageVersion.ToString(CultureInfo.InvariantCulture)}")}
            {Fact("seed", lineage.Seed?.ToString(CultureInfo.InvariantCulture))}
            {Fact("code", lineage.Code)}
            {Fact("runtime", lineage.Runtime)}
            {Fact("device", lineage.Device)}
            </tbody></table>
            {Films(detail.Artifact)}
            {Pictures(detail.Artifact)}
            {ModelSection.Of(detail.Model)}
            {Section("Figures", Rows(lineage.Metrics.Select(figure => Pair(figure.Key, Figures.Value(figure.Value)))))}
            {Section("Made from", Rows(lineage.Inputs.Select(Input)))}
            {Section("Files", Files(detail.Artifact))}
            {Section("Options", lineage.Options.Count == 0 ? Html.Empty : Html.Of($"<pre>{lineage.Options.ToJsonString(Indented)}</pre>"))}
            {Section("Runs", Rows(detail.Runs.Select(Run)))}
            """);
    }

    private static Html Section(string title, Html content) =>
        content.Text.Length == 0 ? Html.Empty : Html.Of($"<h2>{title}</h2>{content}");

    private static Html Rows(IEnumerable<Html> rows)
    {
        Html all = Html.Join(rows);
        return all.Text.Length == 0 ? Html.Empty : Html.Of($"<table><tbody>{all}</tbody></table>");
    }

    private static Html Fact(string name, string? value) => string.IsNullOrEmpty(value) ? Html.Empty : Pair(name, value);

    private static Html Pair(string name, string value) => Html.Of($"<tr><th>{name}</th><td>{value}</td></tr>");

    private static Html Input(LineageInput input) =>
        Html.Of($"<tr><td>{Figures.Input(input)}</td><td><code>{input.Digest.ToString()}</code></td></tr>");

    private static Html Files(Artifact artifact)
    {
        IReadOnlyList<Descriptor> layers = artifact.Manifest.Layers;
        Html rows = Rows(layers.Take(MostFiles).Select(layer => File(artifact.Reference, layer)));
        return layers.Count <= MostFiles ? rows : Html.Of($"{rows}<p>and {layers.Count - MostFiles} more files</p>");
    }

    private static Html File(ArtifactRef artifact, Descriptor layer) => Html.Of($"""
        <tr><td>{Name(artifact, layer)}</td>
        <td>{layer.MediaType}</td><td class="number">{Figures.Size(layer.Size)}</td><td><code>{layer.Digest.Hex[..12]}</code></td></tr>
        """);

    private static Html Name(ArtifactRef artifact, Descriptor layer) => layer.Title is { } title
        ? Html.Of($"<a href=\"{RegistryRoutes.PathOf(artifact, title)}\">{title}</a>")
        : Html.Of($"(no name)");

    // What lies in folders is content, not a picture of it.
    private static Html Pictures(Artifact artifact) => Html.Join(artifact.Manifest.Layers
        .Where(layer => layer.Title is { } title && !title.Contains('/', StringComparison.Ordinal) && BlobDownload.IsPicture(layer.MediaType))
        .Take(MostPictures)
        .Select(layer => Html.Of($"<p><img src=\"{RegistryRoutes.PathOf(artifact.Reference, layer.Title!)}\" alt=\"{layer.Title}\"></p>")));

    private static Html Films(Artifact artifact) => Html.Join(artifact.Manifest.Layers
        .Where(layer => layer.Title is { } title && IsPreview(title) && BlobDownload.IsFilm(layer.MediaType))
        .Take(MostPictures)
        .Select(layer => Html.Of($"<p><video src=\"{RegistryRoutes.PathOf(artifact.Reference, layer.Title!)}\" title=\"{layer.Title}\" controls muted loop playsinline></video></p>")));

    // Made to be looked at, unlike the videos that an artifact consists of.
    private static bool IsPreview(string title) =>
        title.StartsWith("preview", StringComparison.Ordinal) && title.EndsWith(".mp4", StringComparison.Ordinal) && !title.Contains('/', StringComparison.Ordinal);

    private static Html Run(RunRecord run) => Html.Of($"""
        <tr><td>{run.Started:yyyy-MM-dd HH:mm:ss} UTC</td><td class="number">{(run.Finished - run.Started).TotalSeconds:0.#} s</td>
        <td>{run.Machine}</td><td>{Figures.Line(run.Figures)}</td></tr>
        """);
}
