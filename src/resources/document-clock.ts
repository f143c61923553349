import type { Instant } from "../ledger/owner/instant.ts";

/**
 * The time of a resource's document: milliseconds that never go back. Windows, leases and cooldowns count on it, so a wall clock that is
 * set frees neither money nor starts.
 */
export interface DocumentClock {
  readonly t: number;
  /** The wall clock at the last change, for a boot that was not seen before. */
  readonly at: number;
  /** What the clock of each boot read at a time of the document; the newest boot last. */
  readonly anchors: readonly Anchor[];
}

interface Anchor {
  readonly boot: string;
  readonly reading: number;
  readonly t: number;
}

export const NEW_CLOCK: DocumentClock = { t: 0, at: 0, anchors: [] };

/** Hosts that share a file in turn have a boot each; more than these are anchored anew by their wall clocks. */
const MOST_ANCHORS = 6;
/** A clock that fell back by less is waited for. One that fell back by more was wrong before, and waiting would close the resource for long. */
const MOST_STANDSTILL_MS = 86_400_000;

const readingOf = ({ boot, at, ticks }: Instant) => (boot === "" ? at : ticks);

/** The document's clock at a moment. */
export function advance(clock: DocumentClock, now: Instant): DocumentClock {
  const anchor = clock.anchors.find(({ boot }) => boot === now.boot);
  if (anchor === undefined) {
    const passedMs = clock.anchors.length === 0 ? 0 : Math.max(0, now.at - clock.at);
    return anchored(clock, now, clock.t + passedMs);
  }
  const t = anchor.t + readingOf(now) - anchor.reading;
  if (clock.t - t > MOST_STANDSTILL_MS) return anchored(clock, now, clock.t);
  return { ...clock, t: Math.max(clock.t, t), at: now.at };
}

function anchored(clock: DocumentClock, now: Instant, t: number): DocumentClock {
  const others = clock.anchors.filter(({ boot }) => boot !== now.boot);
  const anchor = { boot: now.boot, reading: readingOf(now), t };
  return { t, at: now.at, anchors: [...others, anchor].slice(-MOST_ANCHORS) };
}

/** An earlier moment in the document's time; not after now. */
export function timeOf(moment: Instant, now: Instant, { t }: DocumentClock): number {
  const passedMs = moment.boot === now.boot ? readingOf(now) - readingOf(moment) : now.at - moment.at;
  return t - Math.max(0, passedMs);
}

/** A time of the document on the wall clock, for people. */
export const wallTime = (time: number, { t, at }: DocumentClock): number => at - t + time;
