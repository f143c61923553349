import type { Lost, Step } from "./events.ts";
import { type Instant, leaseFrom } from "../owner/instant.ts";
import { stillGoing } from "./ownership.ts";
import type { AttemptNote, Claim, Operation } from "./state.ts";

/** An attempt is about to begin. Must be durable before the effect. */
export function started(
  row: Operation | undefined,
  claim: Claim,
  start: AttemptNote,
  now: Instant,
): Step<{ kind: "started" } | Lost> {
  if (row?.fence !== claim.fence || row.state !== "reserved") return lost(row);
  return {
    answer: { kind: "started" },
    row: {
      ...row,
      state: "started",
      attemptFence: row.fence,
      attempts: row.attempts + 1,
      startedAt: now.at,
      effect: "unknown",
      ...leaseFrom(now, row.leaseMs),
    },
    log: [
      {
        kind: "attempt_started",
        attempt: {
          ...start,
          fence: row.fence,
          callId: row.callId,
          fingerprint: row.fingerprint,
          owner: row.owner,
          startedAt: now.at,
          late: false,
        },
      },
    ],
  };
}

/** The owner is at work, or what it gave up still is: the lease starts anew. */
export function heartbeat(
  row: Operation | undefined,
  claim: Claim,
  note: AttemptNote | undefined,
  now: Instant,
): Step<{ kind: "held" } | Lost> {
  const held =
    row?.fence === claim.fence && (row.state === "reserved" || row.state === "started" || row.probing);
  if (!held && row?.lingering?.fence === claim.fence) {
    const known = { ...row, lingering: stillGoing(row.lingering, now) };
    // Another owner has taken over from one that was out of reach. The work must stop, and until it has, no attempt starts beside it.
    return row.lingering.lost
      ? { ...lost(row), row: known }
      : { answer: { kind: "held" }, row: known, log: [] };
  }
  if (!held) return lost(row);
  const noted = note !== undefined && row.attemptFence === row.fence;
  return {
    answer: { kind: "held" },
    row: { ...row, ...leaseFrom(now, row.leaseMs) },
    log: noted ? [{ kind: "attempt_noted", fence: row.fence, note }] : [],
  };
}

export function lost(row: Operation | undefined): Step<Lost> {
  return { answer: { kind: "lost", record: row }, log: [] };
}
