import { Random } from "../../helpers/random.ts";
import type { Cut } from "../hosts/network.ts";
import { LIMITS } from "./jobs.ts";

/** From what a worker is cut off. */
export type Peer = "database" | "service";

/** What is done to the run, and when, in milliseconds from its start. Workers are counted from 0. */
export type Fault = { readonly atMs: number } & (
  | { readonly kind: "kill"; readonly worker: number }
  /** `whole`: all processes of the host, as a suspended machine; else the worker's alone. */
  | { readonly kind: "suspend"; readonly worker: number; readonly forMs: number; readonly whole: boolean }
  | {
      readonly kind: "cut";
      readonly worker: number;
      readonly from: Peer;
      readonly how: Cut;
      readonly forMs: number;
    }
  | { readonly kind: "clock"; readonly worker: number; readonly offsetMs: number }
  | { readonly kind: "restart" }
);

export const WORKERS = 3;
const SECOND = 1000;
const CLOCKS_MS = [-7200 * SECOND, -60 * SECOND, 60 * SECOND, 7200 * SECOND] as const;
/** How often each comes, on average, in a minute. */
const PER_MINUTE: Readonly<Record<Fault["kind"], number>> = {
  kill: 10,
  suspend: 7,
  cut: 12,
  clock: 10,
  restart: 3,
};

/** How far a worker's clock is off when it starts. */
export const firstClockMs = (random: Random): number => random.pick([0, ...CLOCKS_MS]);

/** The whole plan of a run, in the order of time. */
export function faultsOf(seed: string, spanMs: number): Fault[] {
  const random = new Random(seed, "faults");
  const plan: Fault[] = longFaults(random, spanMs);
  for (const [kind, perMinute] of Object.entries(PER_MINUTE) as [Fault["kind"], number][]) {
    const count = Math.max(1, Math.round((perMinute * spanMs) / 60_000));
    for (let nth = 0; nth < count; nth++) plan.push(faultOf(random, kind, random.between(1000, spanMs)));
  }
  const kept: Fault[] = [];
  // What is planned first lasts longest.
  for (const fault of plan) if (!kept.some((one) => collide(one, fault))) kept.push(fault);
  return kept.toSorted((one, other) => one.atMs - other.atMs);
}

/** Two of a kind at once would end with the first. A worker that is killed while it sleeps never wakes to act too late. */
function collide(one: Fault, other: Fault): boolean {
  const kinds = [one.kind, other.kind];
  if (one.kind !== other.kind && !(kinds.includes("kill") && kinds.includes("suspend"))) return false;
  if ("worker" in one && "worker" in other && one.worker !== other.worker) return false;
  return one.atMs < endOf(other) && other.atMs < endOf(one);
}

const endOf = (fault: Fault): number => fault.atMs + ("forMs" in fault ? fault.forMs : 0) + 2 * SECOND;

/** Longer than the lease: one worker sleeps, another is cut off from Postgres. At the start, so that the run need not wait for them. */
function longFaults(random: Random, spanMs: number): Fault[] {
  if (spanMs < LIMITS.leaseMs) return [];
  const sleeper = random.between(0, WORKERS - 1);
  const other = (sleeper + random.between(1, WORKERS - 1)) % WORKERS;
  const { leaseMs, effectWithinMs } = LIMITS;
  const forMs = leaseMs + effectWithinMs + random.between(2000, 6000);
  return [
    { kind: "suspend", atMs: random.between(1500, 4000), worker: sleeper, forMs, whole: random.chance(0.5) },
    {
      kind: "cut",
      atMs: random.between(2000, 6000),
      worker: other,
      from: "database",
      how: random.pick(["both", "requests", "answers"]),
      forMs: leaseMs + random.between(1000, 5000),
    },
  ];
}

function faultOf(random: Random, kind: Fault["kind"], atMs: number): Fault {
  const worker = random.between(0, WORKERS - 1);
  switch (kind) {
    case "kill":
      return { kind, atMs, worker };
    case "suspend":
      return { kind, atMs, worker, forMs: random.between(100, 6000), whole: random.chance(0.3) };
    case "cut": {
      const from = random.pick(["database", "service"]);
      const how = random.pick(["link", "both", "requests", "answers"]);
      return { kind, atMs, worker, from, how, forMs: random.between(500, 9000) };
    }
    case "clock":
      return { kind, atMs, worker, offsetMs: random.pick(CLOCKS_MS) };
    case "restart":
      return { kind, atMs };
    default:
      return kind satisfies never;
  }
}
