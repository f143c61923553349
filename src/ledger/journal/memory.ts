import type { Liveness, Owner } from "../owner/owner.ts";
import type { JournalBackend } from "./backend.ts";
import type { JournalEntry, JournalSearch } from "./entry.ts";
import { isLost } from "./retention.ts";

/** The journal of a ledger in memory, by call id. */
export type JournalMemory = Map<string, JournalEntry>;

export function journalInMemory(journal: JournalMemory): JournalBackend {
  return {
    write: async (entries) => write(journal, entries),
    writeNow: (entries) => write(journal, entries),
    list: async (search) => list(journal, search),
    prune: async (before, _withinMs, liveness) => prune(journal, before, liveness),
  };
}

function write(journal: JournalMemory, entries: readonly JournalEntry[]): void {
  for (const entry of entries) {
    const was = journal.get(entry.callId);
    if (was?.endedAt !== undefined && entry.endedAt === undefined) continue;
    // What was true at the start stays, as in a database.
    const { name, key, owner, startedAt, limitMs } = was ?? entry;
    journal.set(entry.callId, { ...entry, name, key, owner, startedAt, limitMs });
  }
}

function list(journal: JournalMemory, search: JournalSearch): readonly JournalEntry[] {
  const { state, callId, name, outcome, code, startedBefore, after, limit } = search;
  return [...journal.values()]
    .filter((entry) => callId === undefined || entry.callId === callId)
    .filter((entry) => name === undefined || entry.name === name)
    .filter((entry) => outcome === undefined || entry.outcome === outcome)
    .filter((entry) => code === undefined || entry.code === code)
    .filter(({ endedAt }) => state === undefined || (state === "running") === (endedAt === undefined))
    .filter(({ startedAt }) => startedBefore === undefined || startedAt <= startedBefore)
    .toSorted(newestFirst)
    .filter((entry) => after === undefined || newestFirst(entry, after) > 0)
    .slice(0, limit);
}

function prune(journal: JournalMemory, before: number, liveness: (owner: Owner) => Liveness): number {
  let deleted = 0;
  for (const [callId, entry] of journal) {
    const { startedAt, endedAt } = entry;
    const isOld =
      endedAt === undefined ? isLost(entry, before, liveness) : startedAt <= before && endedAt <= before;
    if (isOld && journal.delete(callId)) deleted += 1;
  }
  return deleted;
}

/** Code points, as the databases compare text. */
function newestFirst(one: JournalEntry, other: JournalEntry): number {
  return (
    other.startedAt - one.startedAt || Buffer.compare(Buffer.from(one.callId), Buffer.from(other.callId))
  );
}
