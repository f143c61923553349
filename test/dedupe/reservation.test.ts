import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { ConfigError, dedupe, type Dedupe, type Logger } from "../../src/index.ts";
import { createMemoryStore } from "../../src/ledger/store/memory.ts";
import { openPostgresStore } from "../../src/ledger/postgres/store.ts";
import { openSqliteStore } from "../../src/ledger/store/sqlite.ts";
import type { LedgerStore } from "../../src/ledger/store/store.ts";
import { freshDatabase } from "../helpers/postgres.ts";
import { tempFolder as folder } from "../helpers/files.ts";

const MINUTE = 60_000;

const stores: readonly [string, (clock: () => number) => Promise<LedgerStore>][] = [
  ["a file", (clock) => openSqliteStore({ path: path.join(folder(), "ledger.db"), clock })],
  ["Postgres", async (clock) => openPostgresStore({ url: await freshDatabase(), clock })],
  ["memory", async (clock) => createMemoryStore({ clock })],
];

describe.each(stores)("content that was checked, with its state in %s", (_, open) => {
  async function world() {
    let now = Date.parse("2026-11-20T18:00:00Z");
    const ledger = await open(() => now);
    onTestFinished(() => ledger.close());
    const outcomes: unknown[] = [];
    const note = (fields: object) => outcomes.push(Reflect.get(fields, "outcome"));
    const logger: Logger = { info: note, warn: note, error: note };
    const drafts = dedupe({ scope: "drafts", ledger, logger });
    return { ledger, drafts, outcomes, later: (ms: number) => (now += ms) };
  }

  const reserve = async (drafts: Dedupe, callId?: string) => {
    const checked = await drafts.check("text", { callId });
    if (checked.verdict !== "new") throw new Error(checked.verdict);
    return checked;
  };

  it("is pending for another call of the same process, and says until when", async () => {
    const { drafts, outcomes, later } = await world();
    await reserve(drafts, "call-1");
    later(5 * MINUTE);
    expect(await drafts.check("text", { callId: "call-2" })).toMatchObject({
      verdict: "pending",
      bytes: 4,
      by: { callId: "call-1", since: "2026-11-20T18:00:00.000Z" },
      retryAfterMs: 10 * MINUTE,
    });
    expect(await drafts.check("text")).toMatchObject({ verdict: "pending" });
    expect(outcomes).toEqual(["pending", "pending"]);
  });

  it("is new again when it was released, and only for its owner to release", async () => {
    const { drafts } = await world();
    const checked = await reserve(drafts, "call-1");
    expect(await drafts.release("text", { callId: "call-2" })).toBe(false);
    expect(await drafts.check("text", { callId: "call-2" })).toMatchObject({ verdict: "pending" });
    expect(await checked.release()).toBe(true);
    expect(await checked.release()).toBe(false);
    const other = await reserve(drafts, "call-2");
    // The first one's token is of no use any more.
    expect(await checked.release()).toBe(false);
    expect(await other.commit()).toBe(true);
    expect(await other.release()).toBe(false);
    expect(await drafts.check("text")).toMatchObject({ verdict: "duplicate" });
  });

  it("is committed and released by its process without a token too", async () => {
    const { drafts } = await world();
    await reserve(drafts);
    expect(await drafts.release("text")).toBe(true);
    await reserve(drafts);
    expect(await drafts.commit("text")).toBe(true);
    expect(await drafts.check("text")).toMatchObject({ verdict: "duplicate" });
  });

  it("is new again when its hold is over; both publish, and the second commit says so", async () => {
    const { drafts, outcomes, later } = await world();
    const slow = await reserve(drafts, "call-1");
    later(15 * MINUTE - 1);
    expect(await drafts.check("text")).toMatchObject({ verdict: "pending", retryAfterMs: 1 });
    later(1);
    const second = await reserve(drafts, "call-2");
    expect(await slow.commit()).toBe(true);
    expect(await slow.commit()).toBe(true);
    expect(await second.commit()).toBe(false);
    expect(outcomes).toEqual(["pending", "published_twice"]);
  });

  it("has the hold that the check asks for", async () => {
    const { drafts, later } = await world();
    await drafts.check("text", { hold: "1m" });
    later(MINUTE);
    expect(await drafts.check("text", { hold: 1 })).toMatchObject({ verdict: "new" });
    await expect(drafts.check("text", { hold: -1 })).rejects.toBeInstanceOf(ConfigError);
    await expect(drafts.check("text", { hlod: 1 } as never)).rejects.toBeInstanceOf(ConfigError);
  });

  it("is taken over at once by a retry of its own call, whose token then counts", async () => {
    const { drafts } = await world();
    const first = await reserve(drafts, "call-1");
    const retry = await reserve(drafts, "call-1");
    expect(retry.token).not.toBe(first.token);
    expect(await retry.commit()).toBe(true);
  });

  it("feeds no streak until it was published, however often it comes", async () => {
    const { drafts } = await world();
    for (let run = 0; run < 5; run++) await (await reserve(drafts)).release();
    const checked = await reserve(drafts);
    for (let run = 0; run < 5; run++)
      expect(await drafts.check("text")).toMatchObject({ verdict: "pending" });
    await checked.commit();
    expect(await drafts.check("text")).toMatchObject({ verdict: "duplicate", times: 2, streak: 2 });
    await expect(drafts.check("text")).rejects.toMatchObject({ code: "duplicate_streak" });
  });

  it("is not for a call without a name: all of those would be one owner", async () => {
    const { drafts } = await world();
    for (const callId of ["", " ", "undefined", "null"]) {
      await expect(drafts.check("text", { callId })).rejects.toBeInstanceOf(ConfigError);
      await expect(drafts.commit("text", { callId })).rejects.toBeInstanceOf(ConfigError);
      await expect(drafts.release("text", { callId })).rejects.toBeInstanceOf(ConfigError);
      await expect(drafts.once("text", () => "post 1", { callId })).rejects.toBeInstanceOf(ConfigError);
    }
    expect(await drafts.check("text")).toMatchObject({ verdict: "new" });
  });

  it("cannot be committed under the token of other content", async () => {
    const { drafts } = await world();
    const { token } = await reserve(drafts);
    await expect(drafts.commit("another text", { token })).rejects.toThrow(
      "the token belongs to other content",
    );
    expect(await drafts.commit("text", { token })).toBe(true);
  });

  it("counts as seen when it was committed without a check", async () => {
    const { drafts } = await world();
    expect(await drafts.commit("text", { callId: "call-1" })).toBe(true);
    expect(await drafts.commit("text", { callId: "call-1" })).toBe(true);
    expect(await drafts.commit("text", { callId: "call-2" })).toBe(false);
    expect(await drafts.check("text")).toMatchObject({
      verdict: "duplicate",
      of: { callId: "call-1" },
      streak: 2,
    });
  });
});
