using Unreel.Serve.Http;

namespace Unreel.Serve.Pages;

/// <summary>The frame around every page.</summary>
internal static partial class Layout
{
    /// <summary>Where the pages' picture is.</summary>
    public const string Icon = "/icon.svg";

    private const string Picture = """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#37c"/><path d="M7 23V9h3v9a6 6 0 0 0 12 0V9h3v14h-3v-2a9 9 0 0 1-12 0v2z" fill="#fff"/></svg>
        """;

    private static readonly (string Path, string Name)[] Rooms = [("/", "Classify"), ("/registry", "Registry"), ("/registry/runs", "Runs"), ("/openapi/v1.json", "API")];

    /// <summary>Answers with the picture.</summary>
    public static IResult ShowIcon() => Results.Text(Picture, "image/svg+xml");

    /// <summary>Makes a whole page.</summary>
    /// <param name="title">What it is about; its heading.</param>
    /// <param name="nonce">Lets its style and script run.</param>
    /// <param name="body">What stands below the heading.</param>
    /// <param name="room">The path of the room that the page belongs to; null for none.</param>
    public static Html Page(string title, string nonce, Html body, string? room = null) => Html.Of($"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{title} · Unreel</title>
        <link rel="icon" href="{Icon}">
        <style nonce="{nonce}">{Style}</style>
        </head>
        <body>
        <a class="skip" href="#main">Skip to the content</a>
        <header><nav aria-label="Rooms">{Html.Join(Rooms.Select(each => Room(each.Path, each.Name, room)))}</nav></header>
        <main id="main" tabindex="-1">
        <h1>{title}</h1>
        {body}
        </main>
        </body>
        </html>
        """);

    private static Html Room(string path, string name, string? room) =>
        Html.Of($"<a href=\"{path}\"{(path == room ? new Html(" aria-current=\"page\"") : Html.Empty)}>{name}</a>");
}
