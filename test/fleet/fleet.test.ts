import { expect, it } from "vitest";
import { canMakeHosts, inLab } from "./hosts/in-lab.ts";
import type { Summary } from "./report.ts";
import type { RunOptions } from "./run.ts";

const TIMEOUT_MS = 200_000;
const where = canMakeHosts ? "three hosts" : "this one host, as it lets the tests make no others";

// `npm run test:fleet -- --seeds 20` runs more, of more jobs and with faults that last longer than a lease.
it(
  `workers on ${where} are killed, suspended and cut off: each job comes to its end, and no effect happens twice`,
  async () => {
    const options: RunOptions = {
      seed: "test-1",
      kind: "hardcall",
      jobs: 80,
      spanMs: 10_000,
      retryLimit: 50,
    };
    const summary = await inLab<Summary>({ program: "seed.ts", options, timeoutMs: TIMEOUT_MS });
    expect(summary.broken.join("\n")).toBe("");
    expect(summary).toMatchObject({ jobs: 80, doubles: 0, noEnd: 0 });
    expect(summary.completed + summary.deadLetters).toBe(80);
    expect(Object.keys(summary.faults)).toEqual(
      expect.arrayContaining(canMakeHosts ? ["kill", "suspend", "cut", "restart"] : ["kill", "restart"]),
    );
  },
  TIMEOUT_MS,
);
