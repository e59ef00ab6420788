using Unreel.Serve.Http;

namespace Unreel.Serve.Pages;

/// <content>What happens when a video is dropped.</content>
internal static partial class HomePage
{
    private static readonly Html Script = new("""
        const clip = at('clip');
        let models = [], file = null, key = '', running = null, address = null;
        const strip = new Strip(time => { if (clip.readyState) clip.currentTime = time; });
        const note = (text, kind = '') => { at('note').textContent = text; at('note').className = kind; };
        const chosen = () => models[at('model').selectedIndex];

        function limitTop() {
          const most = chosen()?.labels.length || 1;
          at('top').max = most;
          at('top').value = Math.min(most, Math.max(1, Math.round(at('top').valueAsNumber || 5)));
        }

        async function listModels() {
          try {
            models = (await (await ask('/v1/models', key)).json()).models;
            at('locked').hidden = !key;
            at('model').replaceChildren(...models.map(m => new Option(models.filter(o => o.name === m.name).length > 1 ? `${m.name}:${m.version}` : m.name)));
            limitTop();
            const missing = models.filter(m => !m.ready);
            note(missing.length ? `${missing.map(m => m.name).join(', ')} is being loaded.` : '');
            if (missing.length) setTimeout(listModels, 1000);
          } catch (problem) { refused(problem); }
        }

        function refused(problem) {
          if (problem.name === 'AbortError') return;
          if (problem.status === 401) {
            at('locked').hidden = at('again').hidden = false;
            at('again').textContent = 'Use key';
            at('key').focus();
          }
          const text = problem instanceof Refusal ? problem.message : `The server did not answer: ${problem.message}`;
          note(text, 'error');
        }

        function bars(predictions, labels) {
          at('bars').replaceChildren(...predictions.map(p => {
            const row = make('li'), track = make('div', undefined, 'track'), fill = make('div', undefined, 'fill');
            fill.style.width = `${100 * p.probability}%`;
            fill.style.background = colourOf(p.label, labels);
            track.append(fill);
            row.append(make('span', p.label), make('span', percent(p.probability), 'share'), track);
            return row;
          }));
        }

        function show(dropped) {
          file = dropped;
          if (address) URL.revokeObjectURL(address);
          address = URL.createObjectURL(file);
          clip.hidden = false;
          clip.src = address;
          clip.play().catch(() => {});
          at('name').textContent = file.name;
          return classify();
        }

        async function classify() {
          running?.abort();
          const mine = running = new AbortController(), model = chosen();
          at('again').hidden = true;
          at('result').hidden = at('strip').hidden = true;
          at('label').textContent = at('facts').textContent = '';
          at('bars').replaceChildren();
          note(`Sending ${file.name} …`);
          try {
            if (!model) throw new Refusal(503, 'No model is known yet.');
            limitTop();
            const route = models.length > 1 ? `/v1/models/${encodeURIComponent(`${model.name}:${model.version}`)}/classify` : '/v1/classify';
            const response = await ask(`${route}?timeline=1&top_k=${at('top').value}`, key, {
              method: 'POST', body: file, signal: mine.signal,
              headers: { Accept: 'text/event-stream', 'Content-Type': file.type || 'application/octet-stream' },
            });
            await follow(response, model.labels);
          } catch (problem) {
            if (mine === running) refused(problem);
          }
          if (mine === running && at('locked').hidden) { at('again').textContent = 'Ask again'; at('again').hidden = false; }
        }

        async function follow(response, labels) {
          let video = null, done = false;
          for await (const { name, data } of eventsOf(response)) {
            if (name === 'video') {
              video = data;
              at('result').hidden = false;
              at('strip').hidden = false;
              at('length').textContent = clock(data.duration);
              strip.clear(data.duration, labels);
            } else if (name === 'window') {
              strip.add(data);
              if (video.windows > 1) note(`Window ${data.index + 1} of ${video.windows}: ${data.label}`);
              if (!at('label').textContent || !done) { at('label').textContent = data.label; bars(data.predictions, labels); }
            } else if (name === 'done') {
              done = true;
              note('');
              at('label').textContent = data.label;
              bars(data.predictions, labels);
              const t = data.timings;
              at('facts').textContent = `${video.frames} frames, ${video.duration.toFixed(1)} s, ${video.width}×${video.height}, ${video.codec}; ${video.windows} ${video.windows > 1 ? 'windows' : 'window'}; ` +
                `decoded in ${t.decode_ms.toFixed(0)} ms, classified in ${t.inference_ms.toFixed(0)} ms by ${data.model.name} (${data.model.digest.slice(0, 19)}…)`;
            } else if (name === 'error') throw new Refusal(data.status ?? 500, data.detail ?? data.title);
          }
          if (!done) throw new Refusal(0, 'The server stopped before it was done.');
        }

        clip.addEventListener('error', () => {
          if (!clip.getAttribute('src')) return;
          clip.hidden = true;
          at('name').textContent = `${file.name}: this browser cannot play its format; the server reads it by itself.`;
        });
        clip.addEventListener('timeupdate', () => strip.head(clip.currentTime));
        const drop = at('drop'), pick = at('pick');
        drop.addEventListener('click', () => pick.click());
        drop.addEventListener('keydown', e => { if (e.key === 'Enter' || e.key === ' ') { e.preventDefault(); pick.click(); } });
        pick.addEventListener('change', () => { if (pick.files.length) show(pick.files[0]); pick.value = ''; });
        addEventListener('dragover', e => { e.preventDefault(); drop.classList.add('over'); });
        addEventListener('dragleave', e => { if (!e.relatedTarget) drop.classList.remove('over'); });
        addEventListener('drop', e => { e.preventDefault(); drop.classList.remove('over'); if (e.dataTransfer.files.length) show(e.dataTransfer.files[0]); });
        at('model').addEventListener('change', () => { limitTop(); if (file) classify(); });
        at('choices').addEventListener('submit', async e => {
          e.preventDefault();
          key = at('key').value;
          await listModels();
          if (file && models.length) classify();
        });
        listModels();
        """);
}
