import type { Callee } from "../core/callee.ts";
import type { Logger } from "../core/logger.ts";
import type { JournalEntry } from "../ledger/journal/entry.ts";
import { currentOwner } from "../ledger/owner/owner.ts";
import type { LedgerStore } from "../ledger/store/store.ts";
import { flushJournal } from "./at-end.ts";
import { type CallJournal, NO_JOURNAL } from "./call-journal.ts";
import { endOf } from "./end.ts";
import { tellTrouble } from "./trouble.ts";
import { writerOf } from "./writer-of.ts";

/** A call that starts. */
export interface JournalledCall {
  readonly callId: string;
  readonly name: string;
  readonly key: string | undefined;
  readonly callee: Callee<never, never>["kind"];
  readonly resource: string | undefined;
  readonly requestedBy: string | undefined;
  /** Its total timeout, in milliseconds. */
  readonly limitMs: number;
  readonly ledger: LedgerStore | string | undefined;
  readonly logger: Logger | undefined;
}

/** Puts a call into the journal of its ledger: a row now, and again when it ends. Never throws. */
export function beginJournal({ ledger, logger, ...call }: JournalledCall): CallJournal {
  let writer: ReturnType<typeof writerOf>;
  try {
    writer = writerOf(ledger);
  } catch (error) {
    // An invalid HARDCALL_LEDGER is no reason to refuse a call that needs none.
    tellTrouble({ error, lost: 1, logger });
    return NO_JOURNAL;
  }
  let row: JournalEntry = { ...call, owner: currentOwner(), startedAt: Date.now(), attempt: 0 };
  const change = (news: Partial<JournalEntry>) => {
    row = { ...row, ...news };
    writer.put(row, logger);
  };
  const before = writer.writes;
  change({});
  return {
    waiting: (isWaiting) => change({ waiting: isWaiting || undefined }),
    attemptStarted: () => change({ attempt: row.attempt + 1 }),
    attemptEnded: ({ costUsd }) => {
      if (costUsd !== undefined) change({ costUsd: (row.costUsd ?? 0) + costUsd });
    },
    ended: (settled) => {
      const isUnavailable = settled instanceof Error && settled.code === "ledger_unavailable";
      // The call itself says that there is no ledger: the journal need not say it, too.
      if (isUnavailable && writer.writes === before) writer.withdraw(row.callId);
      else change({ waiting: undefined, ...endOf(settled, Date.now()) });
    },
    written: flushJournal,
  };
}
