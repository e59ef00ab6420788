using Unreel.Serve.Http;

namespace Unreel.Serve.Pages;

/// <content>How the page looks, by day and by night.</content>
internal static partial class HomePage
{
    private static readonly Html Style = new("""
        [hidden] { display: none !important; }
        #drop { display: flex; flex-direction: column; gap: .25rem; padding: 2.5rem 1rem; border-radius: .75rem; transition: background .15s, border-color .15s; }
        #drop strong { font-size: 1.25rem; }
        #drop span { opacity: .7; }
        #drop:hover, #drop:focus-visible, #drop.over { border-color: var(--fp32); background: color-mix(in srgb, var(--fp32) 10%, transparent); }
        #choices { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; margin: 1rem 0; align-items: center; }
        #choices select, #choices input, #choices button { font: inherit; padding: .2rem .5rem; }
        #choices label, #choices select { max-width: 100%; }
        #top { width: 4rem; }
        #key { width: 18rem; }
        #note { min-height: 1.5rem; margin: .5rem 0; }
        .pair { display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: 1.5rem; align-items: start; }
        @media (max-width: 44rem) { .pair { grid-template-columns: minmax(0, 1fr); } }
        figure { margin: 0; }
        #clip { display: block; width: 100%; max-height: 60vh; background: #000; border-radius: .5rem; }
        figcaption { margin-top: .4rem; font-size: .875rem; opacity: .75; overflow-wrap: anywhere; }
        #label { margin: 0 0 .75rem; font-size: 1.75rem; overflow-wrap: anywhere; }
        #bars { list-style: none; margin: 0; padding: 0; display: grid; gap: .6rem; }
        #bars li { display: grid; grid-template-columns: 1fr auto; gap: .1rem .75rem; }
        #bars .share { font-variant-numeric: tabular-nums; }
        #bars .track { grid-column: 1 / -1; height: .5rem; border-radius: .25rem; background: #8883; overflow: hidden; }
        #bars .fill { height: 100%; border-radius: .25rem; transition: width .3s; }
        #strip { position: relative; margin-top: 1.5rem; }
        #timeline { display: block; width: 100%; height: 3.5rem; border-radius: .4rem; background: #8882; cursor: pointer; }
        #timeline:focus-visible, #drop:focus-visible { outline: 2px solid var(--fp32); outline-offset: 2px; }
        #head { position: absolute; top: 0; left: 0; width: 2px; height: 3.5rem; background: currentColor; pointer-events: none; }
        #tip { position: absolute; bottom: 100%; z-index: 1; transform: translateX(-50%); padding: .4rem .7rem; border: 1px solid #8886; border-radius: .4rem; background: Canvas; font-size: .875rem; white-space: pre; pointer-events: none; box-shadow: 0 2px 8px #0004; }
        .ends { display: flex; justify-content: space-between; font-size: .8rem; opacity: .7; font-variant-numeric: tabular-nums; }
        #legend { list-style: none; display: flex; flex-wrap: wrap; gap: .25rem 1rem; margin: .5rem 0; padding: 0; font-size: .875rem; }
        #legend i { display: inline-block; width: .75rem; height: .75rem; margin-right: .4rem; border-radius: .2rem; vertical-align: -.05rem; }
        #facts, .shell { font-size: .875rem; opacity: .75; overflow-wrap: anywhere; }
        """);
}
