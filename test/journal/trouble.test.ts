import { mkdirSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { ConfigError, defineCall, openLedger, task } from "../../src/index.ts";
import { flushJournal } from "../../src/journal/at-end.ts";
import { writerOf } from "../../src/journal/writer-of.ts";
import { openLedgerAt } from "../helpers/open-ledger.ts";
import { ledgerPath } from "../helpers/ledger.ts";
import { hardcall } from "../helpers/run.ts";

const OPTIONS = { name: "greet", timeout: "20s", effects: "none", callee: task(async () => 1) } as const;

async function rowsOf(ledger: string) {
  const store = await openLedgerAt(ledger);
  try {
    return await store.journal({ limit: 10_000 });
  } finally {
    await store.close();
  }
}

/** Another process's hold on the write lock, as a connection of its own has it. */
function lock(ledger: string): () => void {
  const other = new DatabaseSync(ledger);
  onTestFinished(() => {
    if (other.isOpen) other.close();
  });
  other.exec("BEGIN IMMEDIATE");
  return () => other.close();
}

describe("what turns the journal on", () => {
  it("HARDCALL_JOURNAL=1, but not against the definition", async () => {
    const ledger = ledgerPath();
    vi.stubEnv("HARDCALL_JOURNAL", "1");
    onTestFinished(() => void vi.unstubAllEnvs());
    const { callId } = await defineCall({ ...OPTIONS, ledger })(undefined);
    await defineCall({ ...OPTIONS, ledger, journal: false })(undefined);
    await flushJournal(10_000);
    expect((await rowsOf(ledger)).map((row) => row.callId)).toEqual([callId]);
  });

  it("a value that is neither 1 nor 0 is refused before anything starts", async () => {
    const call = defineCall({ ...OPTIONS, ledger: ledgerPath() });
    vi.stubEnv("HARDCALL_JOURNAL", "yes");
    onTestFinished(() => void vi.unstubAllEnvs());
    await expect(call(undefined)).rejects.toThrow(
      'Invalid configuration of the call "greet": The environment variable HARDCALL_JOURNAL is "yes"; give 1, for a row in the journal for each call, or 0.',
    );
    expect(() => defineCall({ ...OPTIONS, journal: "yes" as never })).toThrow(ConfigError);
  });
});

describe("the journal and a ledger that cannot be had", () => {
  it("waits for the lock of another process; no call waits, and the event loop stays free", async () => {
    const ledger = ledgerPath();
    const call = defineCall({ ...OPTIONS, journal: true, ledger });
    const first = await call(undefined);
    await flushJournal(10_000);
    const unlock = lock(ledger);
    const settled = await Promise.all(Array.from({ length: 20 }, () => call(undefined)));
    // The lock is asked for and not had.
    await writerOf(ledger).flush();
    expect(writerOf(ledger).size).toBe(20);
    unlock();
    await flushJournal(10_000);
    const ids = [first, ...settled].map(({ callId }) => callId);
    expect(new Set((await rowsOf(ledger)).map(({ callId }) => callId))).toEqual(new Set(ids));
  });

  it("fails no call, and says once that rows wait or are lost", async () => {
    const folder = path.join(path.dirname(ledgerPath()), "folder");
    mkdirSync(folder);
    const said: [object, string][] = [];
    const warn = (fields: object, message: string) => void said.push([fields, message]);
    const logger = { info: () => undefined, warn, error: () => undefined };
    const call = defineCall({ ...OPTIONS, journal: true, ledger: folder, logger });
    await call(undefined);
    await call(undefined);
    const writer = writerOf(folder);
    await writer.flush();
    expect(writer.size).toBe(2);
    writer.giveUp();
    expect(said.filter(([fields]) => "journal" in fields)).toEqual([
      [
        { journal: "lost", rows: 2 },
        expect.stringMatching(/^2 rows of the journal could not be written: .*a folder/),
      ],
    ]);
  });

  it("a handle that is closed right after its calls gets their rows", async () => {
    const ledger = ledgerPath();
    const handle = await openLedger(ledger);
    const call = defineCall({ ...OPTIONS, journal: true, ledger: handle });
    const { callId } = await call(undefined);
    await handle.close();
    await flushJournal(10_000);
    expect(await rowsOf(ledger)).toMatchObject([{ callId, outcome: "executed" }]);
  });

  it("on the command line one line of hardcall's own, and the exit code of the call", async () => {
    const folder = path.dirname(ledgerPath());
    const env = { HARDCALL_JOURNAL: "1", HARDCALL_LEDGER: folder };
    const { exitCode, stdout, stderr } = await hardcall(["run", "--timeout", "20s", "--", "echo", "hi"], {
      env,
    });
    expect({ exitCode, stdout: stdout.toString() }).toEqual({ exitCode: 0, stdout: "hi\n" });
    expect(stderr).toMatch(/^hardcall: 1 row of the journal could not be written: [^\n]*\n$/);
  });
});

it("10,000 calls at once are all in the journal, and hold up the event loop no more than without", async () => {
  const ledger = ledgerPath();
  const measure = async (journal: boolean) => {
    const call = defineCall({ ...OPTIONS, journal, ledger });
    await call(undefined);
    await flushJournal(10_000);
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    await Promise.all(Array.from({ length: 10_000 }, () => call(undefined)));
    delay.disable();
    await flushJournal(60_000);
    return delay.max / 1e6;
  };
  const without = await measure(false);
  const withJournal = await measure(true);
  const store = await openLedgerAt(ledger);
  onTestFinished(() => store.close());
  const found = await store.journal({ outcome: "executed", limit: 10_000 });
  expect(found).toHaveLength(10_000);
  expect(found.every(({ endedAt }) => endedAt !== undefined)).toBe(true);
  // The bench has the figure; here only a whole transaction too many would show.
  expect(withJournal).toBeLessThan(without + 250);
}, 120_000);
