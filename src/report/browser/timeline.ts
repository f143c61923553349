import * as Plot from "@observablehq/plot";
import type { ArtifactRow, CallTimeline } from "../data.ts";
import { COLORS, data, timeTicks } from "./page.ts";

/** The height of one row with its label, in pixels. */
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

/** One row for the runs of a call and one for each of its artifacts, on one time axis. */
export function timeline(
  width: number,
  runs: CallTimeline["runs"] | undefined,
  artifacts: readonly ArtifactRow[],
) {
  const rows = [...(runs === undefined ? [] : ["runs"]), ...artifacts.map(({ label }) => label)];
  const marks = [...stack("runs", runs ?? []), ...artifacts.flatMap(artifactMarks)];
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
      ticks: timeTicks(width),
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

/** The runs of a bucket as stacked bars. The fullest bucket of a row is as high as the row. */
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

const artifactMarks = (row: ArtifactRow): Mark[] => stack(row.label, row.found);

function changes({ label, sentinel }: ArtifactRow) {
  return (sentinel?.changes ?? []).map(({ from, to, verdict }) => {
    const box = { row: label, from: new Date(from), to: new Date(to) };
    return { ...box, color: verdict, title: `${verdict}, ${stamp(box)}` };
  });
}

const stamp = ({ from, to }: Pick<Box, "from" | "to">) => `${minutes(from)} to ${minutes(to)} UTC`;
const minutes = (date: Date) => date.toISOString().slice(0, 16).replace("T", " ");
