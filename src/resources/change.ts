import { endLostPlace, endPlace, endTrial, turnWindows, undoPlace } from "./accounts.ts";
import { attemptEnded, closeAtEnd, operate } from "./breaker.ts";
import { decode, encode } from "./codec.ts";
import type { Draft, TakenPlace, ResourceRecord } from "./document.ts";
import { advance } from "./document-clock.ts";
import { declare, declaredNow, limitsInForce } from "./in-force.ts";
import { PLACE_LEASE_MS, LOOK_MS } from "./lease.ts";
import { describeDisagreement } from "./limits-words.ts";
import { seeOwner, sweep } from "./owners.ts";
import { type FreedPlace, serve } from "./serve.ts";
import type { Batch, Changed, Leave, ResourceLimits, ResourceMoment } from "./types.ts";

/**
 * What a batch does to the document of a resource. A function from data to data: the ledger arbitrates between processes, and may run it
 * again.
 *
 * @param text the document; `undefined` before the first change
 * @throws LedgerError `ledger_unavailable` for a document of a later hardcall
 */
export function change(
  name: string,
  text: string | undefined,
  batch: Batch,
  moment: ResourceMoment,
): Changed {
  const before = decode(name, text, moment.removal);
  const draft: Draft = { ...before, clock: advance(before.clock, moment.now) };
  const { t } = draft.clock;
  if (batch.limits) draft.limits = declare(draft.limits, batch.limits, moment.owner, t);
  const limits = limitsInForce(draft.limits, t);
  refresh(draft, moment, limits);
  if (batch.operator) draft.breaker = operate(draft.breaker, batch.operator, t);
  const freed = leavePlaces(draft, batch.leaves ?? [], moment.owner.id, limits);
  const { line } = batch;
  const { answers, shut, waiting, mayHaveMore } = serve(draft, { name, limits, moment, line, freed });
  seeOwner(draft, moment.owner);
  return {
    text: isChanged(before, draft) ? encode(draft) : undefined,
    answers,
    shut,
    inForce: limits,
    disagreement: batch.limits && disagreementOf(name, draft, limits),
    nextLookMs: mayHaveMore ? 0 : waiting > 0 ? LOOK_MS : PLACE_LEASE_MS / 3,
    leaseMs: PLACE_LEASE_MS,
  };
}

/** Brings a document to the present: windows, known ends, and what owners that are gone have left. */
export function refresh(draft: Draft, moment: ResourceMoment, limits: ResourceLimits): void {
  turnWindows(draft, limits);
  draft.breaker = closeAtEnd(draft.breaker, draft.clock.t);
  sweep(draft, moment, limits);
}

function leavePlaces(
  draft: Draft,
  leaves: readonly Leave[],
  owner: string,
  limits: ResourceLimits,
): readonly FreedPlace[] {
  const freed: FreedPlace[] = [];
  for (const leave of leaves) {
    const isIts = (place: TakenPlace) => place.owner === owner && place.ticket === leave.ticket;
    const place = draft.places.find(isIts);
    if (place !== undefined && leave.stays) {
      endTrial(draft, place);
      continue;
    }
    const lost = place === undefined ? draft.lost.find(isIts) : undefined;
    if (place !== undefined) {
      freed.push({ chain: place.chain, ranMs: draft.clock.t - place.since });
      if (leave.started) endPlace(draft, place, leave, limits);
      else undoPlace(draft, place);
    }
    if (lost !== undefined) endLostPlace(draft, lost, leave, limits);
    const ended = place ?? lost;
    if (ended === undefined) continue;
    draft.breaker = attemptEnded(
      draft.breaker,
      { ...ended, leave: withinBounds(leave) },
      limits.breaker,
      draft.clock.t,
    );
  }
  return freed;
}

const LONGEST_OPEN_MS = 366 * 86_400_000;

/** A service may name an end in a million years. No date can tell such a time, and JSON has no Infinity. */
const withinBounds = (leave: Leave): Leave =>
  leave.retryAfterMs === undefined
    ? leave
    : { ...leave, retryAfterMs: Math.min(leave.retryAfterMs, LONGEST_OPEN_MS) };

/** That time has passed needs no write: the clock goes on from what is written. A new anchor does, or it would be set again and again. */
function isChanged(before: ResourceRecord, draft: Draft): boolean {
  const fields = Object.keys(before) as (keyof ResourceRecord)[];
  return (
    draft.clock.anchors !== before.clock.anchors ||
    fields.some((field) => field !== "clock" && draft[field] !== before[field])
  );
}

function disagreementOf(name: string, draft: Draft, limits: ResourceLimits): string | undefined {
  const declared = declaredNow(draft.limits, draft.clock.t);
  return declared.length > 1 ? describeDisagreement(name, declared, limits) : undefined;
}
