import { phaseNow, reservedFor, shutNow, tooDear } from "./admission.ts";
import { fetchPlace, takePlace, undoPlace } from "./accounts.ts";
import type { Draft, TakenPlace, WaitingHead } from "./document.ts";
import { CHAIN_MS, LOOK_MS, MOST_PLACES } from "./lease.ts";
import { headOf, leaveLine, type OtherHead, setLine, waitingHeads } from "./line.ts";
import { noPlace } from "./refusals.ts";
import type { PlaceAnswer, Refused, ResourceLimits, ResourceMoment, WaitingLine } from "./types.ts";

/** What a process asks for, and what it has just given back. */
export interface Serving {
  readonly name: string;
  readonly limits: ResourceLimits;
  readonly moment: ResourceMoment;
  readonly line: WaitingLine | undefined;
  readonly freed: readonly FreedPlace[];
}

/** A place that this process gave back in the same change. */
export interface FreedPlace {
  /** Since when it had the place, handing it from call to call. */
  readonly chain: number;
  /** How long the last of these calls had it. */
  readonly ranMs: number;
}

export interface Served {
  readonly answers: ReadonlyMap<string, PlaceAnswer>;
  readonly shut: Refused | undefined;
  /** How many of this process wait on. */
  readonly waiting: number;
  /** Behind the heads more wait, who may find free places. */
  readonly mayHaveMore: boolean;
}

/** A look costs about as much as the place would idle for. */
const SHORT_CALL_MS = 20;

interface QueuedHead extends WaitingHead {
  readonly patient: boolean;
}

/** Gives the free places to those who wait longest, over all processes, and answers the heads of this one. */
export function serve(draft: Draft, serving: Serving): Served {
  const { name, limits, moment, line } = serving;
  const answers = new Map<string, PlaceAnswer>();
  if (line !== undefined) setLine(draft, moment.owner.id, 0, []);
  const queue = line === undefined ? [] : withoutHeld(draft, serving, line, answers);
  giveOut(draft, serving, queue, answers);
  const shut = shutNow(draft, name, limits);
  const waits: WaitingHead[] = [];
  for (const head of queue) {
    const refused = shut ?? tooDear(draft, name, head, limits);
    if (refused !== undefined) answers.set(head.ticket, refused);
    else if (!head.patient) answers.set(head.ticket, noPlace(name, limits, waitingIn(draft)));
    else {
      answers.set(head.ticket, { kind: "waits" });
      const { patient: _, ...waiting } = head;
      waits.push(waiting);
    }
  }
  if (line === undefined) return { answers, shut, waiting: 0, mayHaveMore: false };
  const waiting = shut === undefined ? line.count - line.heads.length + waits.length : 0;
  setLine(draft, moment.owner.id, waiting, waits);
  return { answers, shut, waiting, mayHaveMore: waiting > 0 && waits.length === 0 };
}

const waitingIn = ({ lines }: Draft) => lines.reduce((sum, { count }) => sum + count, 0);

/**
 * The heads that have no place yet. A head may have one: another process assigned it, or the answer to an earlier change was lost. If the
 * breaker has opened since, its attempt must not start, and the place goes back.
 */
function withoutHeld(
  draft: Draft,
  { limits, moment }: Serving,
  { heads }: WaitingLine,
  answers: Map<string, PlaceAnswer>,
): QueuedHead[] {
  const mine = new Map(
    draft.places.filter(({ owner }) => owner === moment.owner.id).map((place) => [place.ticket, place]),
  );
  const queue: QueuedHead[] = [];
  for (const waiting of heads) {
    const place = mine.get(waiting.ticket);
    mine.delete(waiting.ticket);
    const phase = phaseNow(draft, limits);
    const stands = phase === "closed" || (place?.trial === true && phase === "trial_runs");
    if (place !== undefined && stands) {
      if (place.assigned) fetchPlace(draft, place);
      answers.set(waiting.ticket, granted(place));
      continue;
    }
    if (place !== undefined) undoPlace(draft, place);
    queue.push({ ...headOf(waiting, moment, draft.clock), patient: waiting.patient });
  }
  // The calls that waited for the other places were cancelled before this process learned of them.
  for (const place of mine.values()) if (place.assigned) undoPlace(draft, place);
  return queue;
}

const granted = ({ microUsd, basis, trial }: TakenPlace): PlaceAnswer => ({
  kind: "granted",
  reserved: { microUsd, basis },
  trial,
});

/** Takes from `queue` those that were answered. */
function giveOut(
  draft: Draft,
  { name, limits, moment, freed }: Serving,
  queue: QueuedHead[],
  answers: Map<string, PlaceAnswer>,
): void {
  const { t } = draft.clock;
  const others = waitingHeads(draft);
  const refusal = (head: WaitingHead) => shutNow(draft, name, limits) ?? tooDear(draft, name, head, limits);
  // What this process has handed on for the shortest time first: those places it may keep.
  const handed = freed.toSorted((one, other) => other.chain - one.chain);
  for (let free = (limits.concurrency ?? MOST_PLACES) - draft.places.length; free > 0; free--) {
    const own = firstAdmitted(queue, refusal, ({ ticket }, refused) => answers.set(ticket, refused));
    // A refused head of another process learns it at its own next look.
    const other = firstAdmitted(others, refusal, () => {});
    const place = handed.shift();
    const isFirst = own !== undefined && (other === undefined || own.arrived <= other.arrived);
    if (own !== undefined && (isFirst || keeps(draft, place, other))) {
      queue.shift();
      const chain = place?.chain ?? t;
      const taken = placeFor(draft, own, limits, { owner: moment.owner.id, chain, assigned: false });
      takePlace(draft, taken);
      answers.set(own.ticket, granted(taken));
    } else if (other !== undefined) {
      others.shift();
      leaveLine(draft, other);
      takePlace(draft, placeFor(draft, other, limits, { owner: other.owner, chain: t, assigned: true }));
    } else return;
  }
}

/**
 * Whether a process hands its place to its own next call although another waits longer. That one idles the place until it looks: at first
 * that is not worth it, and for another second only if the place would idle for longer than a call runs.
 */
function keeps(draft: Draft, place: FreedPlace | undefined, other: OtherHead | undefined): boolean {
  if (place === undefined || other === undefined) return false;
  const heldMs = draft.clock.t - place.chain;
  if (heldMs < CHAIN_MS) return true;
  const looksInMs = (draft.owners.get(other.owner)?.seen ?? 0) + LOOK_MS - draft.clock.t;
  return heldMs < 2 * CHAIN_MS && looksInMs > Math.max(SHORT_CALL_MS, place.ranMs);
}

/** The first that is not refused; those before it are taken out. */
function firstAdmitted<Head extends QueuedHead | OtherHead>(
  heads: Head[],
  refusal: (head: Head) => Refused | undefined,
  onRefused: (head: Head, refused: Refused) => void,
): Head | undefined {
  for (let head = heads[0]; head !== undefined; head = heads[0]) {
    const refused = refusal(head);
    if (refused === undefined) return head;
    heads.shift();
    onRefused(head, refused);
  }
  return undefined;
}

function placeFor(
  draft: Draft,
  head: WaitingHead,
  limits: ResourceLimits,
  held: Pick<TakenPlace, "owner" | "chain" | "assigned">,
): TakenPlace {
  const { ticket, callId, name, attempt } = head;
  return {
    ...held,
    ticket,
    callId,
    name,
    attempt,
    since: draft.clock.t,
    trial: phaseNow(draft, limits) === "trial_due",
    counted: limits.rate !== undefined,
    ...reservedFor(draft, head, limits),
  };
}
