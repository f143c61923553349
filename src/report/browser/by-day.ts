import * as Plot from "@observablehq/plot";
import type { Day } from "../data.ts";
import { COLORS, data, timeTicks } from "./page.ts";

interface DayMark {
  readonly at: Date;
  readonly end: Date;
  readonly low: number;
  readonly high: number;
  readonly color: string;
  readonly title: string;
}

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
      ticks: timeTicks(width),
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

/** The charts, by the name of their place on the page. */
export const DAY_CHARTS: Readonly<Record<string, (width: number) => Element>> = {
  attempts: (width) => {
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

const good = ({ ended, failed }: Day) => ended - failed;

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

/** The largest unit of which the axis has at least one and a half; ticks are whole numbers of it. */
const unitFor = (ms: number) => UNITS.find((unit) => ms >= 1.5 * unit.ms) ?? UNITS[3];

function duration(ms: number): string {
  const unit = unitFor(ms);
  return `${round(ms / unit.ms)} ${unit.unit}`;
}

const round = (value: number) => Math.round(value * 10) / 10;
