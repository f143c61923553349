import { columnsOf, medianOf, noFigures, rowsOf, withHosts, type ByWay } from "./by-way.ts";
import { WAYS, type Way } from "./calls-hosts.ts";
import { figure } from "./markdown.ts";
import type { BenchPart, BenchTable, Effort } from "./part.ts";
import { shuffled } from "./stats.ts";

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

/** Milliseconds per call, and the longest block of the event loop in milliseconds. */
const KINDS = ["ms", "block"] as const;
type Kind = (typeof KINDS)[number];
type Found = ByWay<Kind>;

export const part: BenchPart = { name: "concurrency", title: "Many calls at once", run };

async function run(effort: Effort): Promise<BenchTable[]> {
  const steps = effort === "quick" ? STEPS.slice(0, 3) : STEPS;
  const found = new Map<string, Found>();
  await withHosts(WAY_NAMES, 0, async (hosts) => {
    for (const { atOnce, batches, rounds } of steps) {
      const figures = noFigures(WAY_NAMES, KINDS);
      for (let round = 0; round < (effort === "quick" ? 1 : rounds); round++) {
        for (const { way, measure } of shuffled(hosts)) {
          const calls = batches * atOnce;
          const watched = await measure({ calls, atOnce, watched: true });
          // To watch costs a process only time in which it would wait; with so many calls it never waits.
          const plain = atOnce < 256 ? await measure({ calls, atOnce, watched: false }) : watched;
          figures.get(way)?.ms.push(plain.ms);
          figures.get(way)?.block.push(watched.blockMs);
        }
      }
      found.set(atOnce.toLocaleString("en"), figures);
    }
  });
  return [tableOf(found, "ms"), tableOf(found, "block")];
}

function tableOf(found: ReadonlyMap<string, Found>, of: Kind): BenchTable {
  const [most, last] = [...found].at(-1) as [string, Found];
  const unit = of === "ms" ? "ms per call" : "ms";
  const [raw, own] = [medianOf(last, "raw", of), medianOf(last, "off", of)];
  const alone = medianOf(found.get("1"), "off", of);
  return {
    id: of === "ms" ? "concurrency" : "concurrency-block",
    title:
      of === "ms" ? "What a call costs, of many at once" : "How long many calls at once block the event loop",
    means:
      of === "ms"
        ? `${most} calls at once take hardcall ${figure(own / raw)} × as long as raw \`spawn\`: ${figure(own, 1)} ms each, where one call alone takes ${figure(alone, 1)} ms.`
        : `While ${most} calls start at once, nothing else runs for up to ${figure(own, 0)} ms with hardcall, and for ${figure(raw, 0)} ms with raw \`spawn\`.`,
    columns: columnsOf({ id: "at-once", head: "calls of `/bin/true` at once" }, WAY_NAMES, unit),
    rows: rowsOf(found, WAY_NAMES, of),
    ratios: [...found].map(([name, ways]) => ({
      name: `${name} at once: ${WAYS.off.head} × raw spawn`,
      value: medianOf(ways, "off", of) / medianOf(ways, "raw", of),
    })),
    chart: { kind: "lines", x: "calls at once", columns: WAY_NAMES, unit, logarithmic: of === "block" },
    notes: ["Median (lowest-highest) of up to 7 rounds, by turns, each way in a process of its own."],
  };
}
