using Unreel.Serve.Http;

namespace Unreel.Serve.Pages;

/// <summary>The frame around every page.</summary>
internal static class Layout
{
    private static readonly Html Style = new("""
        :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
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
        """);

    /// <summary>Makes a whole page.</summary>
    public static Html Page(string title, string nonce, Html body) => Html.Of($"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{title} · Unreel</title>
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
