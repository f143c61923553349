import { describe, expect, it } from "vitest";
import { administer, freshDatabase, ownPostgres } from "../../helpers/postgres.ts";
import type { LedgerStore } from "../../../src/ledger/store/store.ts";
import { fakeOwner } from "../owners.ts";
import { request, start, succeeded } from "../harness.ts";
import { openAs } from "./open.ts";

const nameOf = (url: string) => new URL(url).pathname.slice(1);

/** Where a commit that does not wait for the disk can be set. */
const SETTINGS: readonly [string, (url: string) => Promise<string>][] = [
  [
    "the database",
    async (url) => {
      await administer(url, `ALTER DATABASE ${nameOf(url)} SET synchronous_commit = off`);
      return url;
    },
  ],
  [
    "the role",
    async (url) => {
      await administer(url, `ALTER ROLE postgres IN DATABASE ${nameOf(url)} SET synchronous_commit = off`);
      return url;
    },
  ],
  ["the session", async (url) => `${url}?options=${encodeURIComponent("-c synchronous_commit=off")}`],
];

describe.each(SETTINGS)("synchronous_commit = off for %s", (_, set) => {
  it("is refused before anything is written", async () => {
    const database = await freshDatabase();
    const url = await set(database);
    const ann = await openAs("ann", url);
    const refusal = { code: "ledger_unavailable", reason: "not_durable" };
    await expect(ann.claim(request("once"))).rejects.toMatchObject(refusal);
    await expect(ann.claim(request("once"))).rejects.toThrow("synchronous_commit");
    const check = { scope: "drafts", sha256: "a".repeat(64), bytes: 4, token: "t", holdMs: 1000 };
    await expect(ann.checkContent(check)).rejects.toMatchObject(refusal);
    const [counts] = await administer(
      database,
      "SELECT (SELECT count(*) FROM hardcall.operations)::int AS operations, (SELECT count(*) FROM hardcall.content_reservations)::int AS contents",
    );
    expect(counts).toEqual({ operations: 0, contents: 0 });
  });

  it("can be allowed", async () => {
    const url = await set(await freshDatabase());
    const ann = await openAs("ann", url, { allowAsynchronousCommit: true });
    expect(await ann.settle(await start(ann, "once"), succeeded(1))).toMatchObject({ kind: "settled" });
  });
});

it("a resource and the journal ask for no durability, so the setting refuses neither of them", async () => {
  const url = await freshDatabase();
  await administer(url, `ALTER DATABASE ${nameOf(url)} SET synchronous_commit = off`);
  const [ann, bob] = [await openAs("ann", url), await openAs("bob", url)];
  const append = (store: LedgerStore) =>
    store.changeResource({ name: "anthropic" }, ({ text = "" }) => ({ text: `${text}+`, answer: undefined }));
  // Also after a refusal.
  for (const store of [ann, bob, ann]) await append(store);
  expect(await ann.resources()).toMatchObject([{ text: "+++" }]);
});

it("rows of the journal are committed without waiting for the disk, and nothing else is", async () => {
  const server = await ownPostgres();
  const ann = await openAs("ann", server.url);
  const entry = {
    name: "publish",
    callee: "task",
    owner: fakeOwner("ann"),
    limitMs: 1000,
    attempt: 0,
  } as const;
  // A standby that never confirms holds each commit up that waits for one.
  await administer(
    server.url,
    "ALTER SYSTEM SET synchronous_standby_names = 'none'",
    "SELECT pg_reload_conf()",
  );
  await ann.writeJournal([{ ...entry, callId: "one", startedAt: 1 }], { withinMs: 20_000 });
  await expect(ann.claim(request("once"), { withinMs: 1000 })).rejects.toMatchObject({
    code: "ledger_unavailable",
  });
  expect(await ann.journal()).toMatchObject([{ callId: "one" }]);
});

it("a call that has started before the setting came is refused its result, and keeps it for later", async () => {
  const url = await freshDatabase();
  const ann = await openAs("ann", url);
  const claim = await start(ann, "once");
  await administer(
    url,
    `ALTER DATABASE ${nameOf(url)} SET synchronous_commit = off`,
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
  );
  await expect(ann.settle(claim, succeeded(7))).rejects.toMatchObject({ reason: "not_durable" });
  await administer(
    url,
    `ALTER DATABASE ${nameOf(url)} RESET synchronous_commit`,
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
  );
  expect((await ann.claim(request("once"))).kind).toBe("replayed");
});
