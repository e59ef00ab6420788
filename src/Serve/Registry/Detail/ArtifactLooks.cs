using Unreel.Artifacts;
using Unreel.Serve.Http;

namespace Unreel.Serve.Registry;

/// <summary>What the files of an artifact hold, made to be looked at: cards, curves, tables, confusion.</summary>
/// <param name="Card">The model card or README, if it has one.</param>
/// <param name="Report">The report in words.</param>
/// <param name="Curves">Loss and whatever else was written step by step.</param>
/// <param name="Confusion">Which classes were taken for which.</param>
/// <param name="Data">JSON and tables, each to be unfolded.</param>
internal sealed record ArtifactLooks(Html Card, Html Report, Html Curves, Html Confusion, Html Data)
{
    private const long MostBytes = 32 << 20, MostData = 4 << 20;

    private const int MostFiles = 12;

    private static readonly string[] Cards = ["README.md", "MODEL_CARD.md", "model-card.md", "model_card.md", "card.md"];

    // Equal bytes look the same; Markdown alone depends on whose files it names.
    private static readonly DigestCache<DrawnFile> Known = new(128);

    /// <summary>Titles of pictures that show the same as curves and confusion do.</summary>
    public IReadOnlyCollection<string> Drawn => [.. Curves.Text.Length > 0 ? ["loss.svg"] : Array.Empty<string>(), .. Confusion.Text.Length > 0 ? ["confusion.svg"] : Array.Empty<string>()];

    /// <summary>Reads what can be shown. What is damaged says so where it would stand.</summary>
    public static async Task<ArtifactLooks> ReadAsync(IArtifactStore store, Artifact artifact, CancellationToken ct)
    {
        Descriptor[] files = [.. artifact.Manifest.Layers.Where(layer => layer.Title?.Contains('/', StringComparison.Ordinal) == false)];
        Descriptor[] texts = [.. files.Where(layer => IsMarkdown(layer) && layer.Size <= MostBytes).Take(MostFiles)];
        List<Html> cards = [], reports = [], curves = [], data = [];
        Html confusion = Html.Empty;
        foreach (Descriptor layer in files.Where(layer => IsData(layer) && layer.Size <= (IsLines(layer) ? MostBytes : MostData)).Take(MostFiles))
        {
            DrawnFile? drawn = null;
            Html failed = await ShowAsync(store, layer, async () => { drawn = await DrawAsync(store, layer, ct); return Html.Empty; });
            curves.Add(drawn?.Curves ?? failed);
            confusion = confusion.Text.Length > 0 ? confusion : drawn?.Confusion ?? Html.Empty;
            if (drawn is { Data.Text.Length: > 0 })
                data.Add(Html.Of($"<details><summary>{layer.Title}</summary>{drawn.Data}</details>"));
        }

        // The confusion has a section of its own, and is not told again by the words.
        bool isDrawn = confusion.Text.Length > 0;
        foreach (Descriptor layer in texts)
            (Cards.Contains(layer.Title, StringComparer.OrdinalIgnoreCase) ? cards : reports).Add(await ShowAsync(store, layer, async () => new MarkdownLook(artifact, isDrawn ? "Confusion" : null).Show(await LayerBytes.ReadAsync(store, layer, ct))));

        return new ArtifactLooks(Html.Join(cards), Html.Join(reports), Html.Join(curves), confusion, Html.Join(data));
    }

    private static async Task<Html> ShowAsync(IArtifactStore store, Descriptor layer, Func<Task<Html>> show)
    {
        try
        {
            return await show();
        }
        catch (StoreException problem) when (problem is not StoreUnreachableException)
        {
            return Html.Of($"<p class=\"error\">{layer.Title} cannot be shown: {StoreWords.Of(store, problem)}</p>");
        }
    }

    private static async Task<DrawnFile> DrawAsync(IArtifactStore store, Descriptor layer, CancellationToken ct)
    {
        if (Known.Find(layer.Digest) is { } known)
            return known;

        byte[] bytes = await LayerBytes.ReadAsync(store, layer, ct);
        DrawnFile drawn = await Task.Run(() => Draw(layer, bytes), ct);
        Known.Keep(layer.Digest, drawn);
        return drawn;
    }

    private static DrawnFile Draw(Descriptor layer, byte[] bytes)
    {
        if (IsLines(layer))
            return new DrawnFile(CurvePicture.Of(CurveReader.ReadLines(bytes)), Html.Empty, Html.Empty);
        if (Has(layer, ".csv"))
            return new DrawnFile(CurvePicture.Of(CurveReader.ReadTable(TableReader.Read(bytes))), Html.Empty, TableReader.Show(layer.Title!, bytes));

        return new DrawnFile(Html.Empty, ConfusionLook.Read(bytes)?.Show() ?? Html.Empty, JsonLook.Of(layer.Title!, bytes));
    }

    private static bool IsMarkdown(Descriptor layer) => layer.MediaType == "text/markdown" || Has(layer, ".md");

    private static bool IsLines(Descriptor layer) => Has(layer, ".jsonl");

    private static bool IsData(Descriptor layer) => IsLines(layer) || Has(layer, ".json") || Has(layer, ".csv");

    private static bool Has(Descriptor layer, string ending) => layer.Title!.EndsWith(ending, StringComparison.OrdinalIgnoreCase);

    private sealed record DrawnFile(Html Curves, Html Confusion, Html Data);
}
