import type { Figures } from "./figures.ts";
import type { BenchTable } from "./part.ts";

/** A table of a part, for the tests of what is made of tables. */
export const TABLE: BenchTable = {
  id: "start",
  title: "What a start costs",
  means: "A start takes 2 ms.",
  columns: [
    { id: "memory", head: "memory" },
    { id: "raw", head: "raw, ms" },
    { id: "own", head: "hardcall, ms", digits: 1 },
  ],
  rows: [
    { name: "50 MiB", cells: [1, { median: 2, min: 1.5, max: 4 }] },
    { name: "1 GiB", cells: [36, undefined] },
  ],
  ratios: [
    { name: "50 MiB: hardcall × raw", value: 2, limit: 1.1 },
    { name: "1 GiB: hardcall × raw", value: 1 },
  ],
  chart: { kind: "lines", x: "memory", columns: ["raw", "own"], unit: "ms", logarithmic: true },
  notes: ["Median (lowest-highest)."],
};

/** A run of one part, whose tables these are. */
export const figuresOf = (tables: readonly BenchTable[], part = "starts"): Figures => ({
  version: 1,
  machine: { system: "Linux 6.1 x64", processor: "2 × AMD EPYC", memoryGb: 24, node: "24.21.0" },
  packages: { hardcall: "0.1.0" },
  parts: [{ name: part, title: "Starts", effort: "full", day: "2026-11-22", load: 0.4, seconds: 12, tables }],
});
