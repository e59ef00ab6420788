using Unreel.Serve.Http;

namespace Unreel.Serve.Pages;

/// <summary>Tables that scroll by themselves where the screen is narrower, also by keyboard.</summary>
internal static class Tables
{
    /// <summary>A table with a head.</summary>
    /// <param name="name">What readers of the screen are told it is.</param>
    /// <param name="head">Its <c>th</c> cells.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="kind">A class for how it looks; none where empty.</param>
    public static Html Of(string name, Html head, IEnumerable<Html> rows, string kind = "wide") => Html.Of($"""
        <div class="scroll {kind}" role="region" aria-label="{name}" tabindex="0"><table><thead><tr>{head}</tr></thead>
        <tbody>{Html.Join(rows)}</tbody></table></div>
        """);

    /// <summary>A table of names and what they are; nothing where there are no rows.</summary>
    public static Html Facts(string name, IEnumerable<Html> rows)
    {
        Html all = Html.Join(rows);
        return all.Text.Length == 0 ? Html.Empty : Html.Of($"<div class=\"scroll\" role=\"region\" aria-label=\"{name}\" tabindex=\"0\"><table><tbody>{all}</tbody></table></div>");
    }

    /// <summary>A row of <see cref="Facts"/>; nothing where there is no value.</summary>
    public static Html Fact(string name, string? value) => string.IsNullOrEmpty(value) ? Html.Empty : Fact(name, Html.Of($"{value}"));

    /// <inheritdoc cref="Fact(string, string?)"/>
    public static Html Fact(string name, Html value) => value.Text.Length == 0 ? Html.Empty : Html.Of($"<tr><th scope=\"row\">{name}</th><td>{value}</td></tr>");

    /// <summary>The cells of a head; a name that begins with # is a column of numbers.</summary>
    public static Html Head(params ReadOnlySpan<string> names)
    {
        List<Html> cells = [];
        foreach (string name in names)
            cells.Add(name.StartsWith('#') ? Html.Of($"<th scope=\"col\" class=\"number\">{name[1..]}</th>") : Html.Of($"<th scope=\"col\">{name}</th>"));

        return Html.Join(cells);
    }

    /// <summary>A heading and what it is of; nothing where there is no content.</summary>
    public static Html Section(string title, Html content) =>
        content.Text.Trim().Length == 0 ? Html.Empty : Html.Of($"<section aria-label=\"{title}\"><h2>{title}</h2>{content}</section>");
}
