using Unreel.Serve.Http;

namespace Unreel.Serve.Pages;

/// <summary>The frame around every page.</summary>
internal static class Layout
{
    /// <summary>Where the pages' picture is.</summary>
    public const string Icon = "/icon.svg";

    private const string Picture = """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#37c"/><path d="M7 23V9h3v9a6 6 0 0 0 12 0V9h3v14h-3v-2a9 9 0 0 1-12 0v2z" fill="#fff"/></svg>
        """;

    private static readonly Html Style = new("""
        :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; --fp32: #37c; --half: #283; --int: #a5c; --plain: #888; }
        body { margin: 2rem auto; max-width: 72rem; padding: 0 1rem; }
        table { border-collapse: collapse; width: 100%; margin: .5rem 0 1.5rem; }
        th, td { text-align: left; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid #8884; vertical-align: top; overflow-wrap: anywhere; }
        .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
        img, video { max-width: 100%; }
        code, pre { font: .875em/1.4 ui-monospace, monospace; }
        pre { overflow: auto; padding: .75rem; border: 1px solid #8884; }
        nav a { margin-right: 1rem; }
        #drop { border: 2px dashed #8888; border-radius: .5rem; padding: 3rem; text-align: center; cursor: pointer; }
        #drop.over { border-color: currentColor; }
        .bar { display: inline-block; height: .6rem; background: #37c; }
        .error { color: #c33; }
        .note { color: #a60; }
        summary { cursor: pointer; margin: .5rem 0; }
        .graph { width: 100%; height: auto; margin: .5rem 0 1rem; }
        .graph text { font: 11px system-ui, sans-serif; fill: currentColor; }
        .graph .name { font-size: 13px; font-weight: 600; }
        .graph .type { opacity: .7; }
        .graph .box { fill: Canvas; stroke: var(--plain); stroke-width: 1.5; }
        .graph .box.end { stroke-dasharray: 4 3; }
        .graph .fp32 { stroke: var(--fp32); }
        .graph .half { stroke: var(--half); }
        .graph .int { stroke: var(--int); }
        .graph .arrow { fill: none; stroke: currentColor; stroke-width: 1.2; }
        .graph rect.part { stroke: Canvas; stroke-width: 1; fill: var(--plain); }
        .graph .part.fp32 { fill: var(--fp32); }
        .graph .part.half { fill: var(--half); }
        .graph .part.int { fill: var(--int); }
        .graph .part:hover { opacity: .7; }
        """);

    /// <summary>Answers with the picture.</summary>
    public static IResult ShowIcon() => Results.Text(Picture, "image/svg+xml");

    /// <summary>Makes a whole page.</summary>
    public static Html Page(string title, string nonce, Html body) => Html.Of($"""
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
        <nav><a href="/">Classify</a><a href="/registry">Registry</a><a href="/openapi/v1.json">API</a></nav>
        <h1>{title}</h1>
        {body}
        </body>
        </html>
        """);
}
