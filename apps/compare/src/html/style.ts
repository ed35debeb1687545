/** The page's look: no external font, image or script; light, dark and paper. Colours tell apart without red and green. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #fcfbf8; --card: #ffffff; --ink: #1d1c1a; --soft: #66625b; --line: #e4dfd5;
  --ts: #0a66ad; --torch: #c06c00; --published: #007a5a; --limit: #a8321a;
  --same: #0a66ad; --differs: #a8321a; --none: #66625b;
  --heat-0: #f0f5fa; --heat-1: #d3e4f2; --heat-2: #9cc5e5; --heat-3: #3577b0; --heat-4: #b3400f;
  --on-pale: #1d1c1a; --on-deep: #ffffff; --notice: #fdf1d8; --notice-line: #d9a441;
  --serif: "Iowan Old Style", "Palatino Linotype", Palatino, "Book Antiqua", Georgia, "DejaVu Serif", serif;
  --sans: system-ui, -apple-system, "Segoe UI", "Helvetica Neue", "Liberation Sans", Arial, sans-serif;
  --mono: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14161a; --card: #1b1e23; --ink: #e9e6df; --soft: #a09c94; --line: #33373e;
    --ts: #6cb6f0; --torch: #f0a848; --published: #4fc9a0; --limit: #ff8f6b;
    --same: #6cb6f0; --differs: #ff8f6b; --none: #a09c94;
    --heat-0: #1d2733; --heat-1: #21405c; --heat-2: #2b6494; --heat-3: #6db2e6; --heat-4: #ff9a62;
    --on-pale: #e9e6df; --on-deep: #14161a; --notice: #33290f; --notice-line: #b98b33;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.55 var(--sans); }
main { max-width: 1120px; margin: 0 auto; padding: 40px 32px 80px; }
h1, h2, h3 { font-family: var(--serif); font-weight: 600; line-height: 1.2; text-wrap: balance; }
h2 { font-size: 25px; margin: 56px 0 6px; letter-spacing: -0.01em; }
h3 { font-size: 16px; margin: 24px 0 4px; }
p { max-width: 74ch; margin: 6px 0 14px; }
p, li, h2 { overflow-wrap: anywhere; }
.soft { color: var(--soft); }
code, .name { font-family: var(--mono); font-size: 0.88em; overflow-wrap: anywhere; }
a { color: var(--ts); }
.kicker { display: flex; justify-content: space-between; gap: 24px; flex-wrap: wrap; margin: 0; max-width: none;
  color: var(--soft); font-size: 13px; letter-spacing: 0.02em; border-bottom: 1px solid var(--line); padding-bottom: 12px; }
.kicker b { color: var(--ink); font-family: var(--serif); font-size: 16px; letter-spacing: 0; }
.verdict { font-size: clamp(56px, 11vw, 112px); line-height: 0.95; letter-spacing: -0.035em; margin: 40px 0 14px; }
.verdict.same { color: var(--same); } .verdict.differs { color: var(--differs); } .verdict.not-compared { color: var(--none); }
.sentence { font-family: var(--serif); font-size: 22px; line-height: 1.4; max-width: 44em; margin: 0 0 26px; }
.notice { background: var(--notice); border-left: 4px solid var(--notice-line); padding: 12px 18px; margin: 0 0 26px; max-width: none; }
.tiles { display: flex; flex-wrap: wrap; gap: 1px; margin: 0; padding: 0;
  background: var(--line); border: 1px solid var(--line); border-radius: 8px; overflow: hidden; }
.tiles > div { flex: 1 1 160px; background: var(--card); padding: 16px 18px 14px; }
.tiles dt { color: var(--soft); font-size: 13px; }
.tiles dd { margin: 2px 0 0; font: 600 27px/1.15 var(--serif); font-variant-numeric: lining-nums tabular-nums; }
.tiles dd small { display: block; font: 400 12.5px/1.4 var(--sans); color: var(--soft); margin-top: 4px; }
.parting { border: 1px solid var(--limit); border-radius: 8px; padding: 4px 22px 12px; margin-top: 26px; background: var(--card); }
.parting h2 { margin: 14px 0 4px; font-size: 20px; color: var(--limit); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: 13px; font-variant-numeric: tabular-nums lining-nums; }
caption { caption-side: top; text-align: left; color: var(--soft); padding: 0 0 10px; max-width: min(74ch, calc(100vw - 32px)); font-size: 14px; }
th { font-weight: 600; text-align: left; }
.heat { border-collapse: separate; border-spacing: 3px; width: 100%; }
.heat th { font-weight: 500; padding: 4px 10px 4px 0; white-space: nowrap; }
.heat thead th { color: var(--soft); text-align: center; padding: 4px; }
.heat thead th:first-child { text-align: left; }
.heat th a { color: inherit; text-decoration: none; border-bottom: 1px solid var(--line); }
.heat th a:hover { border-color: currentColor; }
.heat td { text-align: center; padding: 7px 4px; border-radius: 4px; min-width: 74px; }
.h0, .h1, .h2 { color: var(--on-pale); } .h3, .h4 { color: var(--on-deep); }
.h0 { background: var(--heat-0); } .h1 { background: var(--heat-1); } .h2 { background: var(--heat-2); }
.h3 { background: var(--heat-3); } .h4 { background: var(--heat-4); font-weight: 700; }
.blank { color: var(--soft); border: 1px dashed var(--line); }
.legend { display: flex; flex-wrap: wrap; gap: 6px 18px; margin: 12px 0 0; padding: 0; list-style: none; font-size: 13px; color: var(--soft); }
.legend li { display: flex; align-items: center; gap: 7px; }
.legend i { width: 26px; height: 14px; border-radius: 3px; display: inline-block; }
.legend svg { flex: none; }
details.subject { border-top: 1px solid var(--line); }
details.subject:last-of-type { border-bottom: 1px solid var(--line); }
summary { cursor: pointer; }
details.subject > summary { display: flex; align-items: baseline; gap: 14px; padding: 13px 4px; list-style: none; }
details.subject > summary::-webkit-details-marker { display: none; }
details.subject > summary::before { content: "+"; width: 14px; color: var(--soft); font: 500 18px/1 var(--sans); }
details.subject[open] > summary::before { content: "–"; }
summary .title { font: 600 18px/1.3 var(--serif); overflow-wrap: anywhere; min-width: 0; }
summary .facts { margin-left: auto; color: var(--soft); font-size: 13px; font-variant-numeric: tabular-nums; text-align: right; }
.word { font: 700 11.5px/1 var(--sans); letter-spacing: 0.07em; padding: 5px 8px; border-radius: 4px; white-space: nowrap;
  border: 1px solid currentColor; }
.word.same { color: var(--same); } .word.differs { color: var(--differs); } .word.not-compared { color: var(--none); }
.inside { padding: 2px 4px 30px 32px; }
figure { margin: 14px 0 26px; }
figcaption { font-size: 14px; max-width: 84ch; margin-bottom: 8px; }
figcaption b { font-family: var(--serif); font-size: 16px; }
.chart { overflow-x: auto; }
.chart svg [aria-label^="fx-axis tick label"] { font-size: 13px; font-weight: 600; }
.chart svg { --plot-background: var(--card); max-width: none; overflow: visible; font-family: var(--sans); color: var(--ink); }
.pair { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 8px 36px; }
.rows { width: 100%; background: var(--card); }
.rows th, .rows td { padding: 4px 10px; border-bottom: 1px solid var(--line); vertical-align: top; }
.rows td.number, .rows th.number { text-align: right; white-space: nowrap; }
.rows thead th { position: sticky; top: 0; background: var(--card); border-bottom: 1px solid var(--soft); }
.rows button { all: unset; cursor: pointer; font-weight: 600; white-space: nowrap; }
.rows button:focus-visible { outline: 2px solid var(--ts); outline-offset: 2px; }
.rows button::after { content: " ↕"; color: var(--line); }
.rows th[aria-sort="ascending"] button::after { content: " ↑"; color: var(--ink); }
.rows th[aria-sort="descending"] button::after { content: " ↓"; color: var(--ink); }
.rows tr.fails td { color: var(--limit); font-weight: 600; }
.rows .why { font-weight: 400; color: var(--soft); display: block; }
.inside details > summary { color: var(--ts); padding: 6px 0; }
.findings { padding: 0; list-style: none; display: grid; gap: 14px; }
.findings li { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 14px 20px; }
.findings h3 { margin: 0 0 4px; }
.findings p { margin: 4px 0; max-width: 90ch; }
.facts-table th { color: var(--soft); font-weight: 400; padding: 4px 26px 4px 0; vertical-align: top; white-space: nowrap; }
.facts-table td { padding: 4px 0; overflow-wrap: anywhere; }
pre { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 14px 18px; white-space: pre-wrap;
  overflow-wrap: anywhere; font: 13px/1.6 var(--mono); }
@media (max-width: 860px) { main { padding: 24px 16px 60px; } details.subject > summary { flex-wrap: wrap; } .pair { grid-template-columns: minmax(0, 1fr); } .inside { padding-left: 4px; } }
@media print {
  :root { --paper: #fff; --card: #fff; }
  body { font-size: 10.5pt; }
  main { max-width: none; padding: 0; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .verdict { font-size: 60pt; margin-top: 16pt; }
  h2, h3, summary, caption, figcaption { break-after: avoid; }
  figure, tr, .tiles, .findings li, .parting { break-inside: avoid; }
  .chart svg { width: 100%; height: auto; }
  .pair { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 8px 20px; }
  .tiles > div { flex-basis: 100px; padding: 10px 12px; }
  .tiles dd { font-size: 18pt; }
  .inside { padding-left: 0; }
  .rows thead th { position: static; }
  .rows button::after { content: ""; }
}
`;
