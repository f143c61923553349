import { afterAll, describe, expect, it } from "vitest";
import { Random } from "../helpers/random.ts";
import { type Flow, FlowSimulation } from "./flow-simulation.ts";

const CONCURRENCY = 3;
/** Fewer of the long ones: each process looks once a second all the while. */
const countOf = (workMs: number) => (workMs < 60_000 ? 300 : 60);
const SEEDS = 3;

/** How often calls come: all at once, or one by one, a tenth faster than the places serve them. */
type Coming = "at once" | "at random";

function calls(coming: Coming, workMs: number, processes: number, seed: number) {
  const random = new Random("flow", seed);
  const count = countOf(workMs);
  let at = 0;
  return Array.from({ length: count }, (_, nth) => {
    if (coming === "at once") at = (200 * nth) / count;
    else at += (random.next() * 2 * workMs) / CONCURRENCY / 1.1;
    return { at: Math.floor(at), process: random.between(0, processes - 1) };
  });
}

const runs = (coming: Coming, workMs: number, processes: number): Flow[] =>
  Array.from({ length: SEEDS }, (_, seed) =>
    new FlowSimulation({
      processes,
      concurrency: CONCURRENCY,
      workMs,
      calls: calls(coming, workMs, processes, seed),
    }).run(),
  );

const rows: string[] = [];

/** Bounds on the least of the runs, a little wider than what was seen. */
describe.each([
  { processes: 2, workMs: 50, least: 0.85 },
  { processes: 2, workMs: 1000, least: 0.75 },
  { processes: 2, workMs: 5000, least: 0.92 },
  { processes: 8, workMs: 50, least: 0.55 },
  { processes: 8, workMs: 1000, least: 0.6 },
  { processes: 8, workMs: 5000, least: 0.88 },
  { processes: 8, workMs: 60_000, least: 0.98 },
])("$processes processes share 3 places for calls of $workMs ms", ({ processes, workMs, least }) => {
  it.each(["at once", "at random"] as const)("which come %s", (coming) => {
    const flows = runs(coming, workMs, processes);
    const utilisations = flows.map(({ utilisation }) => utilisation);
    const mean = utilisations.reduce((sum, one) => sum + one, 0) / SEEDS;
    const most = (field: keyof Flow) => Math.max(...flows.map((flow) => flow[field]));
    rows.push(
      [processes, workMs, coming, mean.toFixed(3), Math.min(...utilisations).toFixed(3)].join(" | ") +
        ` | ${most("longestIdleMs").toFixed(0)} | ${most("latestMs").toFixed(0)} | ${most("overtaken").toFixed(1)}`,
    );
    expect(flows.map(({ begun }) => begun)).toEqual(flows.map(() => countOf(workMs)));
    expect(Math.min(...utilisations)).toBeGreaterThan(least);
    expect(most("latestMs")).toBeLessThan(6000 + workMs);
  });
});

afterAll(() => console.log(rows.join("\n")));
