import { startHost, WAYS, type CallsHost, type Way } from "./calls-hosts.ts";
import { figure } from "./markdown.ts";
import type { BenchPart, BenchTable, Effort, Row } from "./part.ts";
import { shuffled, spreadOf } from "./stats.ts";

/** So many calls at once, and so many batches of them in each of so many rounds. */
const STEPS = [
  { atOnce: 1, batches: 16, rounds: 7 },
  { atOnce: 4, batches: 4, rounds: 7 },
  { atOnce: 16, batches: 2, rounds: 7 },
  { atOnce: 64, batches: 1, rounds: 5 },
  { atOnce: 256, batches: 1, rounds: 2 },
  { atOnce: 1000, batches: 1, rounds: 1 },
] as const;
const WAY_NAMES = ["raw", "off", "on"] as const satisfies Way[];

interface Measured {
  /** Milliseconds per call. */
  readonly ms: number[];
  /** Longest block of the event loop, in milliseconds. */
  readonly block: number[];
}

type Found = ReadonlyMap<Way, Measured>;

export const part: BenchPart = { name: "concurrency", title: "Many calls at once", run };

async function run(effort: Effort): Promise<BenchTable[]> {
  const steps = effort === "quick" ? STEPS.slice(0, 3) : STEPS;
  const hosts: CallsHost[] = [];
  const found = new Map<string, Found>();
  try {
    for (const way of WAY_NAMES) hosts.push(await startHost(way, 0));
    for (const { atOnce, batches, rounds } of steps) {
      const of = new Map(WAY_NAMES.map((way): [Way, Measured] => [way, { ms: [], block: [] }]));
      for (let round = 0; round < (effort === "quick" ? 1 : rounds); round++) {
        for (const { way, measure } of shuffled(hosts)) {
          const calls = batches * atOnce;
          const watched = await measure({ calls, atOnce, watched: true });
          // To watch costs a process only time in which it would wait; with so many calls it never waits.
          const plain = atOnce < 256 ? await measure({ calls, atOnce, watched: false }) : watched;
          of.get(way)?.ms.push(plain.ms);
          of.get(way)?.block.push(watched.blockMs);
        }
      }
      found.set(atOnce.toLocaleString("en"), of);
    }
  } finally {
    for (const { end } of hosts) end();
  }
  return [tableOf(found, "ms"), tableOf(found, "block")];
}

const median = (found: Found, way: Way, of: keyof Measured) => spreadOf(found.get(way)?.[of] ?? []).median;

function tableOf(found: ReadonlyMap<string, Found>, of: keyof Measured): BenchTable {
  const rows = [...found].map(([name, ways]): Row => ({
    name,
    cells: WAY_NAMES.map((way) => spreadOf(ways.get(way)?.[of] ?? [])),
  }));
  const [most, last] = [...found].at(-1) as [string, Found];
  const unit = of === "ms" ? "ms per call" : "ms";
  const [raw, own] = [median(last, "raw", of), median(last, "off", of)];
  const alone = median(found.get("1") as Found, "off", of);
  return {
    id: of === "ms" ? "concurrency" : "concurrency-block",
    title:
      of === "ms" ? "What a call costs, of many at once" : "How long many calls at once block the event loop",
    means:
      of === "ms"
        ? `${most} calls at once take hardcall ${figure(own / raw)} × as long as raw \`spawn\`: ${figure(own, 1)} ms each, where one call alone takes ${figure(alone, 1)} ms.`
        : `While ${most} calls start at once, nothing else runs for up to ${figure(own, 0)} ms with hardcall, and for ${figure(raw, 0)} ms with raw \`spawn\`.`,
    columns: [
      { id: "at-once", head: "calls of `/bin/true` at once" },
      ...WAY_NAMES.map((way) => ({ id: way, head: `${WAYS[way].head}, ${unit}` })),
    ],
    rows,
    ratios: [...found].map(([name, ways]) => ({
      name: `${name} at once: ${WAYS.off.head} × raw spawn`,
      value: median(ways, "off", of) / median(ways, "raw", of),
    })),
    chart: { kind: "lines", x: "calls at once", columns: WAY_NAMES, unit, logarithmic: of === "block" },
    notes: ["Median (lowest-highest) of up to 7 rounds, by turns, each way in a process of its own."],
  };
}
