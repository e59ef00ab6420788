using Unreel.Artifacts;
using Unreel.Serve.Http;
using Unreel.Serve.Pages;

namespace Unreel.Serve.Registry;

/// <summary>The list of artifacts, with its search.</summary>
internal static class ListPage
{
    /// <summary>How many artifacts a page shows.</summary>
    public const int PageSize = 50;

    private const int MostMetrics = 3, MostInputs = 3;

    /// <summary>The page's content.</summary>
    public static Html Body(IndexSnapshot snapshot, ListQuery query)
    {
        IndexPage found = snapshot.Search(query.Search);
        ListFacets facets = ListFacets.Of(snapshot);
        Html content = found.Entries.Count == 0
            ? Html.Of($"<p>{(snapshot.Entries.Count == 0 ? "There is nothing here yet." : "Nothing in the store is like that.")}</p>")
            : Html.Of($"{Table(snapshot, found)}{Pages(query, found.Total)}");
        return Html.Of($"{Kinds(query, facets, snapshot.Entries.Count)}{Form(query, facets)}<p role=\"status\">{Count(query, found)}</p>{content}");
    }

    private static Html Kinds(ListQuery query, ListFacets facets, int all)
    {
        Html each = Html.Join(facets.Kinds.Select(pair => Kind(query, pair.Key, ArtifactReference.KindText(pair.Key), pair.Value)));
        return Html.Of($"<nav aria-label=\"Kinds\">{Kind(query, null, "all", all)}{each}</nav>");
    }

    private static Html Kind(ListQuery query, ArtifactKind? kind, string name, int count)
    {
        string text = (query with { Search = query.Search with { Kind = kind } }).Text();
        return Html.Of($"<a href=\"{PathOf(text)}\"{(query.Search.Kind == kind ? new Html(" aria-current=\"true\"") : Html.Empty)}>{name} <span class=\"quiet\">{count}</span></a> ");
    }

    private static Html Form(ListQuery query, ListFacets facets)
    {
        IndexQuery search = query.Search;
        Html kind = search.Kind is { } only ? Html.Of($"<input type=\"hidden\" name=\"kind\" value=\"{ArtifactReference.KindText(only)}\">") : Html.Empty;
        (string, string)[] orders = [("newest", "newest first"), ("name", "name"), ("size", "largest first"), .. facets.Metrics.Select(metric => ($"metric:{metric}", $"highest {metric}"))];
        return Html.Of($"""
            <form class="filter" method="get" action="/registry" role="search" aria-label="Artifacts">{kind}
            <label>Search <input type="search" name="q" value="{search.Text}" maxlength="500" placeholder="name, tag, metric, digest"></label>
            <label>Stage <select name="stage">{Options(search.Stage, [("", "any"), .. facets.Stages.Select(stage => (stage, stage))])}</select></label>
            <label>Tags <select name="tagged">{Options(search.IsTagged switch { true => "1", false => "0", null => null }, [("", "any"), ("1", "tagged"), ("0", "not tagged")])}</select></label>
            <label>Tag <input name="tag" value="{search.Tag}" maxlength="128" size="10"></label>
            <label>Order <select name="order">{Options(query.Order, orders)}</select></label>
            <button type="submit">Search</button>
            </form>
            """);
    }

    private static Html Options(string? chosen, IEnumerable<(string Value, string Text)> options) => Html.Join(options.Select(option =>
        Html.Of($"<option value=\"{option.Value}\"{(option.Value == (chosen ?? string.Empty) ? new Html(" selected") : Html.Empty)}>{option.Text}</option>")));

    private static string Count(ListQuery query, IndexPage found) => found.Entries.Count == 0
        ? $"{found.Total} artifacts"
        : $"{found.Total} {(found.Total == 1 ? "artifact" : "artifacts")}, shown {query.Search.Offset + 1} to {query.Search.Offset + found.Entries.Count}";

    private static Html Table(IndexSnapshot snapshot, IndexPage found) => Html.Of($"""
        <form method="get" action="/registry/compare">
        <p><button type="submit">Compare the two that are ticked</button></p>
        {Tables.Of("Artifacts", Tables.Head("pick", "name", "tags", "metrics", "added", "#size", "stage", "made from", "digest"), found.Entries.Select(entry => Row(snapshot, entry)), "wide stack")}
        <button type="submit">Compare the two that are ticked</button>
        </form>
        """);

    private static Html Row(IndexSnapshot snapshot, IndexEntry entry)
    {
        ArtifactRef reference = entry.Reference;
        return Html.Of($"""
            <tr><td><input type="checkbox" name="ref" value="{reference.ToString()}" aria-label="Compare {reference.Name} {reference.Digest.Hex[..12]}"></td>
            <th scope="row"><a href="{RegistryRoutes.PathOf(reference)}">{ArtifactReference.KindText(reference.Kind)}/{reference.Name}</a></th>
            <td>{Tags(snapshot.TagsOf(reference))}</td>
            <td>{Some(Figures.Foremost(entry.Metrics).Select(metric => Html.Of($"{metric.Key} {Figures.Value(metric.Value)}")), MostMetrics, entry.Metrics.Count)}</td>
            <td class="keep">{Figures.Time(entry.Made)}</td>
            <td class="number">{Figures.Size(entry.Size)}</td>
            <td class="keep">{entry.Stage}</td>
            <td>{Some(entry.Inputs.Select(Figures.Input), MostInputs, entry.Inputs.Count)}</td>
            <td><code>{reference.Digest.Hex[..12]}</code></td></tr>
            """);
    }

    /// <summary>Tags, each in a frame of its own.</summary>
    public static Html Tags(IEnumerable<string> tags) => Html.Join(tags.Select(tag => Html.Of($"<span class=\"tag\">{tag}</span>")), " ");

    private static Html Some(IEnumerable<Html> parts, int most, int all) =>
        Html.Join([.. parts.Take(most), .. all > most ? [Html.Of($"and {all - most} more")] : Array.Empty<Html>()], "<br>");

    private static Html Pages(ListQuery query, int total)
    {
        int page = (query.Search.Offset / PageSize) + 1, last = (total + PageSize - 1) / PageSize;
        if (last <= 1)
            return Html.Empty;

        int[] near = [.. Enumerable.Range(page - 2, 5).Concat([1, last]).Where(number => number >= 1 && number <= last).Distinct().Order()];
        Html numbers = Html.Join(near.Select(number => number == page
            ? Html.Of($"<a href=\"{PathOf(query.Text(("page", number)))}\" aria-current=\"page\">{number}</a> ")
            : Html.Of($"<a href=\"{PathOf(query.Text(("page", number)))}\">{number}</a> ")));
        Html before = page > 1 ? Html.Of($"<a rel=\"prev\" href=\"{PathOf(query.Text(("page", page - 1)))}\">before</a> ") : Html.Empty;
        Html after = page < last ? Html.Of($"<a rel=\"next\" href=\"{PathOf(query.Text(("page", page + 1)))}\">after</a>") : Html.Empty;
        return Html.Of($"<nav aria-label=\"Pages\">{before}{numbers}{after}</nav>");
    }

    private static string PathOf(string query) => query.Length == 0 ? "/registry" : $"/registry?{query}";
}
