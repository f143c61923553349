import { expect, test } from "vitest";
import { History } from "./history.ts";
import { must } from "./model-rules.ts";

const SEEDS = 120;
const STEPS = 140;

/** No more trouble: each process looks once a second, and attempts end well. All who wait must be answered. */
function drain(history: History): void {
  const { processes, world } = history;
  history.operated({ kind: "close", by: "ann", why: "all is well" });
  const waiting = () => processes.reduce((sum, process) => sum + process.waiting.length, 0);
  const rounds = 40 + waiting() * 4;
  for (let round = 0; waiting() > 0; round++) {
    must("no call waits for ever", round < rounds);
    world.ms += 1000;
    for (const process of processes) {
      const leaves = history.attemptsOf(process).map((attempt) => history.endWell(attempt));
      history.look(process, leaves);
    }
  }
}

test(`${SEEDS} random histories never exceed a limit, and leave no call waiting`, () => {
  const seen = new Map<string, number>();
  for (let seed = 0; seed < SEEDS; seed++) {
    const history = new History(seed);
    try {
      for (let step = 0; step < STEPS; step++) history.step();
      drain(history);
    } catch (error) {
      throw new Error(
        `The random history of seed ${seed} breaks a rule: ${error instanceof Error ? error.message : String(error)}`,
        { cause: error },
      );
    }
    for (const [code, count] of history.refused) seen.set(code, (seen.get(code) ?? 0) + count);
    seen.set("answered", (seen.get("answered") ?? 0) + history.answered);
  }
  // A history in which nothing happens would prove nothing.
  for (const code of ["busy", "over_budget", "circuit_open"]) expect(seen.get(code)).toBeGreaterThan(100);
  expect(seen.get("answered")).toBeGreaterThan(3000);
});
