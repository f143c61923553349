import { assert, boolean, check, constantFrom, property } from "fast-check";
import { describe, expect, it } from "vitest";
import type { Effects } from "../../../src/core/vocabulary.ts";
import { actions, counterexample, HOSTS, play } from "./interleavings.ts";
import { LEASE_MS, World } from "./world.ts";

const strictKinds: readonly { kinds: readonly Effects[] }[] = [
  { kinds: ["verifiable"] },
  { kinds: ["once"] },
  { kinds: ["verifiable", "once"] },
];
const kindsOfEffects = [
  { kinds: ["none"] },
  { kinds: ["keyed"] },
  ...strictKinds,
] satisfies typeof strictKinds;

describe.each(kindsOfEffects)("any interleaving with effects $kinds", ({ kinds }) => {
  describe.each([{ sameMachine: true }, { sameMachine: false }])(
    "(same machine: $sameMachine)",
    ({ sameMachine }) => {
      it("never lowers a fence and gives none out twice", () => {
        const found = counterexample(kinds, sameMachine, ({ calls, fences }) => {
          const given = calls.map((call) => call.claim.fence);
          const isRising = fences.every((fence, index) => fence >= (fences[index - 1] ?? 0));
          return isRising && new Set(given).size === given.length;
        });
        expect(found).toBeNull();
      });

      it("keeps every attempt and every result", () => {
        const found = counterexample(kinds, sameMachine, ({ history, starts, settled }) => {
          const first = history.attempts.filter(({ late }) => !late);
          const reported = history.attempts.filter(
            ({ endedAt, code }) => endedAt !== undefined && code !== "owner_lost",
          );
          return first.length === starts && reported.length === settled;
        });
        expect(found).toBeNull();
      });

      it("keeps its rows well-formed", () => {
        const found = counterexample(kinds, sameMachine, ({ row }) => {
          if (row === undefined) return true;
          const strict = row.effects === "verifiable" || row.effects === "once";
          return (
            row.leaseUntil > 0 &&
            (!row.probing || row.state === "in_doubt") &&
            (row.state !== "in_doubt" || row.doubtFence > 0) &&
            (row.state !== "succeeded" || row.doubtFence === 0) &&
            (row.state !== "failed" || !strict || row.doubtFence === 0)
          );
        });
        expect(found).toBeNull();
      });

      it("wedges no key: with all owners gone and the lease over, the next call gets an answer", () => {
        const run = property(actions(kinds), constantFrom(...kinds), (steps, effects) => {
          const world = new World(HOSTS, sameMachine);
          for (const action of steps) play(world, action);
          for (let index = 0; index < HOSTS; index++) world.crash(index);
          world.wait(LEASE_MS + 1);
          // After a reboot only the wall clock tells how old a lease is.
          world.now = Math.max(world.now, (world.row?.leaseUntil ?? 0) + 1);
          return world.claim(0, effects) !== "in_progress";
        });
        expect(check(run, { numRuns: 500 }).counterexample).toBeNull();
      });
    },
  );

  it("has at most one attempt at work on one machine, even if the clock is set", () => {
    expect(counterexample(kinds, true, (world) => world.running().length <= 1)).toBeNull();
  });
});

describe.each(strictKinds)("any interleaving with effects $kinds", ({ kinds }) => {
  it("has at most one effect on one machine, as long as probes and operators tell the truth", () => {
    expect(counterexample(kinds, true, (world) => world.effects <= 1, 3000)).toBeNull();
  });

  it.each([true, false])("starts nothing over an open doubt (same machine: %s)", (sameMachine) => {
    expect(
      counterexample(kinds, sameMachine, (world, started) => !started || world.unresolved.size === 0, 3000),
    ).toBeNull();
  });
});

it("the interleavings get everywhere: every state, takeover and late result", () => {
  const seen = new Set<string>();
  assert(
    property(actions(["verifiable", "once"]), boolean(), (steps, sameMachine) => {
      const world = new World(HOSTS, sameMachine, "hasty");
      for (const action of steps) {
        const was = world.row?.state ?? "absent";
        const late = world.history.attempts.filter((attempt) => attempt.late).length;
        play(world, action);
        seen.add(`${was} ${action.do} ${world.row?.state ?? "absent"}`);
        if (world.history.attempts.filter((attempt) => attempt.late).length > late)
          seen.add(`late in ${was}`);
      }
    }),
    { numRuns: 15_000, seed: 42 },
  );
  const expected = [
    "absent claim reserved",
    "reserved start started",
    "started settle succeeded",
    "started settle failed",
    "started settle in_doubt",
    "started claim in_doubt",
    "in_doubt probe succeeded",
    "in_doubt probe reserved",
    "in_doubt operator succeeded",
    "in_doubt operator failed",
    "in_doubt settle succeeded",
    "in_doubt settle failed",
    "reserved settle succeeded",
    "failed settle succeeded",
    "late in reserved",
    "late in started",
    "late in succeeded",
    "late in failed",
    "late in in_doubt",
  ];
  expect(expected.filter((way) => !seen.has(way))).toEqual([]);
});
