/** Light and dark are the same page in other colours. Outcomes differ in lightness too, for eyes that do not tell red from green. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #fbfbf9; --ink: #1d2126; --quiet: #626a73; --line: #dcdfe2; --card: #fff; --lane: #f0f1f0;
  --succeeded: #3f9e6d; --recovered: #7cc6b4; --failed: #c93a4c; --in-doubt: #e59a1c; --running: #8a6bd1; --lost: #6f5a52;
  --ok: #3f9e6d; --late: #e59a1c; --silent: #c93a4c; --unknown: #9aa1a9; --artifact: #3568b8;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171a; --ink: #e6e8ea; --quiet: #98a1aa; --line: #30363c; --card: #1b1f23; --lane: #24292e;
    --succeeded: #4fb283; --recovered: #8ed8c5; --failed: #ec6072; --in-doubt: #f0ae42; --running: #b7a0f2; --lost: #a8938b;
    --ok: #4fb283; --late: #f0ae42; --silent: #ec6072; --unknown: #7d868f; --artifact: #7fb0f5;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 20px 16px 48px; max-width: 1080px; background: var(--page); color: var(--ink);
  font: 15px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
}
h1 { font-size: 22px; margin: 0; }
h2 { font-size: 17px; margin: 32px 0 10px; }
h3 { font-size: 15px; margin: 0; overflow-wrap: anywhere; }
p { margin: 4px 0 12px; }
.quiet { color: var(--quiet); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(104px, 1fr)); gap: 8px; margin: 16px 0 0; }
.tile, .card { background: var(--card); border: 1px solid var(--line); border-radius: 8px; }
.tile { padding: 8px 12px; border-left: 4px solid var(--c, var(--line)); }
.tile b { display: block; font-size: 22px; line-height: 1.2; font-variant-numeric: tabular-nums; }
.tile span { color: var(--quiet); font-size: 13px; }
.card { padding: 12px 14px 6px; margin: 0 0 12px; }
.card.alarm { border-left: 4px solid var(--silent); }
.head { display: flex; flex-wrap: wrap; gap: 2px 12px; align-items: baseline; margin-bottom: 6px; }
.head .quiet { font-size: 13px; }
.rows { display: flex; flex-wrap: wrap; gap: 2px 14px; font-size: 13px; margin: 0 0 4px; padding: 0; list-style: none; color: var(--quiet); }
.dot { display: inline-block; width: 9px; height: 9px; border-radius: 2px; background: var(--c); margin-right: 5px; }
.verdict { font-weight: 600; color: var(--c); }
.chart { min-height: 80px; overflow: hidden; }
.chart svg { display: block; max-width: 100%; height: auto; background: transparent; color: var(--quiet); }
.days { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 300px), 1fr)); gap: 12px; }
.table { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th { text-align: left; font-weight: 600; color: var(--quiet); }
th, td { padding: 5px 12px 5px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td:nth-child(2) { overflow-wrap: anywhere; min-width: 130px; }
td:nth-child(n+3) { white-space: nowrap; }
code { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
.legend { display: flex; flex-wrap: wrap; gap: 2px 14px; font-size: 13px; color: var(--quiet); margin: 0 0 10px; }
`;
