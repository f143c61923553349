import type { FaultPoint } from "../../src/core/fault-points.ts";
import { Random } from "../helpers/random.ts";
import { LIMITS } from "./subject.ts";

/** Hosts by number: the first live on this machine, the others each in a pid namespace of its own, as a container does. */
const HOSTS = { local: 3, contained: 2 } as const;
export const HOST_COUNT = HOSTS.local + HOSTS.contained;
export const isContained = (host: number): boolean => host >= HOSTS.local;

/** What is done to the run, and when, in milliseconds from its start. */
export type Fault = { readonly atMs: number } & (
  | { readonly kind: "kill"; readonly host: number }
  | { readonly kind: "suspend"; readonly host: number; readonly forMs: number }
  | { readonly kind: "clock"; readonly host: number; readonly offsetMs: number }
  | { readonly kind: "full-disk"; readonly forMs: number }
  | { readonly kind: "lock"; readonly mode: "IMMEDIATE" | "EXCLUSIVE"; readonly forMs: number }
  /** A process dies in the middle of a transaction that would forget everything. */
  | { readonly kind: "kill-writer"; readonly afterMs: number }
);

/** How often each comes, on average, in a minute. */
const PER_MINUTE: Readonly<Record<Fault["kind"], number>> = {
  kill: 14,
  suspend: 16,
  clock: 12,
  "full-disk": 4,
  lock: 8,
  "kill-writer": 4,
};

const SECOND = 1000;
const CLOCK_JUMPS_MS = [5 * SECOND, 60 * SECOND, 3600 * SECOND, 86_400 * SECOND] as const;

/** The whole plan of a run, in the order of time. */
export function faultsOf(seed: string, seconds: number): Fault[] {
  const spanMs = seconds * SECOND;
  const random = new Random(seed, "faults");
  const long = longSuspensions(random, spanMs);
  const plan: Fault[] = [...long];
  for (const [kind, perMinute] of Object.entries(PER_MINUTE) as [Fault["kind"], number][]) {
    const count = Math.max(1, Math.round((perMinute * seconds) / 60));
    for (let nth = 0; nth < count; nth++) plan.push(faultOf(random, kind, random.between(0, spanMs)));
  }
  return plan
    .filter(
      (fault) =>
        long.some((one) => one === fault) || !("host" in fault) || !long.some((one) => covers(one, fault)),
    )
    .toSorted((one, other) => one.atMs - other.atMs);
}

type Suspension = Fault & { readonly kind: "suspend" };

/**
 * Longer than lease and `effectWithin` together: the one thing that the promise does not cover, of a host in a container. One
 * here, which others see live, sleeps beside it, and is covered.
 */
function longSuspensions(random: Random, spanMs: number): Suspension[] {
  const shortest = LIMITS.leaseMs + LIMITS.effectWithinMs;
  const plan: Suspension[] = [];
  for (let atMs = random.between(2000, 8000); atMs + shortest < spanMs; atMs += 45_000) {
    const hosts = [random.between(0, HOSTS.local - 1), HOSTS.local + random.between(0, HOSTS.contained - 1)];
    for (const host of hosts) {
      plan.push({ kind: "suspend", atMs, host, forMs: shortest + random.between(4000, 9000) });
    }
  }
  return plan;
}

/** A host that is killed while it is suspended never wakes to act too late. */
const covers = (one: Suspension, fault: Fault & { readonly host: number }): boolean =>
  fault.host === one.host && fault.atMs >= one.atMs - 1000 && fault.atMs <= one.atMs + one.forMs + 8000;

function faultOf(random: Random, kind: Fault["kind"], atMs: number): Fault {
  const host = random.between(0, HOST_COUNT - 1);
  switch (kind) {
    case "kill":
      return { kind, atMs, host };
    case "suspend":
      return {
        kind,
        atMs,
        host,
        forMs: random.chance(0.3) ? random.between(3000, 8000) : random.between(50, 2000),
      };
    case "clock":
      return { kind, atMs, host, offsetMs: random.pick([1, -1]) * random.pick(CLOCK_JUMPS_MS) };
    case "full-disk":
      return { kind, atMs, forMs: random.between(200, 2500) };
    case "lock": {
      // Longer than a write of the ledger waits, now and then.
      const forMs = random.chance(0.1) ? random.between(10_500, 13_000) : random.between(20, 3000);
      return { kind, atMs, mode: random.pick(["IMMEDIATE", "EXCLUSIVE"]), forMs };
    }
    case "kill-writer":
      return { kind, atMs, afterMs: random.between(0, 200) };
    default:
      return kind satisfies never;
  }
}

const DEATHS = [
  "beforeClaim",
  "afterClaim",
  "afterStarted",
  "afterEffect",
  "beforeSucceeded",
  "afterSucceeded",
  "beforeFailed",
  "afterFailed",
  "beforeProbe",
  "afterProbe",
] as const satisfies FaultPoint[];

/** Where in the way of a call the next life of a host ends, if it does not outlive its first such moment. */
export function deathOf(random: Random): FaultPoint | undefined {
  return random.chance(0.25) ? random.pick(DEATHS) : undefined;
}
