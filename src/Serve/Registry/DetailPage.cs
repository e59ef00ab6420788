using System.Globalization;
using System.Text.Json;
using Unreel.Artifacts;
using Unreel.Serve.Http;

namespace Unreel.Serve.Registry;

/// <summary>The page of one artifact.</summary>
internal static class DetailPage
{
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
            {Section("Figures", Rows(lineage.Metrics.Select(figure => Pair(figure.Key, Figures.Value(figure.Value)))))}
            {Section("Made from", Rows(lineage.Inputs.Select(Input)))}
            {Section("Files", Rows(detail.Artifact.Manifest.Layers.Select(layer => File(detail.Artifact.Reference, layer))))}
            {Pictures(detail.Artifact)}
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

    private static Html File(ArtifactRef artifact, Descriptor layer) => Html.Of($"""
        <tr><td>{Name(artifact, layer)}</td>
        <td>{layer.MediaType}</td><td class="number">{Figures.Size(layer.Size)}</td><td><code>{layer.Digest.Hex[..12]}</code></td></tr>
        """);

    private static Html Name(ArtifactRef artifact, Descriptor layer) => layer.Title is { } title
        ? Html.Of($"<a href=\"{RegistryRoutes.PathOf(artifact, title)}\">{title}</a>")
        : Html.Of($"(no name)");

    private static Html Pictures(Artifact artifact) => Html.Join(artifact.Manifest.Layers
        .Where(layer => layer.Title is not null && BlobDownload.IsPicture(layer.MediaType))
        .Select(layer => Html.Of($"<p><img src=\"{RegistryRoutes.PathOf(artifact.Reference, layer.Title!)}\" alt=\"{layer.Title}\"></p>")));

    private static Html Run(RunRecord run) => Html.Of($"""
        <tr><td>{run.Started:yyyy-MM-dd HH:mm:ss} UTC</td><td class="number">{(run.Finished - run.Started).TotalSeconds:0.#} s</td>
        <td>{run.Machine}</td><td>{Figures.Line(run.Figures)}</td></tr>
        """);
}
