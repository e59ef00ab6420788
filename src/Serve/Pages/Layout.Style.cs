using Unreel.Serve.Http;

namespace Unreel.Serve.Pages;

/// <content>How pages look, by day and by night, wide and narrow.</content>
internal static partial class Layout
{
    private static readonly Html Style = new("""
        :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; --fp32: #2b62b8; --half: #1e7a2e; --int: #8b3fa8; --plain: #767676; --bad: #b3261e; --warn: #8a5200; --line: #8886; --soft: #8881; }
        @media (prefers-color-scheme: dark) { :root { --fp32: #7fb0ff; --half: #6fd07f; --int: #d79af0; --plain: #9a9a9a; --bad: #ff8a80; --warn: #f0b35a; } }
        body { margin: 1.5rem auto; max-width: 76rem; padding: 0 1rem; }
        main:focus { outline: none; }
        h1 { overflow-wrap: break-word; }
        h2 { margin-top: 2rem; }
        a { color: var(--fp32); }
        :focus-visible { outline: 3px solid var(--fp32); outline-offset: 2px; }
        .skip { position: absolute; left: -100rem; padding: .5rem 1rem; background: Canvas; }
        .skip:focus { left: 1rem; top: .5rem; z-index: 2; }
        .scroll { overflow-x: auto; margin: .5rem 0 1.5rem; }
        table { border-collapse: collapse; margin: 0; }
        .wide table { width: 100%; font-size: .9375rem; }
        .compare table { table-layout: fixed; }
        .compare :is(th, td) { white-space: normal; overflow-wrap: break-word; }
        .compare :is(th, td):first-child { width: 6.5rem; }
        caption { text-align: left; font-weight: 600; padding: .25rem 0; }
        th, td { text-align: left; padding: .3rem .7rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
        th { font-weight: 600; }
        tbody th { white-space: nowrap; }
        .keep { white-space: nowrap; }
        .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
        .quiet { opacity: .75; font-size: .875rem; }
        img, video { max-width: 100%; height: auto; }
        code, pre { font: .875em/1.4 ui-monospace, monospace; }
        .digest { overflow-wrap: anywhere; }
        pre { overflow: auto; max-height: 32rem; padding: .75rem; border: 1px solid var(--line); }
        nav a { margin-right: 1rem; }
        [aria-current] { font-weight: 600; text-decoration: none; border-bottom: 2px solid; }
        form.filter { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: end; margin: 1rem 0; }
        form.filter label { display: grid; font-size: .875rem; }
        input, select, button { font: inherit; padding: .25rem .5rem; max-width: 100%; }
        .tag { display: inline-block; padding: 0 .5rem; border: 1px solid var(--line); border-radius: 1rem; font-size: .875rem; white-space: nowrap; }
        .media { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 18rem), 1fr)); gap: 1rem; }
        .media.large { grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); }
        figure { margin: 0; }
        figure img, figure video { display: block; background: var(--soft); }
        .media video { width: 100%; max-height: 30rem; }
        .pixels { width: 36rem; image-rendering: pixelated; }
        figcaption { font-size: .875rem; }
        #drop { border: 2px dashed #8888; border-radius: .5rem; padding: 3rem; text-align: center; cursor: pointer; }
        #drop.over { border-color: currentColor; }
        .error { color: var(--bad); }
        .note { color: var(--warn); }
        summary { cursor: pointer; margin: .5rem 0; }
        @media (max-width: 48rem) {
        .stack thead { position: absolute; left: -100rem; }
        .stack tbody tr { display: block; padding: .4rem 0; border-bottom: 1px solid var(--line); }
        .stack tbody :is(th, td) { display: inline-block; padding: 0 .75rem 0 0; max-width: 100%; border: 0; text-align: left; white-space: normal; overflow-wrap: break-word; }
        .stack tbody :is(th, td):empty { display: none; }
        .compare table { font-size: .8125rem; }
        .compare :is(th, td):first-child { width: 4rem; }
        .scroll > .chart, .scroll > .graph:not([width]) { min-width: 44rem; }
        }
        """ + Drawings);

    private const string Drawings = """

        .graph { margin: .5rem 0 1rem; }
        .graph:not([width]) { width: 100%; height: auto; }
        .graph text, .chart text { font: 11px system-ui, sans-serif; fill: currentColor; }
        .graph .name { font-size: 13px; font-weight: 600; }
        .graph .type { opacity: .75; }
        .graph .box { fill: Canvas; stroke: var(--plain); stroke-width: 1.5; }
        .graph .box.end { stroke-dasharray: 4 3; }
        .graph .box.here { stroke-width: 3.5; stroke: currentColor; }
        .graph .fp32 { stroke: var(--fp32); }
        .graph .half { stroke: var(--half); }
        .graph .int { stroke: var(--int); }
        .graph a:focus-visible .box { stroke-width: 4; stroke: var(--fp32); }
        .graph a:hover .box { fill: var(--soft); }
        .graph .arrow { fill: none; stroke: currentColor; stroke-width: 1.2; }
        .graph rect.part { stroke: Canvas; stroke-width: 1; fill: var(--plain); }
        .graph .part.fp32 { fill: var(--fp32); }
        .graph .part.half { fill: var(--half); }
        .graph .part.int { fill: var(--int); }
        .graph .share { fill: Canvas; pointer-events: none; }
        .graph .part:hover { opacity: .7; }
        .lineage { overflow-x: auto; }
        .lineage .graph { max-width: none; }
        .chart { width: 100%; height: auto; }
        .chart .axis { stroke: var(--line); stroke-width: 1; fill: none; }
        .chart .curve { stroke: var(--fp32); stroke-width: 1.6; fill: none; stroke-linejoin: round; }
        .chart .spread { fill: var(--fp32); opacity: .22; }
        .times .bar { fill: var(--fp32); }
        .times .bar.up-to-date { fill: none; stroke: var(--plain); stroke-width: 1.5; stroke-dasharray: 3 2; }
        .times .bar.failed, .times .bar.refused { fill: var(--bad); }
        .times .bar.cancelled, .times .bar.skipped { fill: var(--plain); }
        .matrix td { text-align: center; padding: .2rem .5rem; font-variant-numeric: tabular-nums; border: 1px solid var(--line); }
        .matrix th { padding: .2rem .5rem; }
        .matrix thead th { vertical-align: bottom; }
        .matrix thead .turn { writing-mode: vertical-rl; transform: rotate(180deg); white-space: nowrap; }
        .h1 { background: color-mix(in srgb, var(--fp32) 8%, transparent); } .h2 { background: color-mix(in srgb, var(--fp32) 16%, transparent); }
        .h3 { background: color-mix(in srgb, var(--fp32) 24%, transparent); } .h4 { background: color-mix(in srgb, var(--fp32) 32%, transparent); }
        .h5 { background: color-mix(in srgb, var(--fp32) 40%, transparent); }
        .right { font-weight: 700; }
        tr.differs { background: color-mix(in srgb, var(--warn) 12%, transparent); }
        .markdown { max-width: 50rem; }
        """;
}
