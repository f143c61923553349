import { scaleOf } from "./scale.ts";
import { element, label, seriesClass, SIDE, widthOf, WIDTH } from "./svg.ts";
import { readable, type Plot } from "./plot.ts";

const BAR = 15;
const GAP = 10;
/** For the figure at the end of the longest bar. */
const FIGURE = 64;
/** A name that is longer is cut, or the bars would be too short to compare. */
const LONGEST_NAME = 420;

/** Horizontal bars: a group for each row, a bar for each column. Names of up to 58 letters fit beside them. */
export function bars({ rows, columns, unit, logarithmic }: Plot): {
  readonly body: string;
  readonly height: number;
} {
  const group = columns.length * BAR + GAP;
  const left = SIDE + Math.min(LONGEST_NAME, Math.max(...rows.map(({ name }) => widthOf(name)))) + 10;
  const width = WIDTH - left - SIDE - FIGURE;
  const bottom = rows.length * group;
  const values = rows.flatMap((row) => row.values.filter((value) => typeof value === "number"));
  const scale = scaleOf(values, logarithmic);
  const grid = scale.ticks.map((tick) => {
    const x = left + scale.at(tick) * width;
    return (
      element("path", { class: "grid", d: `M${x.toFixed(1)} -4V${bottom}` }) +
      label(readable(tick), { x, y: bottom + 16 }, { anchor: "middle", kind: "faint" })
    );
  });
  const drawn = rows.map(({ name, values: cells }, row) => {
    const top = row * group;
    const middle = top + (columns.length * BAR) / 2;
    const marks = cells.map((value, index) => {
      const y = top + index * BAR;
      const length = typeof value === "number" ? Math.max(1, scale.at(value) * width) : 0;
      const bar = { class: `bar ${seriesClass(index)}`, x: left, y, width: length, height: BAR - 2 };
      const text = typeof value === "number" ? readable(value) : value;
      return (
        (length === 0 ? "" : element("rect", bar)) +
        label(text, { x: left + length + 5, y: y + 11 }, { kind: "faint" })
      );
    });
    return label(name, { x: left - 10, y: middle + 3 }, { anchor: "end" }) + marks.join("");
  });
  const axis = label(unit, { x: left + width, y: bottom + 34 }, { anchor: "end", kind: "faint" });
  return { body: [...grid, ...drawn, axis].join("\n"), height: bottom + 46 };
}
