import type { Draft, OwnerLine, WaitingHead } from "./document.ts";
import { type DocumentClock, timeOf } from "./document-clock.ts";
import type { ResourceMoment, Waiting } from "./types.ts";

/** So many of those who wait longest, over all processes, are in the document: the others cannot be next before their process looks. */
const MOST_HEADS = 48;

export const headOf = (waiting: Waiting, { now }: ResourceMoment, clock: DocumentClock): WaitingHead => ({
  ticket: waiting.ticket,
  callId: waiting.callId,
  name: waiting.name,
  attempt: waiting.attempt,
  arrived: timeOf(waiting.arrivedAt, now, clock),
  reserve: waiting.reserveMicroUsd,
});

/** The line of a process from now on. */
export function setLine(draft: Draft, owner: string, count: number, heads: readonly WaitingHead[]): void {
  const others = draft.lines.filter((line) => line.owner !== owner);
  if (count === 0 && others.length === draft.lines.length) return;
  draft.lines = withOldest(count === 0 ? others : [...others, { owner, count, heads }]);
}

/** Only the heads that may be next. A process none of whose calls is among them has no line: it waits behind them all. */
function withOldest(lines: readonly OwnerLine[]): readonly OwnerLine[] {
  const arrivals = lines.flatMap(({ heads }) => heads.map(({ arrived }) => arrived));
  if (arrivals.length <= MOST_HEADS) return lines;
  const newest = arrivals.toSorted((one, other) => one - other)[MOST_HEADS - 1] as number;
  let room = MOST_HEADS;
  return lines.flatMap((line) => {
    const heads = line.heads.filter(({ arrived }) => arrived <= newest).slice(0, room);
    room -= heads.length;
    return heads.length === 0 ? [] : [{ ...line, heads }];
  });
}

/** A head of another process, with its process. */
export interface OtherHead extends WaitingHead {
  readonly owner: string;
}

/** Those who wait according to the document, the oldest first. */
export const waitingHeads = ({ lines }: Draft): OtherHead[] =>
  lines
    .flatMap(({ owner, heads }) => heads.map((head) => ({ ...head, owner })))
    .toSorted((one, other) => one.arrived - other.arrived);

/** A head has got a place. */
export function leaveLine(draft: Draft, { owner, ticket }: OtherHead): void {
  draft.lines = draft.lines.flatMap((line) => {
    if (line.owner !== owner) return [line];
    const left = {
      ...line,
      count: line.count - 1,
      heads: line.heads.filter((head) => head.ticket !== ticket),
    };
    return left.count > 0 ? [left] : [];
  });
}
