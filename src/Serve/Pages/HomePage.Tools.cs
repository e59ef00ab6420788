using Unreel.Serve.Http;

namespace Unreel.Serve.Pages;

/// <content>What the script uses: asking the server, reading its events, drawing the strip.</content>
internal static partial class HomePage
{
    private static readonly Html Tools = new("""
        const at = id => document.getElementById(id);
        const make = (tag, text, kind) => { const e = document.createElement(tag); if (text !== undefined) e.textContent = text; if (kind) e.className = kind; return e; };
        const percent = share => `${(100 * share).toFixed(1)} %`;
        const clock = seconds => {
          const s = Math.max(0, Math.floor(seconds)), h = Math.floor(s / 3600), m = Math.floor(s / 60) % 60, two = n => String(n).padStart(2, '0');
          return h ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`;
        };
        // A label has the same colour in every video: steps of the golden angle keep neighbours apart.
        const colourOf = (label, labels) => `hsl(${(210 + 137.508 * Math.max(0, labels.indexOf(label))) % 360} 62% 52%)`;

        class Refusal extends Error { constructor(status, detail) { super(detail); this.status = status; } }

        async function ask(path, key, options = {}) {
          const headers = { ...options.headers };
          if (key) headers.Authorization = `Bearer ${key}`;
          // Without credentials of the browser's own: it would ask for a password in a window of its own.
          const response = await fetch(path, { ...options, headers, credentials: 'omit' });
          if (response.ok) return response;
          const problem = await response.json().catch(() => ({}));
          throw new Refusal(response.status, problem.detail ?? problem.title ?? `The server answered ${response.status}.`);
        }

        // One { name, data } for each event, as it arrives.
        async function* eventsOf(response) {
          const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
          for (let rest = ''; ;) {
            const { done, value } = await reader.read();
            if (done) return;
            const parts = (rest + value).split('\n\n');
            rest = parts.pop();
            for (const part of parts) {
              const lines = part.split('\n'), field = name => lines.filter(l => l.startsWith(`${name}: `)).map(l => l.slice(name.length + 2)).join('\n');
              if (field('event')) yield { name: field('event'), data: JSON.parse(field('data')) };
            }
          }
        }

        // Windows over the clip's length: the label's colour, as high as it is probable.
        class Strip {
          constructor(seek) {
            this.canvas = at('timeline'); this.seek = seek; this.clear(0, []);
            new ResizeObserver(() => this.draw()).observe(this.canvas);
            this.canvas.addEventListener('pointermove', e => this.tell(this.timeOf(e)));
            this.canvas.addEventListener('pointerleave', () => { at('tip').hidden = true; });
            this.canvas.addEventListener('blur', () => { at('tip').hidden = true; });
            this.canvas.addEventListener('click', e => this.go(this.timeOf(e)));
            this.canvas.addEventListener('keydown', e => this.step(e));
          }
          clear(length, labels) { this.length = length; this.labels = labels; this.windows = []; this.chosen = -1; at('legend').replaceChildren(); this.head(0); this.draw(); }
          timeOf(e) { const box = this.canvas.getBoundingClientRect(); return this.length * Math.min(1, Math.max(0, (e.clientX - box.left) / box.width)); }
          // Of windows that overlap the one whose middle is nearest.
          nearest(time) { let best = -1; this.windows.forEach((w, i) => { const d = Math.abs((w.start + w.end) / 2 - time); if (best < 0 || d < this.distance) { best = i; this.distance = d; } }); return best; }
          add(w) {
            if (!this.windows.some(other => other.label === w.label)) {
              const item = make('li', w.label), dot = make('i');
              dot.style.background = colourOf(w.label, this.labels);
              item.prepend(dot);
              at('legend').append(item);
            }
            this.windows.push(w);
            this.canvas.setAttribute('aria-valuemax', this.windows.length - 1);
            this.draw();
          }
          draw() {
            const ratio = window.devicePixelRatio || 1, box = this.canvas.getBoundingClientRect(), pen = this.canvas.getContext('2d');
            [this.canvas.width, this.canvas.height] = [Math.round(box.width * ratio), Math.round(box.height * ratio)];
            const wide = this.canvas.width / (this.length || 1), high = this.canvas.height;
            this.windows.forEach((w, i) => {
              const left = i ? (w.start + Math.max(w.start, this.windows[i - 1].end)) / 2 : w.start, tall = high * (.15 + .85 * w.probability);
              pen.fillStyle = colourOf(w.label, this.labels);
              pen.globalAlpha = i === this.chosen ? 1 : .8;
              pen.fillRect(left * wide, high - tall, Math.max(ratio, (w.end - left) * wide - ratio), tall);
            });
          }
          head(time) { at('head').style.left = `${100 * (this.length ? Math.min(1, time / this.length) : 0)}%`; }
          tell(time) { this.choose(this.nearest(time)); }
          choose(index) {
            const w = this.windows[index], tip = at('tip');
            if (!w) return;
            this.chosen = index;
            const text = [`${clock(w.start)} – ${clock(w.end)}`, ...w.predictions.slice(0, 3).map(p => `${percent(p.probability)}  ${p.label}`)].join('\n');
            tip.textContent = text;
            tip.hidden = false;
            tip.style.left = `${100 * Math.min(.92, Math.max(.08, (w.start + w.end) / 2 / this.length))}%`;
            this.canvas.setAttribute('aria-valuenow', index);
            this.canvas.setAttribute('aria-valuetext', `${clock(w.start)} to ${clock(w.end)}: ${w.label}, ${percent(w.probability)}`);
            this.draw();
          }
          go(time) { this.tell(time); this.seek(time); }
          step(e) {
            const last = this.windows.length - 1;
            const to = { ArrowRight: this.chosen + 1, ArrowLeft: this.chosen - 1, Home: 0, End: last }[e.key];
            if (to === undefined && e.key !== 'Enter' && e.key !== ' ') return;
            e.preventDefault();
            this.choose(Math.min(last, Math.max(0, to ?? this.chosen)));
            if (this.windows[this.chosen]) this.seek(this.windows[this.chosen].start);
          }
        }

        """);
}
