import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { FaultPoint } from "../../src/core/fault-points.ts";
import { ConfigError, dedupe, rejected, type CallError, type Dedupe } from "../../src/index.ts";
import { createMemoryStore } from "../../src/ledger/store/memory.ts";
import { openPostgresStore } from "../../src/ledger/postgres/store.ts";
import { openSqliteStore } from "../../src/ledger/store/sqlite.ts";
import type { LedgerStore } from "../../src/ledger/store/store.ts";
import { PublishServer, type Manner } from "../call/guard/publish-server.ts";
import { tempFolder as folder } from "../helpers/files.ts";
import { freshDatabase } from "../helpers/postgres.ts";
import { LEDGER_KINDS, newLedger } from "../helpers/ledger.ts";
import { Editor, type OnceOrder } from "./editor.ts";

const stores: readonly [string, () => Promise<LedgerStore>][] = [
  ["a file", () => openSqliteStore({ path: path.join(folder(), "ledger.db") })],
  ["Postgres", async () => openPostgresStore({ url: await freshDatabase() })],
  ["memory", async () => createMemoryStore()],
];

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error as CallError,
  );

describe.each(stores)("once, with its state in %s", (_, open) => {
  async function world() {
    const ledger = await open();
    onTestFinished(() => ledger.close());
    const drafts: Dedupe = dedupe({ scope: "drafts", ledger });
    const posts: unknown[] = [];
    const publish = async (content: string | Uint8Array) => `post ${posts.push(content)}`;
    return { ledger, drafts, posts, publish };
  }

  it("publishes, and then gives what came of it", async () => {
    const { drafts, posts, publish } = await world();
    expect(await drafts.once("text", publish)).toMatchObject({ outcome: "executed", value: "post 1" });
    // The same content, as the shell or a file gives it.
    expect(await drafts.once(new TextEncoder().encode("text\n"), publish)).toMatchObject({
      outcome: "replayed",
      value: "post 1",
      replay: { valueKept: "value", settledBy: "attempt" },
    });
    expect(posts).toEqual(["text"]);
    await expect(drafts.check("text")).rejects.toMatchObject({ code: "duplicate_streak" });
  });

  it("does not publish what was committed, and waits for what is reserved", async () => {
    const { drafts, posts, publish } = await world();
    const checked = await drafts.check("text", { callId: "call-1" });
    expect(await failure(drafts.once("text", publish))).toMatchObject({
      code: "in_progress",
      outcome: "in_progress",
      effect: "unknown",
      retryable: true,
      retryAfterMs: expect.any(Number) as number,
    });
    expect(checked.verdict === "new" && (await checked.commit())).toBe(true);
    expect(await drafts.once("text", publish)).toMatchObject({
      outcome: "replayed",
      value: undefined,
      // Its own, as of every call.
      callId: expect.stringMatching(/^[\da-f-]{36}$/) as string,
      replay: { callId: "call-1", valueKept: "none" },
    });
    expect(posts).toEqual([]);
  });

  it("makes a check wait while it publishes", async () => {
    const { drafts } = await world();
    const [begun, ends] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const publishing = drafts.once("text", async () => {
      begun.resolve();
      await ends.promise;
    });
    await begun.promise;
    expect(await drafts.check("text")).toMatchObject({ verdict: "pending" });
    expect(await failure(drafts.once("text", () => "again"))).toMatchObject({ code: "in_progress" });
    ends.resolve();
    expect(await publishing).toMatchObject({ outcome: "executed" });
    expect(await drafts.check("text")).toMatchObject({ verdict: "duplicate" });
  });

  it("is new again when the publisher says that it refused", async () => {
    const { drafts, publish } = await world();
    const refuse = () => {
      throw rejected("too long");
    };
    expect(await failure(drafts.once("text", refuse))).toMatchObject({ effect: "rejected" });
    expect(await drafts.once("text", publish)).toMatchObject({ outcome: "executed" });
  });

  it("is in doubt when nothing tells what became of it, for a check too, until an operator tells", async () => {
    const { drafts, ledger, posts, publish } = await world();
    const lose = () => {
      throw new Error("connection lost");
    };
    expect(await failure(drafts.once("text", lose))).toMatchObject({ code: "job_failed", effect: "unknown" });
    expect(await failure(drafts.once("text", publish))).toMatchObject({ code: "in_doubt" });
    const error = await failure(drafts.check("text"));
    expect(error).toMatchObject({ code: "in_doubt", outcome: "in_doubt", effect: "unknown" });
    const [operation] = await ledger.list({ state: "in_doubt" });
    expect(error?.message).toBe(
      `The content for "drafts" may have been published: hardcall does not know how its attempt ended (key ${operation?.key}). ` +
        "Find out whether it happened, then record it: hardcall ledger resolve CALL --as done|absent --by NAME --why TEXT.",
    );
    expect(await failure(drafts.forget("text"))).toMatchObject({ code: "in_doubt" });
    const resolve = async (as: "done" | "absent") =>
      operation && (await ledger.resolve(operation, { as, by: "ann", why: "looked" }));
    await resolve("absent");
    expect(await drafts.once("text", publish)).toMatchObject({ outcome: "executed" });
    expect(posts).toEqual(["text"]);
  });

  it("that an operator says by force has not come is new again, for a check too", async () => {
    const { ledger, drafts, posts, publish } = await world();
    await drafts.once("text", publish);
    const [operation] = await ledger.list();
    const verdict = { as: "absent", by: "ann", why: "the page is empty" } as const;
    expect(await ledger.resolve(operation!, verdict)).toMatchObject({ kind: "not_in_doubt" });
    expect(await drafts.check("text")).toMatchObject({ verdict: "duplicate" });
    expect(await ledger.resolve(operation!, { ...verdict, force: true })).toMatchObject({ kind: "resolved" });
    const checked = await drafts.check("text");
    expect(checked).toMatchObject({ verdict: "new" });
    expect(checked.verdict === "new" && (await checked.release())).toBe(true);
    expect(await drafts.once("text", publish)).toMatchObject({ outcome: "executed", value: "post 2" });
    expect(await drafts.once("text", publish)).toMatchObject({ outcome: "replayed", value: "post 2" });
    expect(posts).toHaveLength(2);
  });

  it("that an operator found done is a duplicate", async () => {
    const { drafts, ledger, posts, publish } = await world();
    await failure(drafts.once("text", () => Promise.reject(new Error("lost"))));
    const [operation] = await ledger.list({ state: "in_doubt" });
    if (operation) await ledger.resolve(operation, { as: "done", by: "ann", why: "it is on the page" });
    expect(await drafts.check("text")).toMatchObject({ verdict: "duplicate" });
    expect(await drafts.once("other", publish)).toMatchObject({ outcome: "executed" });
    expect(await drafts.once("text", publish)).toMatchObject({ outcome: "replayed", value: undefined });
    expect(posts).toEqual(["other"]);
  });

  it("is published again when it was forgotten", async () => {
    const { drafts, posts, publish } = await world();
    await drafts.once("text", publish);
    expect(await drafts.forget("text")).toBe(true);
    expect(await drafts.forget("text")).toBe(false);
    expect(await drafts.once("text", publish)).toMatchObject({ outcome: "executed", value: "post 2" });
    expect(posts).toHaveLength(2);
  });

  it("finds by its probe what was published before the connection was lost, as the README shows", async () => {
    const { ledger, posts: published } = await world();
    const draft = "text";
    const service = {
      publish: async (text: string, _signal: AbortSignal) => {
        published.push(text);
        throw new Error("connection lost");
      },
      has: async (text: string) => published.includes(text),
    };
    const publishDraft = async () => {
      const posts = dedupe({ scope: "posts", ledger });
      const { outcome } = await posts.once(draft, (text, { signal }) => service.publish(text, signal), {
        probe: async (text) => ((await service.has(text)) ? "present" : "absent"),
        effectWithin: "2m", // for how long after the end of an attempt the post may still appear
      });
      return outcome;
    };
    expect(await failure(publishDraft())).toMatchObject({ code: "job_failed", effect: "unknown" });
    expect(await publishDraft()).toBe("recovered");
    expect(published).toEqual([draft]);
  });

  it("says what is wrong with it before anything is reserved", async () => {
    const { drafts, publish } = await world();
    for (const [work, options] of [
      [undefined, {}],
      [publish, { probe: "look" }],
      [publish, { prode: () => "absent" }],
      [publish, { probe: () => "absent" }],
      [publish, { effectWithin: "1m" }],
    ] as never[][]) {
      expect(await failure(drafts.once("text", work as never, options))).toBeInstanceOf(ConfigError);
    }
    expect(await failure(drafts.once("\n", publish))).toMatchObject({ code: "empty_output" });
    expect(await drafts.check("text")).toMatchObject({ verdict: "new" });
  });
});

describe.each(LEDGER_KINDS)("a process that is killed in a once, with the ledger in %s", (kind) => {
  async function killedAt(point: FaultPoint, manner: Manner, probes: boolean) {
    const [ledger, server] = [await newLedger(kind), await PublishServer.forThisTest()];
    const order: Omit<OnceOrder, "do"> = { content: "text", url: server.url, manner, probes };
    await using dying = await Editor.begin({ path: ledger }, point);
    expect(await dying.dieOf(order)).toBe("SIGKILL");
    await using next = await Editor.begin({ path: ledger });
    const { outcome } = await next.once({ ...order, manner: "ok" });
    return [outcome, server.effects("text")];
  }

  it.each([
    ["beforeClaim", ["executed", 1], ["executed", 1]],
    ["afterClaim", ["executed", 1], ["executed", 1]],
    ["afterStarted", ["executed", 1], ["in_doubt", 0]],
    ["afterEffect", ["recovered", 1], ["in_doubt", 1]],
    ["beforeSucceeded", ["recovered", 1], ["in_doubt", 1]],
    ["afterSucceeded", ["replayed", 1], ["replayed", 1]],
  ] as const)("%s: the next one is %j with a probe, %j without", async (point, probed, unprobed) => {
    expect(await killedAt(point, "ok", true)).toEqual(probed);
    expect(await killedAt(point, "ok", false)).toEqual(unprobed);
  });
});
