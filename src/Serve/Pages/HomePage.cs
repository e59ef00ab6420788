using Unreel.Serve.Http;
using Unreel.Serve.Models;

namespace Unreel.Serve.Pages;

/// <summary>The page at <c>/</c>: drop a video, read its label.</summary>
internal static class HomePage
{
    private static readonly Html Script = new("""
        const drop = document.getElementById('drop'), pick = document.getElementById('pick'), out = document.getElementById('out');
        const line = (text, kind) => { const p = document.createElement('p'); p.textContent = text; if (kind) p.className = kind; out.append(p); return p; };
        async function classify(file) {
          out.replaceChildren();
          line(`Sending ${file.name} …`);
          const form = new FormData();
          form.append('file', file, file.name);
          try {
            const response = await fetch('/v1/classify', { method: 'POST', body: form });
            const answer = await response.json();
            out.replaceChildren();
            if (!response.ok) { line(answer.detail ?? answer.title, 'error'); return; }
            const result = answer.files[0];
            const head = document.createElement('h2');
            head.id = 'label';
            head.textContent = result.label;
            out.append(head);
            for (const each of result.predictions) {
              const row = line(`${(100 * each.probability).toFixed(1)} % ${each.label} `);
              const bar = document.createElement('span');
              bar.className = 'bar';
              bar.style.width = `${20 * each.probability}rem`;
              row.append(bar);
            }
            const t = result.timings, v = result.video;
            line(`${v.frames} frames, ${v.duration} s, ${v.width}x${v.height}; decoded in ${t.decode_ms} ms, classified in ${t.inference_ms} ms`);
          } catch (problem) {
            out.replaceChildren();
            line(`The server did not answer: ${problem.message}`, 'error');
          }
        }
        drop.addEventListener('click', () => pick.click());
        drop.addEventListener('keydown', e => { if (e.key === 'Enter' || e.key === ' ') { e.preventDefault(); pick.click(); } });
        pick.addEventListener('change', () => { if (pick.files.length) classify(pick.files[0]); });
        drop.addEventListener('dragover', e => { e.preventDefault(); drop.classList.add('over'); });
        drop.addEventListener('dragleave', () => drop.classList.remove('over'));
        drop.addEventListener('drop', e => { e.preventDefault(); drop.classList.remove('over'); if (e.dataTransfer.files.length) classify(e.dataTransfer.files[0]); });
        """);

    /// <summary>Answers with the page.</summary>
    public static IResult Show(HttpContext context, ModelRegistry models) =>
        SecurityHeaders.Page(context, nonce => Layout.Page("Post a clip, get the action", nonce, Body(context, models.Default, nonce)));

    private static Html Body(HttpContext context, ModelHost host, string nonce)
    {
        Html state = host.Current is { } model
            ? Html.Of($"<p>{model.Source.Reference} <code>{model.Source.Digest.ToString()}</code>: {string.Join(", ", model.Classifier.Labels)}</p>")
            : Html.Of($"<p>{host.Choice.Reference} is being loaded.</p>");
        return Html.Of($"""
            {state}
            <div id="drop" role="button" tabindex="0">Drop a video here, or click to choose one</div>
            <input id="pick" type="file" accept="video/*,.avi,.mkv,.gif" hidden>
            <div id="out" aria-live="polite"></div>
            <p>Or from a shell: <code>curl -T clip.mp4 {context.Request.Scheme}://{context.Request.Host.Value}/v1/classify</code></p>
            <script nonce="{nonce}">{Script}</script>
            """);
    }
}
