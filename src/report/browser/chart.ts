import * as Plot from "@observablehq/plot";
import type { ArtifactRow, CallTimeline, Day, ReportData } from "../data.ts";

/** Draws every chart of the report into the places that the page has for them, and again when their width changes. */
const data = JSON.parse(document.getElementById("data")?.textContent ?? "{}") as ReportData;

const OUTCOMES = ["succeeded", "recovered", "failed", "in_doubt", "running"];
const VERDICTS = ["ok", "late", "silent", "unknown"];
const COLORS = {
  domain: [...OUTCOMES, ...VERDICTS, "artifact"],
  range: [...OUTCOMES, ...VERDICTS, "artifact"].map((word) => `var(--${word.replace("_", "-")})`),
};
/** Of one row with its label above it, in pixels. */
const ROW_HEIGHT = 62;

interface Mark {
  readonly row: string;
  readonly from: Date;
  readonly to: Date;
  readonly low: number;
  readonly high: number;
  readonly color: string;
  readonly title: string;
}

type Box = Pick<Mark, "row" | "from" | "to">;

function timeline(width: number, runs: CallTimeline["runs"] | undefined, artifacts: readonly ArtifactRow[]) {
  const rows = [...(runs === undefined ? [] : ["runs"]), ...artifacts.map(({ label }) => label)];
  const marks = [...stack("runs", runs ?? []), ...artifacts.flatMap(found)];
  const bands = artifacts.flatMap(changes);
  const empty = artifacts.filter(({ total }) => total === 0);
  return Plot.plot({
    width,
    height: rows.length * ROW_HEIGHT + 36,
    marginLeft: 4,
    marginRight: 4,
    marginTop: 14,
    marginBottom: 34,
    x: {
      type: "utc",
      domain: [data.from, data.to],
      label: null,
      ticks: Math.max(2, Math.floor(width / 110)),
    },
    y: { domain: [-0.16, 1], axis: null },
    fy: { domain: rows, axis: null, paddingInner: 0.3, paddingOuter: 0 },
    color: COLORS,
    marks: [
      Plot.rect(
        rows.map((row) => ({ row })),
        { fy: "row", x1: data.from, x2: data.to, y1: 0, y2: 1, fill: "var(--lane)", rx: 3 },
      ),
      Plot.rect(
        empty.map(({ label }) => ({ row: label })),
        {
          fy: "row",
          x1: data.from,
          x2: data.to,
          y1: 0,
          y2: 1,
          fill: "none",
          stroke: "var(--silent)",
          strokeDasharray: "4 3",
          rx: 3,
          className: "empty",
        },
      ),
      Plot.text(
        empty.map(({ label }) => ({ row: label })),
        {
          fy: "row",
          x: (data.from + data.to) / 2,
          y: 0.5,
          text: () => "no artifact found",
          fill: "var(--silent)",
          fontSize: 13,
          fontWeight: 600,
        },
      ),
      Plot.rect(marks, {
        fy: "row",
        x1: "from",
        x2: "to",
        y1: "low",
        y2: "high",
        fill: "color",
        title: "title",
        insetLeft: 0.5,
        insetRight: 0.5,
        insetTop: 0.5,
        rx: 1,
        className: "runs-and-artifacts",
      }),
      Plot.rect(bands, {
        fy: "row",
        x1: "from",
        x2: "to",
        y1: -0.16,
        y2: -0.06,
        fill: "color",
        title: "title",
        className: "verdicts",
      }),
      Plot.text(
        rows.map((row) => ({ row })),
        {
          fy: "row",
          x: data.from,
          y: 1,
          text: "row",
          textAnchor: "start",
          lineAnchor: "bottom",
          dy: -4,
          fill: "var(--quiet)",
          fontSize: 11,
        },
      ),
      Plot.axisX({ anchor: "bottom", label: null, tickSize: 4 }),
    ],
  });
}

/** What ran in a bucket, one on top of the other; the fullest bucket of a row is as high as the row. */
function stack(row: string, cells: readonly { bucket: number; n: number; outcome?: string }[]): Mark[] {
  const sums = new Map<number, number>();
  for (const { bucket, n } of cells) sums.set(bucket, (sums.get(bucket) ?? 0) + n);
  const fullest = Math.max(1, ...sums.values());
  const filled = new Map<number, number>();
  return cells.map(({ bucket, n, outcome = "artifact" }) => {
    const low = filled.get(bucket) ?? 0;
    filled.set(bucket, low + n);
    const from = data.from + bucket * data.bucketMs;
    const box = { row, from: new Date(from), to: new Date(Math.min(data.to, from + data.bucketMs)) };
    const what = outcome === "artifact" ? `${n} new` : `${n} ${outcome.replace("_", " ")}`;
    return {
      ...box,
      low: low / fullest,
      high: (low + n) / fullest,
      color: outcome,
      title: `${what}, ${stamp(box)}`,
    };
  });
}

const found = (row: ArtifactRow): Mark[] => stack(row.label, row.found);

function changes({ label, sentinel }: ArtifactRow) {
  return (sentinel?.changes ?? []).map(({ from, to, verdict }) => {
    const box = { row: label, from: new Date(from), to: new Date(to) };
    return { ...box, color: verdict, title: `${verdict}, ${stamp(box)}` };
  });
}

const stamp = ({ from, to }: Pick<Box, "from" | "to">) => `${minutes(from)} to ${minutes(to)} UTC`;
const minutes = (date: Date) => date.toISOString().slice(0, 16).replace("T", " ");

type DayMark = {
  readonly at: Date;
  readonly end: Date;
  readonly low: number;
  readonly high: number;
  readonly color: string;
  readonly title: string;
};

function byDay(width: number, marks: readonly DayMark[], format: (value: number) => string) {
  return Plot.plot({
    width,
    height: 164,
    marginLeft: 52,
    marginRight: 6,
    marginTop: 10,
    marginBottom: 34,
    x: {
      type: "utc",
      domain: [Math.floor(data.from / 86_400_000) * 86_400_000, data.to],
      label: null,
      ticks: Math.max(2, Math.floor(width / 110)),
    },
    y: { label: null, ticks: 4, tickFormat: format, grid: true, zero: true },
    color: COLORS,
    marks: [
      Plot.rect(marks, {
        x1: "at",
        x2: "end",
        y1: "low",
        y2: "high",
        fill: "color",
        title: "title",
        insetLeft: 1,
        insetRight: 1,
        rx: 1,
        className: "days",
      }),
      Plot.ruleY([0], { stroke: "var(--line)" }),
    ],
  });
}

const DAY_CHARTS: Readonly<Record<string, (width: number) => Element>> = {
  attempts: (width) => {
    const good = ({ ended, failed }: Day) => ended - failed;
    return byDay(
      width,
      [
        ...data.days.map((day) =>
          bar(day, 0, good(day), "succeeded", `${good(day)} attempts that did not fail`),
        ),
        ...data.days.map((day) =>
          bar(day, good(day), day.ended, "failed", `${day.failed} attempts that failed`),
        ),
      ],
      (value) => (Number.isInteger(value) ? String(value) : ""),
    );
  },
  durations: (width) => {
    const known = data.days.filter(({ longestMs }) => longestMs !== null);
    const { unit, ms } = unitFor(Math.max(0, ...known.map(({ longestMs }) => longestMs ?? 0)));
    return byDay(
      width,
      known.flatMap((day) => {
        const mean = day.meanMs ?? 0;
        const longest = day.longestMs ?? 0;
        return [
          bar(day, mean / ms, longest / ms, "unknown", `the longest took ${duration(longest)}`),
          bar(day, 0, mean / ms, "running", `${duration(mean)} on average`),
        ];
      }),
      (value) => `${value} ${unit}`,
    );
  },
  cost: (width) =>
    byDay(
      width,
      data.days.map((day) => bar(day, 0, day.costUsd, "artifact", `$${day.costUsd.toFixed(2)}`)),
      (value) => `$${value < 1 && value > 0 ? value.toFixed(2) : value}`,
    ),
};

function bar(day: Day, low: number, high: number, color: string, what: string): DayMark {
  const at = new Date(day.at);
  return {
    at,
    end: new Date(day.at + 86_400_000),
    low,
    high,
    color,
    title: `${what}, ${at.toISOString().slice(0, 10)}`,
  };
}

const UNITS = [
  { unit: "h", ms: 3_600_000 },
  { unit: "min", ms: 60_000 },
  { unit: "s", ms: 1000 },
  { unit: "ms", ms: 1 },
] as const;

/** The largest of which there is at least one and a half: ticks are then whole numbers of it. */
const unitFor = (ms: number) => UNITS.find((unit) => ms >= 1.5 * unit.ms) ?? UNITS[3];

function duration(ms: number): string {
  const unit = unitFor(ms);
  return `${round(ms / unit.ms)} ${unit.unit}`;
}

const round = (value: number) => Math.round(value * 10) / 10;

function chartFor(place: HTMLElement): ((width: number) => Element) | undefined {
  const { call, sentinel, days } = place.dataset;
  if (days !== undefined) return DAY_CHARTS[days];
  if (sentinel !== undefined) {
    const row = data.sentinels[Number(sentinel)];
    return row && ((width) => timeline(width, undefined, [row]));
  }
  const found = data.calls[Number(call)];
  return found && ((width) => timeline(width, found.runs, found.artifacts));
}

const observer = new ResizeObserver((entries) => {
  for (const { target, contentRect } of entries) {
    const place = target as HTMLElement;
    const width = Math.round(contentRect.width);
    if (width === 0 || place.dataset["width"] === String(width)) continue;
    place.dataset["width"] = String(width);
    const chart = chartFor(place)?.(width);
    if (chart !== undefined) place.replaceChildren(chart);
  }
});
for (const place of document.querySelectorAll<HTMLElement>(".chart")) observer.observe(place);
