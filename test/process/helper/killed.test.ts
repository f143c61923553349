import { describe, expect, test } from "vitest";
import { killAll } from "../../helpers/processes.ts";
import { MODES } from "./calls.ts";
import { helpersOf, startLoop, upTo } from "./loop.ts";

/** Rounds run beside each other: they wait more than they work. */
const ROUNDS = Array.from({ length: Number(process.env["HARDCALL_TEST_ROUNDS"] ?? 6) }, (_, round) => round);
const LANES = 4;

const together = (round: (index: number) => Promise<void>) =>
  Promise.all(ROUNDS.map((index) => round(index)));

describe.each(MODES)("with the spawning helper %s", (mode) => {
  for (const kind of ["short", "lasting"] as const) {
    const loop = () => startLoop(mode, { lanes: LANES, kind, timeout: kind === "short" ? "30s" : "300ms" });

    test(`a host that is killed at any moment of ${kind} calls leaves nothing 2 s later`, async () => {
      await together(async () => {
        const host = loop();
        await host.started(LANES);
        await upTo(400);
        host.kill("SIGKILL");
        expect(await host.leaves(2000)).toEqual([]);
      });
    });

    test(`a host and its helper that are killed at once leave nothing of ${kind} calls 2 s later`, async () => {
      await together(async (index) => {
        const host = loop();
        await host.started(LANES);
        await upTo(400);
        const helpers = helpersOf(host);
        const both = [() => host.kill("SIGKILL"), () => killAll(helpers)];
        for (const kill of index % 2 === 0 ? both : both.toReversed()) kill();
        expect(await host.leaves(2000)).toEqual([]);
      });
    });
  }

  test("a host that ends before its helper has started leaves nothing", async () => {
    await together(async () => {
      const host = startLoop(mode, { lanes: LANES, kind: "lasting" });
      await upTo(600);
      host.kill("SIGKILL");
      expect(await host.leaves(2000)).toEqual([]);
    });
  });
});
