import type { Liveness, Owner } from "../ledger/owner/owner.ts";
import { losePlace, undoPlace } from "./accounts.ts";
import type { Draft } from "./document.ts";
import { ASLEEP_MS, PLACE_LEASE_MS } from "./lease.ts";
import type { ResourceLimits, ResourceMoment } from "./types.ts";

/**
 * Takes away what the owners that are gone hold: at once if they are dead, after the lease if that cannot be told. A process that sleeps
 * keeps its places, as its calls go on when it wakes; but it does not wait in line, and what was assigned to it goes on.
 */
export function sweep(draft: Draft, moment: ResourceMoment, limits: ResourceLimits): void {
  for (const { owner, seen } of draft.owners.values()) {
    if (owner.id === moment.owner.id) continue;
    const silentMs = draft.clock.t - seen;
    const gone = isGone(moment.liveness(owner), silentMs);
    if (!gone && silentMs <= ASLEEP_MS) continue;
    if (draft.lines.some((line) => line.owner === owner.id))
      draft.lines = draft.lines.filter((line) => line.owner !== owner.id);
    for (const place of draft.places) {
      if (place.owner !== owner.id) continue;
      if (place.assigned) undoPlace(draft, place);
      else if (gone) losePlace(draft, place, limits);
    }
  }
}

const isGone = (liveness: Liveness, silentMs: number) =>
  liveness === "dead" || (liveness === "unknown" && silentMs > PLACE_LEASE_MS);

/** Notes that an owner was seen now, and forgets those that hold nothing and wait for nothing. */
export function seeOwner(draft: Draft, owner: Owner): void {
  const needed = new Set([
    ...draft.places.map((place) => place.owner),
    ...draft.lines.map((line) => line.owner),
  ]);
  const seen = needed.has(owner.id) ? [[owner.id, { owner, seen: draft.clock.t }] as const] : [];
  const others = [...draft.owners].filter(([id]) => id !== owner.id && needed.has(id));
  if (seen.length === 0 && others.length === draft.owners.size) return;
  draft.owners = new Map([...others, ...seen]);
}
