/** A process of its own for a part: `part-host.ts <part> quick|full <file>`. The file takes what was measured. */
import { writeFileSync } from "node:fs";
import os from "node:os";
import type { MeasuredPart } from "./figures.ts";
import type { Effort } from "./part.ts";
import { PARTS } from "./parts.ts";

const [name, effort, result] = process.argv.slice(2) as [string, Effort, string];
const place = PARTS.find((part) => part.name === name);
if (place === undefined) throw new Error(`there is no part "${name}"`);
const part = await place.load();
if (part.name !== name) throw new Error(`the part "${name}" of parts.ts calls itself "${part.name}"`);
const load = os.loadavg()[0] ?? Number.NaN;
const start = performance.now();
const tables = await part.run(effort);
const measured: MeasuredPart = {
  name,
  title: part.title,
  effort,
  day: new Date().toISOString().slice(0, 10),
  load: Number(load.toFixed(1)),
  seconds: Number(((performance.now() - start) / 1000).toFixed(1)),
  // A part of what was to be measured could not be: that says nothing, and JSON has no word for it.
  tables: tables.map((table) => ({
    ...table,
    ratios: table.ratios.filter(({ value }) => Number.isFinite(value)),
  })),
};
writeFileSync(result, JSON.stringify(measured));
process.exit(0);
