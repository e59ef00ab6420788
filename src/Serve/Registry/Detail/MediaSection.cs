using Unreel.Artifacts;
using Unreel.Serve.Http;

namespace Unreel.Serve.Registry;

/// <summary>Pictures and videos of an artifact, those made to be looked at first.</summary>
internal static class MediaSection
{
    private const int PerPage = 12, MostPictures = 24;

    /// <summary>The section; it says what would draw a picture where there is none.</summary>
    /// <param name="artifact">The artifact.</param>
    /// <param name="page">Which page of its videos, from 1.</param>
    /// <param name="drawn">Titles of pictures whose content the page shows already.</param>
    public static Html Of(Artifact artifact, int page, IReadOnlyCollection<string> drawn)
    {
        Descriptor[] named = [.. artifact.Manifest.Layers.Where(layer => layer.Title is not null)];
        Descriptor[] films = [.. named.Where(layer => BlobDownload.IsFilm(layer.MediaType))];
        Descriptor[] shown = [.. films.Where(IsMadeToBeSeen)];
        Html looks = Html.Join([
            .. shown.Take(PerPage).Select(layer => Film(artifact.Reference, layer)),
            .. named.Where(layer => IsTop(layer) && BlobDownload.IsPicture(layer.MediaType) && !drawn.Contains(layer.Title)).Take(MostPictures).Select(layer => Picture(artifact.Reference, layer)),
            Golden(artifact),
        ]);
        Html media = looks.Text.Length == 0 ? Html.Empty : Html.Of($"<div class=\"media large\">{looks}</div>");
        Html clips = Clips(artifact.Reference, [.. films.Except(shown)], page);
        return Html.Of($"{media}{clips}{(looks.Text.Length + clips.Text.Length == 0 ? Missing(artifact) : Html.Empty)}");
    }

    private static Html Clips(ArtifactRef artifact, Descriptor[] films, int page)
    {
        if (films.Length == 0)
            return Html.Empty;

        int last = (films.Length + PerPage - 1) / PerPage, at = Math.Min(page, last);
        string path = RegistryRoutes.PathOf(artifact);
        Html before = at > 1 ? Html.Of($"<a rel=\"prev\" href=\"{path}?clips={at - 1}#clips\">before</a> ") : Html.Empty;
        Html after = at < last ? Html.Of($"<a rel=\"next\" href=\"{path}?clips={at + 1}#clips\">after</a>") : Html.Empty;
        Html pages = last == 1 ? Html.Empty : Html.Of($"<nav aria-label=\"Pages of clips\">{before}page {at} of {last} {after}</nav>");
        return Html.Of($"""
            <h3 id="clips">{films.Length} {(films.Length == 1 ? "clip" : "clips")}</h3>
            <div class="media">{Html.Join(films.Skip((at - 1) * PerPage).Take(PerPage).Select(layer => Film(artifact, layer)))}</div>{pages}
            """);
    }

    private static Html Film(ArtifactRef artifact, Descriptor layer) => Html.Of($"""
        <figure><video src="{RegistryRoutes.PathOf(artifact, layer.Title!)}" aria-label="{layer.Title}" controls muted loop playsinline preload="metadata"></video>
        <figcaption>{layer.Title}, {Figures.Size(layer.Size)}</figcaption></figure>
        """);

    private static Html Picture(ArtifactRef artifact, Descriptor layer)
    {
        string path = RegistryRoutes.PathOf(artifact, layer.Title!);
        return Html.Of($"<figure><a href=\"{path}\"><img src=\"{path}\" alt=\"{layer.Title}\" loading=\"lazy\"></a><figcaption>{layer.Title}</figcaption></figure>");
    }

    private static Html Golden(Artifact artifact) => !GoldenPicture.IsIn(artifact) ? Html.Empty : Html.Of($"""
        <figure><img class="pixels" src="/registry/golden/{ArtifactReference.KindText(artifact.Reference.Kind)}/{artifact.Reference.Name}/{artifact.Reference.Digest.ToString()}" alt="Frames of the clip that the model is tested with" loading="lazy">
        <figcaption>The clip that the model is tested with, frame by frame</figcaption></figure>
        """);

    private static Html Missing(Artifact artifact) => artifact.Reference.Kind switch
    {
        ArtifactKind.Clips => Html.Of($"<p class=\"note\">This artifact holds a recipe or videos that browsers do not play, and no preview. The synthesize stage draws contact-sheet.png and preview.mp4 beside a recipe; what was put by hand can bring its own.</p>"),
        ArtifactKind.Textures => Html.Of($"<p class=\"note\">There is no contact sheet in this artifact; the textures stage draws one.</p>"),
        _ => Html.Empty,
    };

    // What lies in folders is content, not a picture of it.
    private static bool IsTop(Descriptor layer) => !layer.Title!.Contains('/', StringComparison.Ordinal);

    private static bool IsMadeToBeSeen(Descriptor layer) =>
        IsTop(layer) && (layer.Title!.StartsWith("preview", StringComparison.Ordinal) || layer.Title.StartsWith("reconstruction", StringComparison.Ordinal));
}
