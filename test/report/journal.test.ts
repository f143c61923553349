import { expect, it } from "vitest";
import { currentOwner } from "../../src/ledger/owner/owner.ts";
import type { JournalEntry } from "../../src/ledger/journal/entry.ts";
import { makeReport } from "../../src/report/make-report.ts";
import type { ReportData } from "../../src/report/data.ts";
import { LEDGER_KINDS } from "../helpers/ledger.ts";
import { openLedgerAt } from "../helpers/open-ledger.ts";
import { DAY, HOUR, Ledger, NOW } from "./seed.ts";

const attempts = (...codes: (string | undefined)[]) =>
  JSON.stringify(codes.map((code, index) => ({ attempt: index + 1, durationMs: 100 * (index + 1), code })));

it.each(LEDGER_KINDS)(
  "the report in %s counts journalled calls, and each call with a key once",
  async (kind) => {
    await using ledger = await Ledger.with(kind);
    await ledger.add([
      { name: "guarded", key: "a", at: NOW - HOUR, costUsd: 1 },
      { name: "guarded", key: "b", at: NOW - HOUR, costUsd: 2 },
    ]);
    const store = await openLedgerAt(ledger.path);
    const [newest] = await store.list({ name: "guarded", limit: 1 });
    const entry = (callId: string, more: Partial<JournalEntry>): JournalEntry => ({
      callId,
      name: "plain",
      callee: "claude",
      owner: currentOwner(),
      startedAt: NOW - 2 * HOUR,
      limitMs: HOUR * 3,
      attempt: 1,
      ...more,
    });
    const ended = { endedAt: NOW - HOUR };
    await store.writeJournal([
      entry("1", { ...ended, outcome: "executed", costUsd: 10, attempts: attempts("overloaded", undefined) }),
      entry("2", {
        ...ended,
        outcome: "failed",
        code: "timeout",
        costUsd: 20,
        attempts: attempts("timeout"),
      }),
      entry("3", {}),
      entry("4", { owner: { ...currentOwner(), pidStart: "1" } }),
      // The one that did the work of an operation, with what its failed attempt cost; and a replay of it.
      entry(newest?.callId ?? "", {
        ...ended,
        name: "guarded",
        key: newest?.key,
        outcome: "executed",
        costUsd: 5,
        attempts: attempts(undefined),
      }),
      entry("5", { ...ended, name: "guarded", key: "a", outcome: "replayed" }),
      // A limit refused it, so no operation knows of it.
      entry("6", { ...ended, name: "guarded", key: "c", outcome: "failed", code: "over_budget" }),
      entry("7", { startedAt: NOW - 40 * DAY, endedAt: NOW - 39 * DAY, outcome: "executed", costUsd: 100 }),
    ]);
    await store.close();
    const html = await makeReport({ ledger: ledger.path, days: 14, now: NOW });
    const json = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(html)?.[1] ?? "";
    const { totals, calls, days } = JSON.parse(json) as ReportData;
    const other = newest?.key === "a" ? 2 : 1;
    expect(totals).toMatchObject({
      succeeded: 3,
      failed: 2,
      running: 1,
      lost: 1,
      runs: 7,
      attempts: 5,
      costUsd: 10 + 20 + 5 + other,
    });
    expect(new Map(calls.map(({ name, counts }) => [name, counts]))).toEqual(
      new Map([
        ["guarded", { succeeded: 2, failed: 1 }],
        ["plain", { succeeded: 1, failed: 1, running: 1, lost: 1 }],
      ]),
    );
    // The journal keeps no outputs, so a call that is only there has no empty row of them.
    expect(calls.find(({ name }) => name === "plain")?.artifacts).toEqual([]);
    expect(days).toMatchObject([{ ended: 5, failed: 2, longestMs: 1000 }]);
    expect(html).toContain("1 running, 1 lost");
  },
);
