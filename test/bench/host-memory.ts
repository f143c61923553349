import os from "node:os";
import { columnsOf, medianOf, noFigures, rowsOf, withHosts, type ByWay } from "./by-way.ts";
import { WAYS, type Way } from "./calls-hosts.ts";
import { figure } from "./markdown.ts";
import type { BenchPart, BenchTable, Effort, Ratio } from "./part.ts";
import { shuffled } from "./stats.ts";

/** Larger processes have fewer rounds: a fork of 2 GiB takes a hundred times as long as one of 50 MiB. */
const SIZES = [
  { name: "50 MiB", mib: 0, rounds: 12 },
  { name: "512 MiB", mib: 512, rounds: 5 },
  { name: "1 GiB", mib: 1024, rounds: 4 },
  { name: "2 GiB", mib: 2048, rounds: 3 },
] as const;
const WAY_NAMES = Object.keys(WAYS) as Way[];
/** What the event loop may stand still at 1 GiB with the helper, in milliseconds. */
const LIMITS = { one: 3, many: 20 };

/** In milliseconds: the longest block per start, that of 16 starts at once, and a call, one by one. */
const KINDS = ["one", "many", "call"] as const;
type Kind = (typeof KINDS)[number];
type Found = ByWay<Kind>;

export const part: BenchPart = { name: "hosts", title: "The memory of the host", run };

async function run(effort: Effort): Promise<BenchTable[]> {
  const sizes = effort === "quick" ? SIZES.slice(0, 2) : SIZES;
  const found = new Map<string, Found>();
  for (const { name, mib, rounds } of sizes) {
    // What does not fit would measure the swap.
    if (WAY_NAMES.length * mib * 2 ** 20 > os.freemem() / 2) continue;
    found.set(name, await measure(mib, effort === "quick" ? 2 : rounds));
  }
  return [blocks(found, "one"), blocks(found, "many"), times(found)];
}

/** By turns: within a round the machine is as busy with other things for the one as for the other. */
const measure = (mib: number, rounds: number): Promise<Found> =>
  withHosts(WAY_NAMES, mib, async (hosts) => {
    const found = noFigures(WAY_NAMES, KINDS);
    for (let round = 0; round < rounds; round++) {
      for (const { way, measure: make } of shuffled(hosts)) {
        const into = found.get(way);
        into?.one.push((await make({ calls: 3, atOnce: 1, watched: true })).blockMs);
        into?.many.push((await make({ calls: 16, atOnce: 16, watched: true })).blockMs);
        into?.call.push((await make({ calls: 4, atOnce: 1, watched: false })).ms);
      }
    }
    return found;
  });

const columns = (unit: string) =>
  columnsOf({ id: "memory", head: "resident memory of the host" }, WAY_NAMES, unit);
const NOTE =
  "Median (lowest-highest), by turns, each way in a process of its own. 50 MiB is a Node process as it comes.";

function blocks(found: ReadonlyMap<string, Found>, of: "one" | "many"): BenchTable {
  const what = of === "one" ? "a start" : "16 starts at once";
  const largest = [...found.keys()].at(-1) ?? "";
  const at = (way: Way, digits: number) => figure(medianOf(found.get(largest), way, of), digits);
  return {
    id: of === "one" ? "host-memory" : "host-memory-16",
    title: `How long ${what} ${of === "one" ? "blocks" : "block"} the event loop`,
    means: `In a program of ${largest}, nothing else runs for ${at("raw", 0)} ms while raw \`spawn\` makes ${what}, and for ${at("auto", 1)} ms with hardcall.`,
    columns: columns("ms"),
    rows: rowsOf(found, WAY_NAMES, of),
    ratios: [
      ...ratiosTo(found, "off", of),
      ...WITHIN.flatMap(([size, way]): Ratio[] => {
        const value = medianOf(found.get(size), way, of);
        return Number.isNaN(value)
          ? []
          : [{ name: `${size}, ${WAYS[way].head}, ms`, value, limit: LIMITS[of] }];
      }),
    ],
    chart: {
      kind: "lines",
      x: "resident memory of the host",
      columns: WAY_NAMES,
      unit: "ms",
      logarithmic: true,
    },
    notes: [NOTE],
  };
}

/** Where the helper's limits hold. */
const WITHIN = [
  ["1 GiB", "on"],
  ["1 GiB", "auto"],
] as const;

function times(found: ReadonlyMap<string, Found>): BenchTable {
  const at = (size: string, way: Way) => medianOf(found.get(size), way, "call");
  const smallest = at("50 MiB", "on") / at("50 MiB", "off");
  const largest = [...found.keys()].at(-1) ?? "";
  return {
    id: "host-memory-call",
    title: "What a call costs in a large process",
    means: `In a program of ${largest} a call of \`/bin/true\` takes ${figure(at(largest, "auto"), 1)} ms with hardcall, and ${figure(at(largest, "raw"), 1)} ms with raw \`spawn\`.`,
    columns: columns("ms per call"),
    rows: rowsOf(found, WAY_NAMES, "call"),
    ratios: [
      { name: "50 MiB: helper on × helper off", value: smallest, limit: 1.1 },
      ...ratiosTo(found, "off", "call"),
    ],
    chart: {
      kind: "lines",
      x: "resident memory of the host",
      columns: WAY_NAMES,
      unit: "ms per call",
      logarithmic: true,
    },
    notes: [NOTE],
  };
}

/** hardcall as installed and without its helper, against raw spawn in the same rounds. */
const ratiosTo = (found: ReadonlyMap<string, Found>, way: Way, of: Kind): Ratio[] =>
  [...found.keys()].map((size) => ({
    name: `${size}: ${WAYS[way].head} × raw spawn`,
    value: medianOf(found.get(size), way, of) / medianOf(found.get(size), "raw", of),
  }));
