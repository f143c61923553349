import type { Lost, Step } from "./events.ts";
import type { AttemptNote, Claim, Operation } from "./state.ts";

/** An attempt is about to begin. Must be durable before the effect. */
export function started(
  row: Operation | undefined,
  claim: Claim,
  start: AttemptNote,
  now: number,
): Step<{ kind: "started" } | Lost> {
  if (row?.fence !== claim.fence || row.state !== "reserved") return lost(row);
  return {
    answer: { kind: "started" },
    row: {
      ...row,
      state: "started",
      attemptFence: row.fence,
      attempts: row.attempts + 1,
      startedAt: now,
      effect: "unknown",
      leaseUntil: now + row.leaseMs,
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
          startedAt: now,
          late: false,
        },
      },
    ],
  };
}

/** The owner is at work: the lease starts anew. */
export function heartbeat(
  row: Operation | undefined,
  claim: Claim,
  note: AttemptNote | undefined,
  now: number,
): Step<{ kind: "held" } | Lost> {
  const held =
    row?.fence === claim.fence && (row.state === "reserved" || row.state === "started" || row.probing);
  if (!held) return lost(row);
  const noted = note !== undefined && row.attemptFence === row.fence;
  return {
    answer: { kind: "held" },
    row: { ...row, leaseUntil: now + row.leaseMs },
    log: noted ? [{ kind: "attempt_noted", fence: row.fence, note }] : [],
  };
}

export function lost(row: Operation | undefined): Step<Lost> {
  return { answer: { kind: "lost", record: row }, log: [] };
}
