import type { JournalEntry } from "../journal/entry.ts";
import type { Liveness, Owner } from "../owner/owner.ts";
import type { Backend } from "./backend.ts";
import { validJournalListing } from "./operator-input.ts";
import { onceEach } from "./resource-methods.ts";
import type { LedgerStore } from "./store.ts";
import { DEFAULT_WITHIN_MS } from "./within.ts";

/** The methods of a store for the journal. */
export function journalMethods(
  backend: Backend,
  liveness: (owner: Owner) => Liveness,
): Pick<LedgerStore, "writeJournal" | "writeJournalNow" | "journal"> {
  const { journal } = backend;
  return {
    async writeJournal(entries, within) {
      // A call that started and ended within one batch is one row.
      const newest = new Map(entries.map((entry) => [entry.callId, entry]));
      if (newest.size === 0) return;
      await journal.write([...newest.values()], within?.withinMs ?? DEFAULT_WITHIN_MS);
    },

    ...(journal.writeNow && {
      writeJournalNow: (entries: readonly JournalEntry[]) => journal.writeNow?.(entries),
    }),

    async journal(filter = {}) {
      const { olderThanMs, ...search } = validJournalListing(filter);
      const startedBefore = olderThanMs === undefined ? undefined : (await backend.now()).at - olderThanMs;
      const entries = await journal.list({ ...search, startedBefore });
      const seen = onceEach(liveness);
      return entries.map((entry) =>
        entry.endedAt === undefined ? { ...entry, ownerAlive: seen(entry.owner) } : entry,
      );
    },
  };
}
