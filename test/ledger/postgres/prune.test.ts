import { expect, it } from "vitest";
import { administer, freshDatabase } from "../../helpers/postgres.ts";
import { failed, proceed, request, start, succeeded } from "../harness.ts";
import { openAs } from "./open.ts";

const MANY = 400;
const LIMITS = { retentionMs: 1, tombstoneMs: 1 };
/** What one of two clean-ups has made a tombstone, the other, a millisecond later, would forget. */
const TOMBSTONES = { retentionMs: 1, tombstoneMs: 86_400_000 };

/** The estimate of the database's clock may go back by some milliseconds, when an answer comes faster than those before. */
const LONG_AGO =
  "UPDATE hardcall.operations SET settled_at = settled_at - 10000, pruned_at = pruned_at - 10000";

/** As many as that of what one call has left, each with its attempt. */
const multiply = (count: number) => [
  "CREATE TABLE IF NOT EXISTS one AS SELECT * FROM hardcall.operations LIMIT 0",
  "INSERT INTO one SELECT * FROM hardcall.operations",
  `INSERT INTO hardcall.operations SELECT (jsonb_populate_record(one, jsonb_build_object('key', 'n' || n))).* FROM one, generate_series(1, ${count}) n`,
  `INSERT INTO hardcall.attempts (name, key, fence, call_id, fingerprint, owner_host, owner_boot_id, owner_pid_space, owner_pid, owner_pid_start, owner_id,
      started_at, ended_at, late, effect)
    SELECT a.name, 'n' || n, a.fence, a.call_id, a.fingerprint, a.owner_host, a.owner_boot_id, a.owner_pid_space, a.owner_pid, a.owner_pid_start, a.owner_id,
      a.started_at, a.ended_at, 0, a.effect FROM hardcall.attempts a, generate_series(1, ${count}) n`,
];

const rowsIn = async (url: string) => {
  const count = (table: string) => `(SELECT count(*) FROM hardcall.${table})::int AS ${table}`;
  const [counts] = await administer(url, `SELECT ${count("operations")}, ${count("attempts")}`);
  return counts as { operations: number; attempts: number };
};

it("two hosts that prune at once do each operation once between them, while calls go on", async () => {
  const url = await freshDatabase();
  const [ann, bob] = [await openAs("ann", url), await openAs("bob", url)];
  await ann.settle(await start(ann, "once"), succeeded("a value"));
  await administer(url, LONG_AGO, ...multiply(MANY));
  const running = await start(bob, "once", { key: "running" });
  const first = await Promise.all([ann.prune(TOMBSTONES), bob.prune(TOMBSTONES)]);
  expect(first.reduce((sum, { tombstoned }) => sum + tombstoned, 0)).toBe(MANY + 1);
  expect(await rowsIn(url)).toEqual({ operations: MANY + 2, attempts: 1 });
  expect(await ann.claim(request("once"))).toMatchObject({
    kind: "replayed",
    record: { value: { kept: "pruned" } },
  });
  await administer(url, LONG_AGO);
  const second = await Promise.all([ann.prune(LIMITS), bob.prune(LIMITS)]);
  const deleted = [...first, ...second].reduce((sum, one) => sum + one.deleted, 0);
  expect(deleted).toBe(MANY + 1);
  expect(await bob.settle(running, succeeded(1))).toMatchObject({ kind: "settled" });
});

it("a key that was forgotten gets a fence above all that it had, also from a host that has not heard of it", async () => {
  const url = await freshDatabase();
  const [ann, bob] = [await openAs("ann", url), await openAs("bob", url)];
  // Bob has seen the ledger when nothing was forgotten.
  await proceed(bob, "none", { key: "another" });
  let claim = await proceed(ann, "keyed");
  for (let turn = 0; turn < 4; turn++) {
    await ann.settle(claim, failed("not_started"));
    claim = await proceed(ann, "keyed");
  }
  await ann.settle(claim, failed("not_started"));
  await administer(url, LONG_AGO);
  expect((await ann.prune(LIMITS)).deleted).toBe(1);
  expect((await proceed(bob, "keyed")).fence).toBe(claim.fence + 1);
});
