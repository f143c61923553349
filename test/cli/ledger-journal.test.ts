import { describe, expect, it } from "vitest";
import { currentOwner } from "../../src/ledger/owner/owner.ts";
import type { JournalEntry } from "../../src/ledger/journal/entry.ts";
import { ledgerPath } from "../helpers/ledger.ts";
import { openLedgerAt } from "../helpers/open-ledger.ts";
import { hardcall } from "../helpers/run.ts";
import { succeed } from "../helpers/succeed.ts";

const DAY_MS = 86_400_000;
const attempt = {
  attempt: 1,
  startedAt: "2026-11-22T00:00:00.000Z",
  durationMs: 70,
  stdoutBytes: 0,
  stdoutSha256: "e3b0",
  stderrBytes: 4,
};

/** A row of each kind, and operations that the ledger guards by their keys. */
async function fill(ledger: string): Promise<void> {
  const store = await openLedgerAt(ledger);
  const now = Date.now();
  const entry = (callId: string, more: Partial<JournalEntry>): JournalEntry => ({
    callId,
    name: "export",
    callee: "command",
    owner: currentOwner(),
    startedAt: now - 1000,
    limitMs: 60_000,
    attempt: 1,
    ...more,
  });
  const dead = { ...currentOwner(), pidStart: "1" };
  const ended = { endedAt: now, durationMs: 80 };
  await store.writeJournal([
    entry("runs", { startedAt: now - 100 }),
    entry("waits", { startedAt: now - 200, waiting: true, resource: "anthropic", attempt: 0 }),
    entry("gone", { startedAt: now - 300, owner: dead }),
    entry("good", {
      startedAt: now - 400,
      ...ended,
      outcome: "executed",
      effect: "completed",
      costUsd: 0.25,
    }),
    entry("bad", {
      startedAt: now - 500,
      ...ended,
      outcome: "failed",
      code: "timeout",
      effect: "unknown",
      attempts: JSON.stringify([{ ...attempt, code: "timeout", effect: "unknown", exitCode: 3 }]),
      stderrTail: "no \u001b[31mtable\n",
      evidence: '[{"kind":"rows","rows":3,"ids":[]}]',
    }),
    entry("keyed", { startedAt: now - 600, ...ended, key: "a", outcome: "executed" }),
    entry("refused", {
      startedAt: now - 700,
      ...ended,
      key: "b",
      resource: "anthropic",
      outcome: "failed",
      code: "circuit_open",
      attempt: 0,
    }),
    entry("old", { startedAt: now - 50 * DAY_MS, endedAt: now - 49 * DAY_MS, outcome: "executed" }),
  ]);
  await succeed(store, { name: "export", key: "a", callId: "keyed" }, { end: {}, value: 1 });
  await store.close();
}

describe("hardcall ledger and the journal", () => {
  const ledger = { path: "" };
  const tell = async (...args: string[]) => {
    const { stdout, stderr, exitCode } = await hardcall(["ledger", ...args, "--ledger", ledger.path]);
    return { stdout: stdout.toString(), stderr, exitCode };
  };
  const listed = async (...args: string[]) =>
    (JSON.parse((await tell("list", "--json", ...args)).stdout) as { callId: string; state: string }[]).map(
      ({ callId, state }) => `${callId} ${state}`,
    );

  it("list, show and prune have journalled calls, and each call with a key once", async () => {
    ledger.path = ledgerPath();
    await fill(ledger.path);
    const { stdout } = await tell("list");
    expect(stdout.split("\n").map((line) => line.split(/ {2,}/).slice(0, 5).join(" "))).toEqual([
      "STATE NAME KEY ATTEMPTS CODE",
      expect.stringMatching(/^succeeded export a 1/),
      expect.stringMatching(/^running export - 1/),
      expect.stringMatching(/^waiting export - 0/),
      expect.stringMatching(/^lost export - 1/),
      expect.stringMatching(/^succeeded export - 1/),
      "failed export - 1 timeout",
      "failed export b 0 circuit_open",
      expect.stringMatching(/^succeeded export - 1/),
      "",
    ]);
    expect(await listed("--state", "running")).toEqual(["runs running", "waits waiting"]);
    expect(await listed("--state", "lost")).toEqual(["gone lost"]);
    expect(await listed("--state", "failed")).toEqual(["bad failed", "refused failed"]);
    expect(await listed("--state", "succeeded", "--limit", "2")).toEqual([
      "keyed succeeded",
      "good succeeded",
    ]);
    expect(await listed("--state", "in_doubt")).toEqual([]);
    expect(await listed("--older-than", "1d")).toEqual(["old succeeded"]);
    expect(await listed("--name", "other")).toEqual([]);

    expect((await tell("show", "bad")).stdout).toMatch(
      new RegExp(
        [
          "^export {2}\\(no key\\)",
          "  state    failed \\(timeout\\), in the journal",
          "  callee   command",
          "  effect   unknown",
          "  call     bad",
          `  process  ${process.pid} on .*`,
          "  started  2.*Z, with 1 min at most",
          "  ended    after 80 ms",
          '  evidence \\[\\{"kind":"rows","rows":3,"ids":\\[\\]\\}\\]',
          "  attempt 1: 2026-11-22T00:00:00.000Z  timeout, effect unknown, after 70 ms",
          "    exit code 3",
          "    stdout 0 bytes, sha256 e3b0",
          "  stderr, its end:",
          "    no \\\\x1b\\[31mtable\n$",
        ].join("\n"),
      ),
    );
    expect(JSON.parse((await tell("show", "good", "--json")).stdout)).toMatchObject([
      { journal: true, state: "succeeded", callId: "good", attempts: 1, costUsd: 0.25 },
    ]);
    expect((await tell("show", "refused")).stdout).toContain(
      "  resource anthropic\n  see      hardcall resource show anthropic\n",
    );
    const keyed = JSON.parse((await tell("show", "keyed", "--json")).stdout) as object[];
    expect(keyed).toMatchObject([{ record: { key: "a" } }, { journal: true, callId: "keyed", key: "a" }]);
    expect(await tell("show", "none")).toMatchObject({ exitCode: 69 });

    expect((await tell("prune")).stdout).toContain("1 row of the journal was deleted\n");
    expect(await listed("--older-than", "1d")).toEqual([]);
  }, 120_000);
});
