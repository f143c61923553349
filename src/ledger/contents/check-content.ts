import { isDoubtful, isHeld } from "../operation/ownership.ts";
import { elapsedMs } from "../owner/instant.ts";
import type { Operation } from "../operation/state.ts";
import {
  recordOfOnce,
  type ContentMoment,
  type ContentStep,
  type ContentView,
  type Reservation,
  type CheckContentAnswer,
  type CheckContentEvent,
} from "./contents.ts";
import { livenessOf, mayBeAtWork } from "./runner.ts";

type Step = ContentStep<CheckContentAnswer>;

/**
 * Content comes to a scope. New content is reserved and counts as seen only once it was committed: a crash between the check and the
 * publishing must not make it a duplicate of something that never came to be.
 */
export function checkContent(view: ContentView, event: CheckContentEvent, moment: ContentMoment): Step {
  const seen = view.seen ?? recordOfOnce(view.once, event.bytes);
  if (seen !== undefined) return duplicate({ ...view, seen }, event, moment);
  if (!event.once && view.once !== undefined) {
    const { once } = view;
    if (isHeld(once, moment)) return { ...view, answer: publishing(once) };
    if (isDoubtful(once)) return { ...view, answer: { kind: "in_doubt", record: once } };
  }
  const { reserved } = view;
  if (reserved !== undefined && !isFree(reserved, view, event, moment)) {
    const { callId, at } = reserved;
    const retryAfterMs = leftMs(reserved, moment);
    return { ...view, answer: { kind: "pending", callId, since: at.at, retryAfterMs } };
  }
  return reserve(view, event, moment);
}

function duplicate(
  view: ContentView & { readonly seen: NonNullable<ContentView["seen"]> },
  event: CheckContentEvent,
  { now }: ContentMoment,
): Step {
  const { seen, last } = view;
  const { sha256, owner } = event;
  const once = view.once?.state === "succeeded" ? view.once : undefined;
  const before = last?.sha256 === sha256 ? last.streak : 0;
  // A rerun of its own owner repeats nothing: what it finds is its own work.
  if (owner !== undefined && seen.owner === owner) {
    const streak = Math.max(1, before);
    return { ...view, answer: { kind: "duplicate", seen, times: seen.times, streak, once } };
  }
  const streak = before + 1;
  const times = seen.times + 1;
  return {
    ...view,
    answer: { kind: "duplicate", seen, times, streak, once },
    seen: { ...seen, lastAt: now.at, times },
    last: { sha256, streak },
  };
}

function reserve(view: ContentView, event: CheckContentEvent, { now }: ContentMoment): Step {
  const { bytes, token, owner, callId, process, runner, endsWithProcess, holdMs, sha256 } = event;
  const reserved = { bytes, token, owner, callId, process, runner, endsWithProcess, holdMs, at: now };
  // What was never published has repeated nothing, however often it was checked.
  return { ...view, answer: { kind: "new" }, reserved, last: { sha256, streak: 1 } };
}

/** Whether a reservation is over, or is for this claimant to take over. */
function isFree(
  reserved: Reservation,
  { holder }: ContentView,
  event: CheckContentEvent,
  moment: ContentMoment,
): boolean {
  if (leftMs(reserved, moment) <= 0) return true;
  const { process, endsWithProcess, owner } = reserved;
  if (endsWithProcess && process !== undefined && livenessOf(process, event.process, moment) === "dead")
    return true;
  // Its own owner came back. Two runs under one name must not both publish: while the first may be at work, the second waits.
  const isBack = event.owner !== undefined && event.owner === owner;
  return isBack && !mayBeAtWork(reserved, event, holder, moment);
}

function leftMs({ at, holdMs }: Reservation, { now }: ContentMoment): number {
  const elapsed = elapsedMs(at, now) ?? now.at - at.at;
  // A clock that went back must not make a reservation longer than it is.
  return Math.min(holdMs, holdMs - elapsed);
}

function publishing({ callId, startedAt, createdAt, leaseMs }: Operation): CheckContentAnswer {
  return { kind: "pending", callId, since: startedAt ?? createdAt, retryAfterMs: leaseMs };
}
