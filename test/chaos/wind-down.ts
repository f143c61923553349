import { setTimeout as wait } from "node:timers/promises";
import type { LedgerStore } from "../../src/ledger/store/store.ts";
import type { CallRecord } from "./records.ts";
import type { Subject } from "./subject.ts";
import { LIMITS } from "./subject.ts";

/** A lost owner's lease, then `effectWithin`, then the call itself; and some more, for a busy machine. */
const END_WITHIN_MS = LIMITS.leaseMs + 2 * LIMITS.effectWithinMs + 30_000;
const LONGEST_PAUSE_MS = 2000;

export interface End {
  readonly resolved?: "done" | "absent";
  readonly wedged?: string;
}

export interface WindDown {
  readonly call: (subject: Subject) => Promise<CallRecord>;
  /** How many posts there are, once all that is on its way has arrived. */
  readonly postsOf: (key: string) => Promise<number>;
  readonly ledger: LedgerStore;
}

/** Calls a key until it has come to its end; an operator, who can see what the service has, ends a doubt. */
export async function driveToEnd(subject: Subject, { call, postsOf, ledger }: WindDown): Promise<End> {
  const until = performance.now() + END_WITHIN_MS;
  let end: End = {};
  for (let says = "nothing"; ;) {
    if (performance.now() > until) return { ...end, wedged: `${says} for ${END_WITHIN_MS} ms` };
    const { answer, life, endedAt } = await call(subject);
    if (endedAt === undefined) return { ...end, wedged: "a call that does not end" };
    // Its way has led to the moment that it was to die at from its start.
    if (answer === undefined && life.dies !== undefined) continue;
    if (answer === undefined) return { ...end, wedged: "the host died although nothing was done to it" };
    const { outcome, code = "", effect = "", retryAfterMs } = answer;
    says = `${outcome} ${code} ${effect}`.trim();
    if (outcome === "executed" || outcome === "replayed" || outcome === "recovered") return end;
    if (outcome === "in_doubt" && retryAfterMs === undefined) {
      if (end.resolved !== undefined) return { ...end, wedged: `in doubt after it was resolved` };
      const as = (await postsOf(subject.key)) > 0 ? "done" : "absent";
      const name = `chaos-${subject.effects}-${subject.callee}`;
      const why = "the log of the service says so";
      const resolved = await ledger.resolve({ name, key: subject.key }, { as, by: "operator", why });
      if (resolved?.kind === "in_progress") {
        // Work that may go on where the operator's machine cannot see it, until its owner's lease is over.
        says = "resolve answered in_progress";
        await wait(LONGEST_PAUSE_MS);
        continue;
      }
      if (resolved?.kind !== "resolved") return { ...end, wedged: `resolve answered ${resolved?.kind}` };
      end = { resolved: as };
    } else {
      await wait(Math.min(retryAfterMs ?? 200, LONGEST_PAUSE_MS));
    }
  }
}
