import os from "node:os";
import { startHost, WAYS, type CallsHost, type Way } from "./calls-hosts.ts";
import { figure } from "./markdown.ts";
import type { BenchPart, BenchTable, Effort, Ratio, Row } from "./part.ts";
import { shuffled, spreadOf, type Spread } from "./stats.ts";

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

interface Measured {
  /** Longest block per start, in milliseconds, and that of 16 starts at once. */
  readonly one: number[];
  readonly many: number[];
  /** Milliseconds per call, one by one. */
  readonly call: number[];
}

type Found = ReadonlyMap<Way, Measured>;

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
async function measure(mib: number, rounds: number): Promise<Found> {
  const hosts: CallsHost[] = [];
  const found = new Map(WAY_NAMES.map((way): [Way, Measured] => [way, { one: [], many: [], call: [] }]));
  try {
    for (const way of WAY_NAMES) hosts.push(await startHost(way, mib));
    for (let round = 0; round < rounds; round++) {
      for (const { way, measure: make } of shuffled(hosts)) {
        const into = found.get(way) as Measured;
        into.one.push((await make({ calls: 3, atOnce: 1, watched: true })).blockMs);
        into.many.push((await make({ calls: 16, atOnce: 16, watched: true })).blockMs);
        into.call.push((await make({ calls: 4, atOnce: 1, watched: false })).ms);
      }
    }
  } finally {
    for (const { end } of hosts) end();
  }
  return found;
}

const columns = (unit: string) => [
  { id: "memory", head: "resident memory of the host" },
  ...WAY_NAMES.map((way) => ({ id: way, head: `${WAYS[way].head}, ${unit}` })),
];
const rowsOf = (found: ReadonlyMap<string, Found>, of: keyof Measured): Row[] =>
  [...found].map(([name, ways]) => ({
    name,
    cells: WAY_NAMES.map((way) => spreadOf(ways.get(way)?.[of] ?? [])),
  }));
const medianOf = (found: ReadonlyMap<string, Found>, size: string, way: Way, of: keyof Measured) =>
  spreadOf(found.get(size)?.get(way)?.[of] ?? []).median;
const NOTE =
  "Median (lowest-highest), by turns, each way in a process of its own. 50 MiB is a Node process as it comes.";

function blocks(found: ReadonlyMap<string, Found>, of: "one" | "many"): BenchTable {
  const what = of === "one" ? "a start" : "16 starts at once";
  const rows = rowsOf(found, of);
  const last = rows.at(-1);
  const [raw, , , installed] = (last?.cells ?? []) as Spread[];
  return {
    id: of === "one" ? "host-memory" : "host-memory-16",
    title: `How long ${what} ${of === "one" ? "blocks" : "block"} the event loop`,
    means: `In a program of ${last?.name}, nothing else runs for ${figure(raw?.median ?? Number.NaN, 0)} ms while raw \`spawn\` makes ${what}, and for ${figure(installed?.median ?? Number.NaN, 1)} ms with hardcall.`,
    columns: columns("ms"),
    rows,
    ratios: [
      ...ratiosTo(found, "off", of),
      ...WITHIN.flatMap(([size, way]): Ratio[] => {
        const value = medianOf(found, size, way, of);
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
  const at = (size: string, way: Way) => medianOf(found, size, way, "call");
  const smallest = at("50 MiB", "on") / at("50 MiB", "off");
  const largest = [...found.keys()].at(-1) ?? "";
  return {
    id: "host-memory-call",
    title: "What a call costs in a large process",
    means: `In a program of ${largest} a call of \`/bin/true\` takes ${figure(at(largest, "auto"), 1)} ms with hardcall, and ${figure(at(largest, "raw"), 1)} ms with raw \`spawn\`.`,
    columns: columns("ms per call"),
    rows: rowsOf(found, "call"),
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
const ratiosTo = (found: ReadonlyMap<string, Found>, way: Way, of: keyof Measured): Ratio[] =>
  [...found.keys()].map((size) => ({
    name: `${size}: ${WAYS[way].head} × raw spawn`,
    value: medianOf(found, size, way, of) / medianOf(found, size, "raw", of),
  }));
