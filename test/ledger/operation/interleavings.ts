import {
  array,
  boolean,
  check,
  constant,
  constantFrom,
  nat,
  oneof,
  property,
  record,
  type Arbitrary,
} from "fast-check";
import type { Effects } from "../../../src/core/vocabulary.ts";
import { EFFECT_WITHIN_MS, LEASE_MS, World } from "./world.ts";

export const HOSTS = 2;
const HOUR_MS = 3_600_000;

export type Action =
  | { readonly do: "claim"; readonly host: number; readonly effects: Effects }
  | {
      readonly do: "start" | "effect" | "heartbeat" | "settle" | "giveUp" | "probe";
      readonly call: number;
      readonly sure: boolean;
    }
  | { readonly do: "crash"; readonly host: number }
  | { readonly do: "clock" | "wait"; readonly by: number }
  | { readonly do: "reboot" }
  | { readonly do: "operator" };

/** Any order of events, likely enough to get somewhere. */
export function actions(kinds: readonly Effects[]): Arbitrary<Action[]> {
  const host = nat({ max: HOSTS - 1 });
  const claim = record({ do: constant("claim" as const), host, effects: constantFrom(...kinds) });
  const steps = ["start", "start", "effect", "heartbeat", "settle", "settle", "giveUp", "probe"] as const;
  // Counted from the newest call, so that most steps meet one that is still at work.
  const onCall = record({
    do: constantFrom(...steps),
    call: oneof(nat({ max: 1 }), nat({ max: 4 })),
    sure: boolean(),
  });
  const by = constantFrom(HOUR_MS, -HOUR_MS);
  const time = constantFrom(1, LEASE_MS / 2, LEASE_MS + 1, EFFECT_WITHIN_MS);
  return array(
    oneof(
      { weight: 4, arbitrary: claim },
      { weight: 12, arbitrary: onCall },
      { weight: 1, arbitrary: record({ do: constant("crash" as const), host }) },
      { weight: 1, arbitrary: record({ do: constant("clock" as const), by }) },
      { weight: 3, arbitrary: record({ do: constant("wait" as const), by: time }) },
      { weight: 1, arbitrary: constant({ do: "reboot" as const }) },
      { weight: 2, arbitrary: constant({ do: "operator" as const }) },
    ),
    // Without a size fast-check keeps arrays to about ten steps, too few to take an operation over twice.
    { maxLength: 60, size: "max" },
  );
}

/** Applies an action if it is physically possible. */
export function play(world: World, action: Action): { readonly started: boolean } {
  switch (action.do) {
    case "claim":
      world.claim(action.host, action.effects);
      return { started: false };
    case "crash":
      world.crash(action.host);
      return { started: false };
    case "clock":
      world.now += action.by;
      return { started: false };
    case "wait":
      world.wait(action.by);
      return { started: false };
    case "reboot":
      world.reboot();
      return { started: false };
    case "operator":
      world.operator();
      return { started: false };
    default:
      return { started: playOnCall(world, action.do, action.call, action.sure) };
  }
}

function playOnCall(
  world: World,
  step: "start" | "effect" | "heartbeat" | "settle" | "giveUp" | "probe",
  index: number,
  sure: boolean,
): boolean {
  const call = world.calls.at(-1 - index);
  if (call === undefined) return false;
  if (step === "effect" && world.mayHaveEffect(call)) world.haveEffect(call);
  if (!world.isAlive(call)) return false;
  if (step === "start" && call.phase === "reserved") return world.start(call);
  if (step === "heartbeat" && call.phase !== "over") world.heartbeat(call);
  const canSettle = call.phase === "reserved" || call.phase === "running" || call.phase === "lingering";
  if (step === "settle" && canSettle) world.settle(call, sure);
  if (step === "giveUp" && call.phase === "running") world.giveUp(call);
  if (step === "probe" && call.phase === "probing") world.probe(call, sure);
  return false;
}

/** The shortest interleaving after which `holds` is false, or null. */
export function counterexample(
  kinds: readonly Effects[],
  sameMachine: boolean,
  holds: (world: World, started: boolean) => boolean,
  numRuns = 800,
): unknown {
  const run = property(actions(kinds), (steps) => {
    const world = new World(HOSTS, sameMachine);
    return steps.every((action) => {
      const { started } = play(world, action);
      const fine = holds(world, started);
      if (started) world.unresolved.clear();
      return fine;
    });
  });
  return check(run, { numRuns }).counterexample;
}
