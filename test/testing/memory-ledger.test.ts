import { readdirSync } from "node:fs";
import { expect, it } from "vitest";
import { defineCall, type LedgerStore, task } from "../../src/index.ts";
import { memoryLedger } from "../../src/testing/index.ts";
import { tempFolder } from "../helpers/files.ts";

interface Post {
  readonly id: string;
}

/** A call that must not happen twice, and the posts that its callee has been given. */
function publishCall(ledger: LedgerStore, work: (post: Post) => Promise<string>) {
  const given: string[] = [];
  const callee = task((post: Post) => {
    given.push(post.id);
    return work(post);
  });
  const options = { timeout: "10s", effects: "once", key: (post: Post) => post.id, ledger } as const;
  return { given, publish: defineCall({ name: "publish", callee, ...options }) };
}

it("a call with a key is replayed from it, and starts once", async () => {
  const { given, publish } = publishCall(memoryLedger(), async ({ id }) => `post ${id}`);
  expect(await publish.settle({ id: "a" })).toMatchObject({ outcome: "executed", value: "post a" });
  expect(await publish.settle({ id: "a" })).toMatchObject({ outcome: "replayed", value: "post a" });
  expect(given).toEqual(["a"]);
});

it("of two calls at once with the same key, one is told that the other is in progress", async () => {
  const begun = Promise.withResolvers<void>();
  const end = Promise.withResolvers<string>();
  const { given, publish } = publishCall(memoryLedger(), () => {
    begun.resolve();
    return end.promise;
  });
  const first = publish.settle({ id: "a" });
  await begun.promise;
  expect(await publish.settle({ id: "a" })).toMatchObject({ outcome: "in_progress" });
  end.resolve("done");
  expect(await first).toMatchObject({ outcome: "executed" });
  expect(given).toEqual(["a"]);
});

it("an unknown end leaves the operation in doubt, until an operator resolves it", async () => {
  const ledger = memoryLedger();
  const { given, publish } = publishCall(ledger, async () => {
    if (given.length === 1) throw new Error("ECONNRESET");
    return "done";
  });
  expect(await publish.settle({ id: "a" })).toMatchObject({ outcome: "failed", effect: "unknown" });
  expect(await publish.settle({ id: "a" })).toMatchObject({ outcome: "in_doubt" });
  expect(await ledger.list({ state: "in_doubt" })).toMatchObject([{ name: "publish", key: "a" }]);

  await ledger.resolve({ name: "publish", key: "a" }, { as: "absent", by: "ada", why: "not on the site" });
  expect(await publish.settle({ id: "a" })).toMatchObject({ outcome: "executed" });
  expect(given).toEqual(["a", "a"]);
});

it("each is empty and apart from the others, and none writes a file", async () => {
  const state = tempFolder();
  const before = process.env["XDG_STATE_HOME"];
  process.env["XDG_STATE_HOME"] = state;
  try {
    const first = publishCall(memoryLedger(), async () => "done");
    const second = publishCall(memoryLedger(), async () => "done");
    await first.publish({ id: "a" });
    expect(await second.publish.settle({ id: "a" })).toMatchObject({ outcome: "executed" });
  } finally {
    if (before === undefined) delete process.env["XDG_STATE_HOME"];
    else process.env["XDG_STATE_HOME"] = before;
  }
  expect(readdirSync(state)).toEqual([]);
});
