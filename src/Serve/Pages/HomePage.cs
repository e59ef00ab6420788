using Unreel.Serve.Http;

namespace Unreel.Serve.Pages;

/// <summary>The page at <c>/</c>: drop a video, see it play, read its labels and what happens when.</summary>
/// <remarks>The page says nothing of the server: its script asks for the models as any client does, with the key that is typed in where one is demanded.</remarks>
internal static partial class HomePage
{
    /// <summary>What is given without a key, where one is demanded.</summary>
    public static IReadOnlyList<string> Paths { get; } = ["/", Layout.Icon];

    /// <summary>Answers with the page.</summary>
    public static IResult Show(HttpContext context) =>
        SecurityHeaders.Page(context, nonce => Layout.Page("Post a clip, get the action", nonce, Body(context, nonce)));

    private static Html Body(HttpContext context, string nonce) => Html.Of($"""
        <style nonce="{nonce}">{Style}</style>
        <div id="drop" role="button" tabindex="0" aria-describedby="hint">
        <strong>Drop a video here</strong><span id="hint">or press to choose one; it stays on this server only while it is looked at</span>
        </div>
        <input id="pick" type="file" accept="video/*,.avi,.mkv,.gif" hidden>
        <form id="choices">
        <label>Model <select id="model"></select></label>
        <label>Labels <input id="top" type="number" min="1" max="5" value="5"></label>
        <label id="locked" hidden>Key <input id="key" type="password" autocomplete="off" placeholder="kept until the page is left"></label>
        <button id="again" type="submit" hidden>Ask again</button>
        </form>
        <p id="note" role="status" aria-live="polite"></p>
        <section id="result" hidden>
        <div class="pair">
        <figure><video id="clip" controls muted loop playsinline></video><figcaption id="name"></figcaption></figure>
        <div class="answer"><h2 id="label"></h2><ol id="bars"></ol></div>
        </div>
        <div id="strip" hidden>
        <canvas id="timeline" role="slider" tabindex="0" aria-label="Timeline: what happens when" aria-valuemin="0"></canvas>
        <div id="head"></div><div id="tip" role="tooltip" hidden></div>
        <div class="ends"><span>0:00</span><span id="length"></span></div>
        <ul id="legend"></ul>
        </div>
        <p id="facts"></p>
        </section>
        <p class="shell">From a shell: <code>curl -T clip.mp4 {context.Request.Scheme}://{context.Request.Host.Value}/v1/classify</code></p>
        <noscript><p class="error">This page needs its script; the line above does not.</p></noscript>
        <script nonce="{nonce}">{Tools}{Script}</script>
        """);
}
