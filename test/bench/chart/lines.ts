import { scaleOf } from "./scale.ts";
import { readable, type Plot } from "./plot.ts";
import { element, label, seriesClass, SIDE, widthOf, WIDTH } from "./svg.ts";

const HEIGHT = 240;
/** For the unit, above the axis. */
const TOP = 16;
const LEFT = 70;
/** Names of rows closer than this would read as one: `300400`. */
const BETWEEN_NAMES = 12;

/** Lines over numbers: the rows are points along the axis below, the columns are lines. */
export function lines({ rows, columns, unit, logarithmic, x: below }: Plot): {
  readonly body: string;
  readonly height: number;
} {
  const width = WIDTH - LEFT - SIDE - 40;
  const numbers = rows.map(({ name }) => numberIn(name));
  const across = acrossOf(numbers);
  const values = rows.flatMap((row) => row.values.filter((value) => typeof value === "number"));
  const scale = scaleOf(values, logarithmic);
  const xOf = (index: number) => LEFT + 20 + across(index) * (width - 20);
  const yOf = (value: number) => HEIGHT + TOP - scale.at(value) * HEIGHT;
  const grid = scale.ticks.map(
    (tick) =>
      element("path", { class: "grid", d: `M${LEFT} ${yOf(tick).toFixed(1)}h${width}` }) +
      label(readable(tick), { x: LEFT - 8, y: yOf(tick) + 4 }, { anchor: "end", kind: "faint" }),
  );
  const names = apart(rows.map(({ name }, index) => ({ name, x: xOf(index) }))).map(({ name, x }) =>
    label(name, { x, y: HEIGHT + TOP + 18 }, { anchor: "middle", kind: "faint" }),
  );
  const drawn = columns.map((_, column) => {
    const points = rows.flatMap(({ values: cells }, index) => {
      const value = cells[column];
      return typeof value === "number" ? [{ x: xOf(index), y: yOf(value) }] : [];
    });
    const path = points.map(({ x, y }, index) => `${index === 0 ? "M" : "L"}${x.toFixed(1)} ${y.toFixed(1)}`);
    const line = element("path", { class: `line ${seriesClass(column)}`, d: path.join("") });
    const dots = points.map(({ x, y }) =>
      element("circle", { class: `point ${seriesClass(column)}`, cx: x, cy: y, r: 3 }),
    );
    return line + dots.join("");
  });
  const axes =
    label(unit, { x: SIDE, y: 4 }, { kind: "faint" }) +
    label(below ?? "", { x: LEFT + width, y: HEIGHT + TOP + 36 }, { anchor: "end", kind: "faint" });
  return { body: [...grid, ...names, ...drawn, axes].join("\n"), height: HEIGHT + TOP + 48 };
}

/** Names with room between them, the last one among them. */
function apart<Name extends { readonly name: string; readonly x: number }>(names: readonly Name[]): Name[] {
  let free = Number.POSITIVE_INFINITY;
  return names
    .toReversed()
    .filter(({ name, x }) => {
      const half = widthOf(name) / 2;
      if (x + half > free) return false;
      free = x - half - BETWEEN_NAMES;
      return true;
    })
    .toReversed();
}

/** `1,000` is 1000, `2 GiB` is 2048: what the rows of one table count has one unit, and GiB goes with MiB. */
function numberIn(name: string): number {
  const [, digits = "", unit] = /^([\d.,]+)\s*(\w+)?/.exec(name) ?? [];
  return Number(digits.replaceAll(",", "")) * (unit === "GiB" ? 1024 : 1);
}

/** Logarithmic where the largest is far from the smallest; evenly where names are no numbers. From 0 to 1. */
function acrossOf(numbers: readonly number[]): (index: number) => number {
  const usable = numbers.every((number) => number > 0) && new Set(numbers).size > 1;
  const places = usable
    ? numbers.map((number) => (Math.max(...numbers) / Math.min(...numbers) > 8 ? Math.log(number) : number))
    : numbers.map((_, index) => index);
  const [low, high] = [Math.min(...places), Math.max(...places)];
  return (index) => ((places[index] ?? low) - low) / (high - low || 1);
}
