using System.Globalization;
using System.Text;
using Unreel.Artifacts;
using Unreel.Serve.Classify;
using Unreel.Serve.Http;
using Unreel.Serve.Pages;

namespace Unreel.Serve.Registry;

/// <summary>What became of the runs of pipelines: stages, times, hits of the cache, logs.</summary>
internal static class RunPages
{
    /// <summary>How many runs a page shows.</summary>
    public const int PageSize = 50;

    private const int MostLogBytes = 512 << 10;

    private const string Room = "/registry/runs";

    /// <summary>Answers with the list, newest first.</summary>
    public static async Task<IResult> ListAsync(HttpContext context, CancellationToken ct)
    {
        int page = new QueryReader(context.Request.Query, "page").Whole("page", 1, int.MaxValue / PageSize) ?? 1;
        IArtifactStore store = RegistryRoutes.Store(context.RequestServices);
        IReadOnlyList<PipelineRunRef> all = await store.ListPipelineRunsAsync(ct);
        IReadOnlyList<ListedRun> shown = await ListedRun.ReadAsync(store, all.Skip((page - 1) * PageSize).Take(PageSize), ct);
        return SecurityHeaders.Page(context, nonce => Layout.Page("Runs", nonce, List(shown, page, all.Count), Room));
    }

    /// <summary>Answers with one run.</summary>
    public static async Task<IResult> ShowAsync(HttpContext context, string digest, CancellationToken ct)
    {
        StoredPipelineRun run = await FindAsync(context.RequestServices, digest, ct);
        return SecurityHeaders.Page(context, nonce => Layout.Page($"Run of {run.Run.Pipeline}", nonce, RunPage.Body(run)));
    }

    /// <summary>Answers with a log; of a long one, with its end.</summary>
    public static async Task<IResult> LogAsync(HttpContext context, string digest, string title, CancellationToken ct)
    {
        StoredPipelineRun run = await FindAsync(context.RequestServices, digest, ct);
        Descriptor layer = LogOf(run, title);
        IArtifactStore store = RegistryRoutes.Store(context.RequestServices);
        (string text, bool isCut) = await ReadEndAsync(store, layer, ct);
        string path = $"/api/v1/runs/{run.Reference.Digest}/logs/{RegistryRoutes.Escaped(title)}";
        Html cut = isCut ? Html.Of($"<p class=\"note\">Only the last {Figures.Size(MostLogBytes)} of {Figures.Size(layer.Size)} are shown.</p>") : Html.Empty;
        Html body = Html.Of($"<p><a href=\"{Room}/{run.Reference.Digest.ToString()}\">Run of {run.Run.Pipeline}, {Figures.Time(run.Run.Started)}</a>; <a href=\"{path}\" download>the whole log</a></p>{cut}<pre class=\"log\" tabindex=\"0\">{Html.Lines(text)}</pre>");
        return SecurityHeaders.Page(context, nonce => Layout.Page($"Log of {title}", nonce, body));
    }

    /// <summary>Finds a run.</summary>
    /// <exception cref="RequestException">There is none (404), or its record is damaged (502).</exception>
    public static async Task<StoredPipelineRun> FindAsync(IServiceProvider services, string digest, CancellationToken ct)
    {
        IArtifactStore store = RegistryRoutes.Store(services);
        if (!Digest.TryParse(digest, out Digest named))
            throw new RequestException(StatusCodes.Status404NotFound, $"'{digest}' names no run; expected sha256: and 64 lower-case hexadecimal digits.");

        try
        {
            return await store.ReadPipelineRunAsync(named, ct) ?? throw new RequestException(StatusCodes.Status404NotFound, $"There is no run {named}.");
        }
        catch (StoreException problem) when (problem is not StoreUnreachableException)
        {
            throw new RequestException(StatusCodes.Status502BadGateway, $"The record of the run is damaged: {StoreWords.Of(store, problem)}", problem);
        }
    }

    /// <summary>Finds a log of a run.</summary>
    /// <exception cref="RequestException">There is none (404).</exception>
    public static Descriptor LogOf(StoredPipelineRun run, string title) =>
        BlobDownload.Titled(run.Manifest.Layers, title) ?? throw new RequestException(StatusCodes.Status404NotFound, $"The run {run.Reference.Digest} has no log '{title}'.");

    private static async Task<(string Text, bool IsCut)> ReadEndAsync(IArtifactStore store, Descriptor layer, CancellationToken ct)
    {
        if (layer.Size <= MostLogBytes)
            return (Encoding.UTF8.GetString(await LayerBytes.ReadAsync(store, layer, ct)), false);

        await using Stream part = await store.OpenPartAsync(layer, layer.Size - MostLogBytes, MostLogBytes, ct);
        byte[] bytes = new byte[MostLogBytes];
        int count = await part.ReadAtLeastAsync(bytes, MostLogBytes, throwOnEndOfStream: false, ct);
        string text = Encoding.UTF8.GetString(bytes, 0, count);
        return (text[(text.IndexOf('\n', StringComparison.Ordinal) + 1)..], true);
    }

    private static Html List(IReadOnlyList<ListedRun> runs, int page, int all)
    {
        if (runs.Count == 0)
            return Html.Of($"<p>{(all == 0 ? "No run is recorded yet; unreel run FILE records one." : "There are not so many runs.")}</p>");

        Html head = Tables.Head("started (UTC)", "pipeline", "ended", "#took", "stages", "machine");
        Html before = page > 1 ? Html.Of($"<a rel=\"prev\" href=\"{Room}?page={page - 1}\">before</a> ") : Html.Empty;
        Html after = (long)page * PageSize < all ? Html.Of($"<a rel=\"next\" href=\"{Room}?page={page + 1}\">after</a>") : Html.Empty;
        return Html.Of($"<p role=\"status\">{all} {(all == 1 ? "run" : "runs")}</p>{Tables.Of("Runs", head, runs.Select(Row), "wide stack")}<nav aria-label=\"Pages\">{before}{after}</nav>");
    }

    private static Html Row(ListedRun listed) => listed.Stored is { } stored ? Row(stored) : Html.Of($"""
        <tr><td class="keep">{listed.Reference.Started.UtcDateTime:yyyy-MM-dd HH:mm:ss}</td><th scope="row">{listed.Reference.Digest.Hex[..12]}</th>
        <td colspan="4"><span class="error">The record is damaged: {listed.Problem}</span></td></tr>
        """);

    private static Html Row(StoredPipelineRun stored)
    {
        PipelineRun run = stored.Run;
        return Html.Of($"""
            <tr><td class="keep"><a href="{Room}/{stored.Reference.Digest.ToString()}">{run.Started.UtcDateTime:yyyy-MM-dd HH:mm:ss}</a></td><th scope="row">{run.Pipeline}</th>
            <td>{RunPage.Ended(run.ExitCode)}</td><td class="number">{Figures.Span((run.Finished - run.Started).TotalSeconds)}</td>
            <td>{string.Join(", ", run.Stages.GroupBy(stage => stage.State).Select(group => $"{group.Count().ToString(CultureInfo.InvariantCulture)} {group.Key}"))}</td><td>{run.Machine}</td></tr>
            """);
    }
}
