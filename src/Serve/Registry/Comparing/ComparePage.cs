using System.Globalization;
using Microsoft.Extensions.Primitives;
using Unreel.Artifacts;
using Unreel.Serve.Http;
using Unreel.Serve.Pages;

namespace Unreel.Serve.Registry;

/// <summary>Two artifacts side by side; differences are said in words, not by colour alone.</summary>
internal static class ComparePage
{
    private const int MostRows = 300;

    /// <summary>Answers with the page; what is compared is named by <c>a</c> and <c>b</c>, or by two of <c>ref</c>.</summary>
    public static async Task<IResult> ShowAsync(HttpContext context, CancellationToken ct)
    {
        IQueryCollection query = context.Request.Query;
        string[] named = [.. ((StringValues[])[query["a"], query["b"], query["ref"]]).SelectMany(values => values.ToArray()).OfType<string>().Where(text => text.Length > 0)];
        if (named.Length != 2)
            throw new RequestException(StatusCodes.Status400BadRequest, $"{named.Length.ToString(CultureInfo.InvariantCulture)} artifacts are named; expected two: /registry/compare?a=KIND/NAME:TAG&b=KIND/NAME@sha256:DIGEST, or two ticks in the list.");

        Comparison two = new(await RegistryRoutes.FindAsync(context.RequestServices, named[0], ct), await RegistryRoutes.FindAsync(context.RequestServices, named[1], ct));
        return SecurityHeaders.Page(context, nonce => Layout.Page("Compare", nonce, Body(two)));
    }

    private static Html Body(Comparison two) => Html.Of($"""
        {Tables.Facts("Compared", [Tables.Fact("A", Link(two.A)), Tables.Fact("B", Link(two.B))])}
        <p><a href="/registry/compare?a={Escaped(two.B)}&amp;b={Escaped(two.A)}">Swap them</a></p>
        {Part("Metrics", two.Metrics)}
        {Part("Options", two.Options)}
        {Part("Inputs", two.Inputs)}
        {Part("About", two.About)}
        {Part("Files", two.Files)}
        """);

    private static Html Part(string title, IReadOnlyList<ComparedRow> rows)
    {
        if (rows.Count == 0)
            return Html.Empty;

        // What differs comes first; what is the same is folded.
        int differing = rows.Count(row => row.Differs);
        Html same = differing == rows.Count ? Html.Empty : Html.Of($"<details><summary>{Text(rows.Count - differing)} the same</summary>{Table($"{title}, the same", [.. rows.Where(row => !row.Differs)])}</details>");
        return Html.Of($"<section aria-label=\"{title}\"><h2>{title}</h2><p>{(differing == 0 ? "All the same." : $"{Text(differing)} of {Text(rows.Count)} {(differing == 1 ? "differs" : "differ")}.")}</p>{(differing == 0 ? Html.Empty : Table(title, [.. rows.Where(row => row.Differs)]))}{same}</section>");
    }

    private static Html Table(string title, ComparedRow[] rows)
    {
        Html more = rows.Length > MostRows ? Html.Of($"<p class=\"note\">and {rows.Length - MostRows} more</p>") : Html.Empty;
        return Html.Of($"{Tables.Of(title, Tables.Head(string.Empty, "name", "A", "B"), rows.Take(MostRows).Select(Row), "wide compare")}{more}");
    }

    private static Html Row(ComparedRow row)
    {
        Html mark = row.Differs ? Html.Of($"<strong>≠ {row.Word}</strong>") : Html.Of($"= same");
        return Html.Of($"<tr class=\"{(row.Differs ? "differs" : "same")}\"><td class=\"keep\">{mark}</td><th scope=\"row\">{row.Name}</th><td>{Value(row.A)}</td><td>{Value(row.B)}{Change(row)}</td></tr>");
    }

    private static Html Value(string? value) => value is null ? Html.Of($"<span class=\"quiet\">none</span>") : Html.Of($"{Figures.Shortened(value)}");

    private static Html Change(ComparedRow row)
    {
        if (!row.Differs || !double.TryParse(row.A, NumberStyles.Float, CultureInfo.InvariantCulture, out double a) || !double.TryParse(row.B, NumberStyles.Float, CultureInfo.InvariantCulture, out double b))
            return Html.Empty;

        string sign = b > a ? "+" : string.Empty;
        return Html.Of($" <span class=\"quiet keep\">({sign}{Figures.Value(b - a)})</span>");
    }

    private static Html Link(Artifact artifact) => Html.Of($"<a href=\"{RegistryRoutes.PathOf(artifact.Reference)}\">{ArtifactReference.KindText(artifact.Reference.Kind)}/{artifact.Reference.Name}</a> <code>{artifact.Reference.Digest.Hex[..12]}</code>");

    private static string Escaped(Artifact artifact) => Uri.EscapeDataString(artifact.Reference.ToString());

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
