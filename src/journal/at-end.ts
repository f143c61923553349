import { setTimeout as wait } from "node:timers/promises";

/** Rows of a ledger that this process has to write. */
export interface Unwritten {
  readonly size: number;
  /** Whether another try within seconds may succeed. */
  readonly mayPass: boolean;
  /** Never rejects. */
  flush(): Promise<void>;
  /** Writes them without waiting, where that can be. Never throws: what could not be written is still there. */
  flushNow(): void;
  /** The rows are lost. @param how `atExit`: no warning of Node's would come out any more */
  giveUp(how?: { readonly atExit: boolean }): void;
}

/** How long a process that has nothing else to do stays for rows that its ledger does not take. */
const LAST_WITHIN_MS = 2000;
const BETWEEN_TRIES_MS = 20;

const unwritten = new Set<Unwritten>();
let isWatching = false;

/** The end of this process, however it comes, writes what is left; SIGKILL excepted. */
export function watchUnwritten(rows: Unwritten): void {
  unwritten.add(rows);
  if (isWatching) return;
  isWatching = true;
  process.on("beforeExit", () => void writeLast());
  process.on("exit", flushJournalNow);
}

export function isWritten(rows: Unwritten): void {
  unwritten.delete(rows);
}

/** Writes all rows of this process, at most so long. Never rejects. */
export async function flushJournal(withinMs: number): Promise<void> {
  if (unwritten.size === 0) return;
  const late = new AbortController();
  const isLate = wait(withinMs, undefined, { signal: late.signal }).catch(() => undefined);
  const until = performance.now() + withinMs;
  const all = async () => {
    for (;;) {
      await Promise.all([...unwritten].map((rows) => rows.flush()));
      if (![...unwritten].some(({ mayPass }) => mayPass) || performance.now() > until) return;
      await wait(BETWEEN_TRIES_MS);
    }
  };
  await Promise.race([all(), isLate]);
  late.abort();
}

async function writeLast(): Promise<void> {
  // Nothing else runs, so nothing is held up.
  for (const left of unwritten) left.flushNow();
  await flushJournal(LAST_WITHIN_MS);
  for (const left of unwritten) left.giveUp();
}

/** At the exit of the process; also before `process.execve`, which no `exit` handler sees. */
export function flushJournalNow(): void {
  for (const left of unwritten) {
    left.flushNow();
    left.giveUp({ atExit: true });
  }
}
