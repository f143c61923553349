import { Client, Pool, type QueryConfig } from "pg";
import { expect, it, onTestFinished } from "vitest";
import { postgresOver } from "../../../src/database/postgres/user-pool.ts";
import { createPostgresStore } from "../../../src/ledger/postgres/store.ts";
import type { LedgerStore } from "../../../src/ledger/store/store.ts";
import type { JournalListing } from "../../../src/ledger/journal/entry.ts";
import { administer, freshDatabase } from "../../helpers/postgres.ts";
import { claimOf, failed, proceed, request, start, succeeded } from "../harness.ts";
import { fakeOwner } from "../owners.ts";

const MANY = 50_000;
const DAY_MS = 86_400_000;

/** Each statement that is sent, by its text. */
function recordingPool(url: string) {
  const statements = new Map<string, QueryConfig>();
  class Recording extends Client {
    // oxlint-disable-next-line typescript/no-explicit-any -- pg has eight signatures for it
    override query(...given: any[]): any {
      const [config] = given as [QueryConfig];
      if (typeof config === "object") statements.set(config.text, config);
      return (super.query as (...all: unknown[]) => unknown)(...given);
    }
  }
  const pool = new Pool({ connectionString: url, Client: Recording });
  onTestFinished(() => pool.end());
  return { pool, statements };
}

/** As a ledger looks that is in use: most have succeeded, some have failed, are in doubt or under way. */
const FILL = [
  `INSERT INTO hardcall.operations (name, key, call_id, fingerprint, effects, state, fence, claimed_fence, attempt_fence, doubt_fence, attempts,
      probing, owner_host, owner_boot_id, owner_pid_space, owner_pid, owner_pid_start, owner_id, lease_until, lease_ms, lease_boot, lease_ticks,
      effect_within_ms, created_at, started_at, settled_at, changed_at, effect, value_kept, pruned_at, version)
    SELECT 'call ' || n % 20, 'key ' || n, 'call-' || n, 'v1:sha256:one', 'once',
      CASE WHEN n % 100 < 95 THEN 'succeeded' WHEN n % 100 < 98 THEN 'failed' WHEN n % 100 = 98 THEN 'in_doubt' ELSE 'started' END,
      1, 1, 1, 0, 1, 0, 'host', 'boot-' || n / 1000, 'pid', 1, '1', 'owner', now, 30000, 'database', now, 0, now - 1000 * n::bigint, now - 1000 * n::bigint,
      now - 1000 * n::bigint, now - 1000 * n::bigint, 'completed', 'none', CASE WHEN n % 100 < 20 THEN now - 1000 * n::bigint END, 't'
    FROM generate_series(1, ${MANY}) n, (SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now) AS clock`,
  `INSERT INTO hardcall.attempts (name, key, fence, call_id, fingerprint, owner_host, owner_boot_id, owner_pid_space, owner_pid, owner_pid_start, owner_id,
      started_at, ended_at, late, effect)
    SELECT name, key, fence, call_id, fingerprint, owner_host, owner_boot_id, owner_pid_space, owner_pid, owner_pid_start, owner_id, started_at,
      CASE WHEN state <> 'started' THEN settled_at END, 0, 'completed' FROM hardcall.operations`,
  `INSERT INTO hardcall.journal (call_id, name, owner_host, owner_boot_id, owner_pid_space, owner_pid, owner_pid_start, owner_id, started_at, limit_ms,
      ended_at, outcome, code, more)
    SELECT 'call-' || n, 'call ' || n % 20, 'host', 'boot', 'pid', 1, '1', 'owner', now - 1000 * n::bigint, 60000,
      CASE WHEN n % 500 > 0 THEN now - 1000 * n::bigint + 900 END, CASE WHEN n % 500 = 0 THEN NULL WHEN n % 50 = 1 THEN 'failed' ELSE 'executed' END,
      CASE WHEN n % 500 > 0 AND n % 50 = 1 THEN 'timeout' END, '{"callee":"task","attempt":1}'
    FROM generate_series(1, ${MANY}) n, (SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now) AS clock`,
  "ANALYZE",
];

/** Every kind of statement that the store has. */
async function everything(ann: LedgerStore, bob: LedgerStore): Promise<void> {
  const change = { key: "a key" };
  const claim = await start(ann, "keyed", change);
  await bob.claim(request("keyed", change));
  await bob.ended?.({ name: claim.name, key: claim.key }, { withinMs: 50 });
  await ann.heartbeat(claim, { pid: 7 });
  const { next } = await ann.settleAndClaim(claim, failed("unknown"), request("keyed", change));
  await ann.started(claimOf(next));
  await ann.settle(claim, succeeded(1));
  await ann.settle(claimOf(next), succeeded(2));
  await ann.claim(request("keyed", change));
  await ann.settle(await start(ann, "verifiable", { key: "in doubt" }), failed("unknown"));
  await bob.probed(claimOf(await bob.claim(request("verifiable", { key: "in doubt" }))), "unknown");
  await bob.resolve(
    { name: "publish", key: "in doubt" },
    { as: "absent", by: "ada", why: "it is not there" },
  );
  await ann.settle(await proceed(ann, "none", { key: "not begun" }), failed("not_started"));
  for (const filter of [{}, { state: "in_doubt" }, { name: "call 7" }, { olderThanMs: 1000 }] as const) {
    const page = await ann.list(filter);
    await ann.list({ ...filter, after: page.at(-1) });
  }
  await ann.list({ state: "succeeded", name: "call 7", olderThanMs: 1000 });
  await ann.show({ callIdOrKey: "key 77" });
  await ann.unfinished({ host: "host", bootId: "boot-7" });
  await ann.prune({ retentionMs: 40_000_000, tombstoneMs: 49_000_000 });
  const content = { scope: "drafts", sha256: "a".repeat(64), bytes: 4 };
  await ann.checkContent({ ...content, token: "one", holdMs: DAY_MS });
  await ann.commitContent({ ...content, token: "one" });
  await ann.checkContent({ ...content, token: "two", holdMs: DAY_MS });
  await ann.releaseContent({ ...content, token: "two" });
  await ann.forget(content);
  await ann.look(request("once", change));
  for (const key of ["new", "a key"]) {
    const looks = [request("once", { key })];
    await ann.changeResource({ name: "anthropic", looks }, ({ text = "" }) => ({
      text: `${text}+`,
      answer: 1,
    }));
  }
  const journal: readonly JournalListing[] = [
    {},
    { state: "running" },
    { name: "call 7" },
    { code: "timeout" },
    { outcome: "failed" },
    { callId: "call-77" },
    { name: "call 7", state: "ended", olderThanMs: 1000 },
  ];
  for (const filter of journal) {
    const page = await ann.journal(filter);
    await ann.journal({ ...filter, after: page.at(-1) });
    await ann.writeJournal(page.slice(0, 2));
  }
}

function scansIn(plan: unknown): string[] {
  if (typeof plan !== "object" || plan === null) return [];
  const own =
    Reflect.get(plan, "Node Type") === "Seq Scan" ? [String(Reflect.get(plan, "Relation Name"))] : [];
  return [...own, ...Object.values(plan).flatMap(scansIn)];
}

it(`no statement of the store reads through all of ${MANY} operations, attempts or journalled calls`, async () => {
  const url = await freshDatabase();
  const { pool, statements } = recordingPool(url);
  const db = postgresOver(pool);
  await db.open(10_000);
  await administer(url, ...FILL);
  statements.clear();
  const as = (name: string) => createPostgresStore(db, { owner: fakeOwner(name), liveness: () => "alive" });
  await everything(as("ann"), as("bob"));
  const all = [...statements.values()].filter(({ text }) => /\.(?:operations|attempts|journal)\b/.test(text));
  const scans: string[] = [];
  for (const { text, values } of all) {
    const { rows } = await pool.query<Record<string, unknown>>(`EXPLAIN (FORMAT JSON) ${text}`, values ?? []);
    const tables = scansIn(rows[0]?.["QUERY PLAN"]).filter((table) =>
      ["operations", "attempts", "journal"].includes(table),
    );
    if (tables.length > 0) scans.push(`${tables.join(", ")}: ${text}`);
  }
  expect(scans).toEqual([]);
  expect(all.length).toBeGreaterThan(25);
}, 60_000);
