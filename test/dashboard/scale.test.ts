import { describe, expect, onTestFinished, test } from "vitest";
import { pageOfCalls } from "../../src/dashboard/ledger/calls.ts";
import { DayCounter } from "../../src/dashboard/ledger/counts.ts";
import { SteadyClock } from "../../src/dashboard/ledger/steady-clock.ts";
import { detailOf, tailsOf } from "../../src/dashboard/ledger/detail.ts";
import { listMoment, lookAt } from "../../src/dashboard/ledger/look.ts";
import type { Column, Dialect, SqlSession } from "../../src/database/sql.ts";
import { connectLedger } from "../../src/ledger/store/connect.ts";
import { LEDGER_KINDS, newLedger } from "../helpers/ledger.ts";

const CALLS = 100_000;

/** So many keys, and so many calls of the journal, half of which are those keys'. */
async function fill(session: SqlSession, now: number): Promise<void> {
  const numbers = `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${CALLS})`;
  const at = `${now} - (${CALLS} - CAST(n AS BIGINT)) * 60000`;
  const details = `'{"costUsd":0.01,"evidence":[{"kind":"file","path":"/a"}]}'`;
  const integer = session.dialect === "sqlite" ? "" : "::text";
  await session.run(
    `INSERT INTO operations (name, key, call_id, fingerprint, effects, state, fence, claimed_fence, attempt_fence, doubt_fence, attempts,
       probing, owner_host, owner_boot_id, owner_pid_space, owner_pid, owner_pid_start, owner_id, lease_until, lease_ms, created_at,
       started_at, settled_at, changed_at, effect, code, settled_by, value_kept, value_json, value_bytes, details)
     ${numbers} SELECT 'call-' || (n % 60)${integer}, 'key-' || n${integer}, 'op-' || n${integer}, 'v1', 'once',
       CASE WHEN n % 1000 = 0 THEN 'in_doubt' WHEN n % 2000 = 1 THEN 'started' WHEN n % 17 = 0 THEN 'failed' ELSE 'succeeded' END,
       1, 1, 1, 0, 1, 0, 'host', '', '', 1, '', 'owner', 0, 1, ${at}, ${at}, ${at}, ${at}, 'unknown',
       CASE WHEN n % 17 = 0 OR n % 1000 = 0 THEN 'timeout' END, CASE WHEN n % 2000 = 1 THEN NULL ELSE 'attempt' END,
       'value', '"${"x".repeat(500)}"', 502, ${details} FROM numbers`,
    [],
  );
  await session.run(
    `INSERT INTO journal (call_id, name, key, owner_host, owner_boot_id, owner_pid_space, owner_pid, owner_pid_start, owner_id, started_at,
       limit_ms, ended_at, outcome, code, cost_usd, more)
     ${numbers} SELECT CASE WHEN n % 2 = 0 THEN 'op-' || n${integer} ELSE 'journal-' || n${integer} END, 'call-' || (n % 60)${integer},
       CASE WHEN n % 2 = 0 THEN 'key-' || n${integer} END, 'host', '', '', 1, '', 'owner', ${at}, 60000,
       CASE WHEN n % 501 = 0 THEN NULL ELSE ${at} + 5 END,
       CASE WHEN n % 501 = 0 THEN NULL WHEN n % 17 = 0 THEN 'failed' ELSE 'executed' END, CASE WHEN n % 17 = 0 THEN 'rate_limited' END, 0.01,
       '{"callee":"claude","attempt":1,"durationMs":5,"stderrTail":"${"x".repeat(1000)}"}' FROM numbers`,
    [],
  );
  if (session.dialect === "postgres") await session.run("ANALYZE", []);
}

/** A plan that reads a whole table. */
const WHOLE: Readonly<Record<Dialect, RegExp>> = {
  sqlite: /\bSCAN (operations|journal)(?! USING (COVERING )?INDEX)/,
  postgres: /Seq Scan on (operations|journal)/,
};

/** A session that says how each statement of others is carried out. */
function explained(session: SqlSession, plans: Map<string, string>): SqlSession {
  const { dialect } = session;
  const explain = async (text: string, values: readonly Column[]) => {
    const rows = await session.all(`EXPLAIN ${dialect === "sqlite" ? "QUERY PLAN " : ""}${text}`, values);
    plans.set(text, rows.map((row) => String(row["detail"] ?? row["QUERY PLAN"])).join("\n"));
  };
  return {
    dialect,
    run: () => Promise.reject(new Error("the dashboard reads")),
    get: async (text, values) => {
      await explain(text, values);
      return await session.get(text, values);
    },
    all: async (text, values) => {
      await explain(text, values);
      return await session.all(text, values);
    },
  };
}

describe.each(LEDGER_KINDS)(
  "a ledger in %s with 100,000 keys and 100,000 calls in the journal",
  (kind) => {
    test("is read by its indexes", async () => {
      const ledger = await newLedger(kind);
      const db = await connectLedger({ ledger });
      onTestFinished(() => db.close());
      await db.write({ durable: false, withinMs: 120_000 }, (session) => fill(session, Date.now()));
      const state = { name: ledger, kind: db.dialect };
      const plans = new Map<string, string>();
      const took: Record<string, number> = {};
      await db.read(async (plain) => {
        const session = explained(plain, plans);
        const moment = await listMoment(plain);
        const work: Record<string, (on: SqlSession) => Promise<unknown>> = {
          look: (on) => lookAt(on, { ledger: state, counter: new DayCounter(), clock: new SteadyClock() }),
          list: (on) => pageOfCalls(on, {}, moment),
          byName: (on) => pageOfCalls(on, { name: "call-7" }, moment),
          byCode: (on) => pageOfCalls(on, { code: "rate_limited" }, moment),
          byRareCode: (on) => pageOfCalls(on, { code: "auth" }, moment),
          failed: (on) => pageOfCalls(on, { outcome: "failed" }, moment),
          executed: (on) => pageOfCalls(on, { outcome: "executed" }, moment),
          running: (on) => pageOfCalls(on, { outcome: "running" }, moment),
          inDoubt: (on) => pageOfCalls(on, { outcome: "in_doubt" }, moment),
          detail: (on) => detailOf(on, "op-50000", moment),
          journalled: (on) => detailOf(on, "journal-50001", moment),
          tails: (on) => tailsOf(on, "op-50000"),
        };
        for (const [name, does] of Object.entries(work)) {
          await does(session);
          const began = performance.now();
          await does(plain);
          took[name] = Math.round(performance.now() - began);
        }
        const { next } = await pageOfCalls(plain, {}, moment);
        await pageOfCalls(session, { before: next }, moment);
      });
      console.log(`${kind}, in ms:`, took);
      expect(plans.size).toBeGreaterThan(20);
      expect([...plans].filter(([, plan]) => WHOLE[db.dialect].test(plan))).toEqual([]);
    });
  },
  180_000,
);
