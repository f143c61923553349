import { expect, it } from "vitest";
import { freshDatabase } from "../../helpers/postgres.ts";
import { throughPgBouncer } from "../../helpers/pgbouncer.ts";
import { claimOf, failed, request, start, succeeded } from "../harness.ts";
import { openAs } from "./open.ts";

it("behind PgBouncer in transaction mode with two servers, calls and contents of two hosts end as they do without it", async (context) => {
  const direct = await freshDatabase();
  const pooled = await throughPgBouncer(context, direct, { default_pool_size: "2" });
  const [ann, bob] = [await openAs("ann", pooled), await openAs("bob", pooled)];
  const both = [ann, bob];
  const calls = Array.from({ length: 40 }, async (_, index) => {
    const store = both[index % 2] ?? ann;
    const claim = await start(store, "keyed", { key: `call ${index}` });
    await store.heartbeat(claim, { pid: index + 1 });
    const { next } = await store.settleAndClaim(
      claim,
      failed("unknown"),
      request("keyed", { key: claim.key, callId: `again ${index}` }),
    );
    await store.started(claimOf(next));
    return await store.settle(claimOf(next), succeeded(index));
  });
  expect(new Set((await Promise.all(calls)).map(({ kind }) => kind))).toEqual(new Set(["settled"]));
  const race = await Promise.all(
    Array.from({ length: 20 }, (_, index) => (both[index % 2] ?? ann).claim(request("once"))),
  );
  expect(race.filter(({ kind }) => kind === "proceed")).toHaveLength(1);
  const content = { scope: "drafts", sha256: "a".repeat(64), bytes: 4, holdMs: 60_000 };
  const checks = await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      (both[index % 2] ?? ann).checkContent({ ...content, token: `token ${index}` }),
    ),
  );
  expect(checks.filter(({ kind }) => kind === "new")).toHaveLength(1);
  const [history] = await (await openAs("eve", direct)).show({ callIdOrKey: "call 7" });
  expect(history).toMatchObject({
    record: { state: "succeeded", fence: 2 },
    attempts: [{ fence: 1 }, { fence: 2, effect: "completed" }],
  });
});
