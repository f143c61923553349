import { createHash } from "node:crypto";
import { formatSpan } from "../sentinel/span.ts";
import type { ArtifactRow, CallTimeline, InDoubt, ReportData, RunOutcome } from "./data.ts";
import { escape, toScriptJson } from "./escape.ts";
import { STYLE } from "./style.ts";

const WORDS: Readonly<Record<RunOutcome, string>> = {
  succeeded: "succeeded",
  recovered: "recovered",
  failed: "failed",
  in_doubt: "in doubt",
  running: "running",
  lost: "lost",
};
const OUTCOMES = Object.keys(WORDS) as RunOutcome[];

/**
 * The page. It loads nothing: its content security policy allows this script, this style and no connection.
 *
 * @param script draws the charts into their places on the page
 */
export function toHtml(
  data: ReportData,
  script: string,
  { ledger, readMs }: { readonly ledger: string; readonly readMs: number },
): string {
  const hash = createHash("sha256").update(script).digest("base64");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'">
<title>hardcall report</title>
<style>${STYLE}</style>
</head>
<body>
<h1>hardcall report</h1>
<p class="quiet">${day(data.from)} to ${minute(data.to)} UTC, from <code>${escape(ledger)}</code>, read in ${(readMs / 1000).toFixed(1)} s</p>
${tiles(data)}
${inDoubt(data)}
<h2>Runs and their artifacts</h2>
${legend()}
${data.calls.map(call).join("\n") || '<p class="quiet">The ledger has no calls in this period. It records calls with a key, and those that are journalled.</p>'}
${data.hiddenCalls > 0 ? `<p class="quiet">${data.hiddenCalls} more calls are not shown; those with failures come first.</p>` : ""}
${data.sentinels.length === 0 ? "" : `<h2>Sentinels</h2>\n${data.sentinels.map(sentinel).join("\n")}`}
<h2>By day (UTC)</h2>
<div class="days">
${dayCard("attempts", "Attempts", "green: did not fail; red: failed")}
${dayCard("durations", "Durations of attempts", "purple: average; grey: longest")}
${dayCard("cost", "Cost", "in US dollars, as the callee reports it")}
</div>
<script type="application/json" id="data">${toScriptJson(data)}</script>
<script>${script}</script>
</body>
</html>
`;
}

function tiles({ totals, inDoubtCount }: ReportData): string {
  const good = totals.succeeded + totals.recovered;
  return `<div class="tiles">
${tile(count(inDoubtCount), "open in doubt", "in-doubt")}
${tile(count(totals.failed), "failed", "failed")}
${tile(count(good), "succeeded", "succeeded")}
${tile(count(totals.running), "running", "running")}
${tile(count(totals.attempts), "attempts", "line")}
${tile(`$${totals.costUsd.toFixed(2)}`, "cost", "artifact")}
</div>`;
}

const tile = (value: string, label: string, color: string) =>
  `<div class="tile" style="--c: var(--${color})"><b>${value}</b><span>${label}</span></div>`;

function inDoubt({ inDoubt: open, inDoubtCount, now }: ReportData): string {
  if (inDoubtCount === 0) return "";
  const more = inDoubtCount - open.length;
  return `<h2>In doubt: an operator must check these</h2>
<div class="card table"><table>
<tr><th>call</th><th>key</th><th>why</th><th>open for</th><th>id</th></tr>
${open.map((one) => doubtRow(one, now)).join("\n")}
</table>
${more > 0 ? `<p class="quiet">and ${count(more)} more</p>` : ""}
<p class="quiet">When you know whether it happened: <code>hardcall ledger resolve ID --as done|absent --by WHO --why TEXT</code></p></div>`;
}

function doubtRow({ name, key, code, since, callId }: InDoubt, now: number): string {
  const cells = [name, key, code, formatSpan(Math.max(0, now - since))].map(
    (text) => `<td>${escape(text)}</td>`,
  );
  return `<tr>${cells.join("")}<td><code>${escape(callId)}</code></td></tr>`;
}

function legend(): string {
  const items = OUTCOMES.map((outcome) => `<span>${dot(outcome.replace("_", "-"))}${WORDS[outcome]}</span>`);
  return `<div class="legend">${items.join("")}<span>${dot("artifact")}new artifact</span><span>thin line: verdicts of the sentinel</span></div>`;
}

function call({ name, counts, artifacts }: CallTimeline, index: number): string {
  const told = OUTCOMES.flatMap((outcome) => {
    const n = counts[outcome] ?? 0;
    return n === 0 ? [] : [`${count(n)} ${WORDS[outcome]}`];
  });
  return card(name, told.join(", "), artifacts, `data-call="${index}"`);
}

const sentinel = (row: ArtifactRow, index: number) => card(row.label, "", [row], `data-sentinel="${index}"`);

function card(name: string, told: string, artifacts: readonly ArtifactRow[], place: string): string {
  const alarm = artifacts.some((row) => row.sentinel !== undefined && row.sentinel.verdict !== "ok");
  return `<section class="card${alarm ? " alarm" : ""}">
<div class="head"><h3>${escape(name)}</h3><span class="quiet">${told}</span></div>
<ul class="rows">${artifacts.map(artifactLine).join("")}</ul>
<div class="chart" ${place}></div>
</section>`;
}

function artifactLine({ label, total, sentinel: watched }: ArtifactRow): string {
  if (watched === undefined) return `<li>${escape(label)}: ${count(total)}</li>`;
  const { verdict, why } = watched;
  const color = ["ok", "late", "silent"].includes(verdict) ? verdict : "unknown";
  return `<li>${escape(label)} is <span class="verdict" style="--c: var(--${color})">${escape(verdict)}</span>: ${escape(why)}</li>`;
}

const dayCard = (chart: string, title: string, note: string) =>
  `<section class="card"><div class="head"><h3>${title}</h3><span class="quiet">${note}</span></div><div class="chart" data-days="${chart}"></div></section>`;

const dot = (color: string) => `<i class="dot" style="--c: var(--${color})"></i>`;
const count = (n: number) => n.toLocaleString("en-US");
const day = (at: number) => new Date(at).toISOString().slice(0, 10);
const minute = (at: number) => new Date(at).toISOString().slice(0, 16).replace("T", " ");
