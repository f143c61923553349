import type { LogEntry } from "./events.ts";
import type { LedgerAttempt, Resolution } from "./state.ts";

export interface History {
  readonly attempts: readonly LedgerAttempt[];
  readonly resolutions: readonly Resolution[];
}

export const EMPTY_HISTORY: History = { attempts: [], resolutions: [] };

/** Appends to a history; only the missing end and notes of a started attempt are ever filled in. */
export function append(history: History, entry: LogEntry): History {
  const { attempts, resolutions } = history;
  switch (entry.kind) {
    case "attempt_started":
      return { resolutions, attempts: [...attempts, entry.attempt] };
    case "attempt_ended":
      return {
        resolutions,
        attempts: attempts.map((attempt) =>
          isOpen(attempt, entry.fence) ? { ...attempt, ...entry.end, endedAt: entry.at } : attempt,
        ),
      };
    case "attempt_noted":
      return {
        resolutions,
        attempts: attempts.map((attempt) =>
          isOpen(attempt, entry.fence) ? { ...attempt, ...entry.note } : attempt,
        ),
      };
    case "late_result":
      return { resolutions, attempts: [...attempts, ...lateRow(attempts, entry)] };
    case "resolution":
      return { attempts, resolutions: [...resolutions, entry.resolution] };
    default:
      return entry satisfies never;
  }
}

function lateRow(
  attempts: readonly LedgerAttempt[],
  entry: LogEntry & { kind: "late_result" },
): LedgerAttempt[] {
  const origin = attempts.find((attempt) => attempt.fence === entry.fence && !attempt.late);
  if (origin === undefined) return [];
  return [{ ...startOf(origin), ...entry.end, endedAt: entry.at, late: true }];
}

/** An attempt without its end. */
function startOf(attempt: LedgerAttempt): LedgerAttempt {
  const { fence, callId, fingerprint, owner, startedAt } = attempt;
  const { pid, pidStart, cookie, externalRef, requestedBy } = attempt;
  const note = { pid, pidStart, cookie, externalRef, requestedBy };
  return { fence, callId, fingerprint, owner, startedAt, ...note, late: false };
}

function isOpen(attempt: LedgerAttempt, fence: number): boolean {
  return attempt.fence === fence && attempt.endedAt === undefined;
}
