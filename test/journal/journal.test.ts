import { describe, expect, it } from "vitest";
import { command, defineCall, task } from "../../src/index.ts";
import { flushJournal } from "../../src/journal/at-end.ts";
import type { JournalRecord } from "../../src/ledger/journal/entry.ts";
import { openLedgerAt } from "../helpers/open-ledger.ts";
import { LEDGER_KINDS, newLedger } from "../helpers/ledger.ts";

/** What the journal of a ledger has, newest first. */
async function journalOf(ledger: string): Promise<readonly JournalRecord[]> {
  await flushJournal(10_000);
  const store = await openLedgerAt(ledger);
  try {
    return await store.journal();
  } finally {
    await store.close();
  }
}

const OPTIONS = { name: "greet", timeout: "20s", effects: "none", journal: true } as const;

describe.each(LEDGER_KINDS)("the journal in %s", (kind) => {
  it("has a row for a call without a key while it runs, and when it has ended", async () => {
    const ledger = await newLedger(kind);
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const work = task(async () => {
      begin();
      await released;
      return "hello";
    });
    const ended = defineCall({ ...OPTIONS, callee: work, ledger }).settle(undefined);
    await begun;
    const [running] = await journalOf(ledger);
    expect(running).toMatchObject({
      name: "greet",
      callee: "task",
      attempt: 1,
      limitMs: 20_000,
      owner: { pid: process.pid },
      ownerAlive: "alive",
    });
    expect(running?.outcome).toBeUndefined();
    release();
    const { callId, durationMs } = await ended;
    const rows = await journalOf(ledger);
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      callId,
      outcome: "executed",
      effect: "completed",
      attempt: 1,
      durationMs,
    });
    expect(rows[0]?.key).toBeUndefined();
    expect((rows[0]?.endedAt ?? 0) - (running?.startedAt ?? 0)).toBeGreaterThanOrEqual(0);
    expect(JSON.parse(rows[0]?.attempts ?? "")).toMatchObject([{ attempt: 1, effect: "completed" }]);
  });

  it("has the code, the attempts and the end of stderr of a call that failed", async () => {
    const ledger = await newLedger(kind);
    const script = 'echo "secret: $TOKEN" ; printf "\\0no such table\\n" >&2; exit 3';
    const call = defineCall({
      ...OPTIONS,
      name: "export",
      callee: command("sh", ["-c", script, "--password=hunter2"], { env: { TOKEN: "t0ken" } }),
      retry: { attempts: 2, baseDelay: 1, maxDelay: 1 },
      ledger,
    });
    const error = await call.settle();
    const [row] = await journalOf(ledger);
    expect(row).toMatchObject({
      callId: error.callId,
      callee: "command",
      outcome: "failed",
      code: "exit_nonzero",
      effect: "unknown",
      attempt: 2,
      stderrTail: "\0no such table\n",
    });
    expect(JSON.parse(row?.attempts ?? "")).toMatchObject([
      { attempt: 1, code: "exit_nonzero", exitCode: 3 },
      { attempt: 2, code: "exit_nonzero", exitCode: 3 },
    ]);
    // No argument, no environment, no output.
    expect(JSON.stringify(row)).not.toMatch(/hunter2|t0ken|secret|TOKEN|printf/);
  });

  it("has a row for each call with a key too: who did it, who replayed it", async () => {
    const ledger = await newLedger(kind);
    const call = defineCall({
      ...OPTIONS,
      callee: task(async () => 1),
      effects: "once",
      key: () => "a",
      ledger,
    });
    const first = await call(undefined);
    const again = await call(undefined);
    const rows = await journalOf(ledger);
    expect(
      new Map(rows.map(({ callId, key, outcome, attempt }) => [callId, [key, outcome, attempt]])),
    ).toEqual(
      new Map([
        [first.callId, ["a", "executed", 1]],
        [again.callId, ["a", "replayed", 0]],
      ]),
    );
  });
});
