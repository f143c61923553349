import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  CallError,
  ConfigError,
  dedupe,
  type Dedupe,
  type DedupeOptions,
  type Logger,
} from "../../src/index.ts";
import { createMemoryStore } from "../../src/ledger/store/memory.ts";
import { openPostgresStore } from "../../src/ledger/postgres/store.ts";
import { openSqliteStore } from "../../src/ledger/store/sqlite.ts";
import type { LedgerStore } from "../../src/ledger/store/store.ts";
import { freshDatabase } from "../helpers/postgres.ts";
import { tempFolder as folder } from "../helpers/files.ts";

const stores: readonly [string, (clock: () => number) => Promise<LedgerStore>][] = [
  ["a file", (clock) => openSqliteStore({ path: path.join(folder(), "ledger.db"), clock })],
  ["Postgres", async (clock) => openPostgresStore({ url: await freshDatabase(), clock })],
  ["memory", async (clock) => createMemoryStore({ clock })],
];

const publishedOf = (checked: Awaited<ReturnType<Dedupe["check"]>>) =>
  checked.verdict === "new" ? checked.commit() : Promise.reject(new Error(checked.verdict));

async function publish(gate: Dedupe, content: string, callId?: string) {
  const checked = await gate.check(content, { callId });
  await publishedOf(checked);
  return checked;
}

describe.each(stores)("dedupe with its state in %s", (_, open) => {
  async function gates(options: Partial<DedupeOptions> = {}) {
    let now = Date.parse("2026-11-20T18:00:00Z");
    const ledger = await open(() => now);
    onTestFinished(() => ledger.close());
    const logged: [keyof Logger, object, string][] = [];
    const logger: Logger = {
      info: (fields, message) => logged.push(["info", fields, message]),
      warn: (fields, message) => logged.push(["warn", fields, message]),
      error: (fields, message) => logged.push(["error", fields, message]),
    };
    const gate = (scope: string) => dedupe({ scope, ledger, logger, ...options });
    return { ledger, logged, gate, later: (ms: number) => (now += ms) };
  }

  it("lets content through once, and says what a duplicate repeats", async () => {
    const { gate, logged, later } = await gates();
    const drafts = gate("drafts");
    const first = await drafts.check("Harbour market", { callId: "call-1" });
    expect(first).toMatchObject({ verdict: "new", bytes: 14 });
    expect(await publishedOf(first)).toBe(true);
    later(60_000);
    const second = await drafts.check("Harbour market", { callId: "call-2" });
    expect(second).toEqual({
      verdict: "duplicate",
      sha256: first.sha256,
      bytes: 14,
      of: { callId: "call-1", at: "2026-11-20T18:00:00.000Z" },
      times: 2,
      streak: 2,
    });
    expect(logged).toEqual([
      [
        "warn",
        expect.objectContaining({
          scope: "drafts",
          outcome: "duplicate",
          sha256: first.sha256,
          callId: "call-2",
          ofCallId: "call-1",
          ofAt: "2026-11-20T18:00:00.000Z",
        }),
        "drafts duplicate",
      ],
    ]);
  });

  it("keeps scopes apart", async () => {
    const { gate } = await gates();
    await publish(gate("drafts"), "text");
    expect(await gate("posts").check("text")).toMatchObject({ verdict: "new" });
  });

  it("calls the same content too often in a row a failure", async () => {
    const { gate, logged } = await gates();
    const drafts = gate("drafts");
    await publish(drafts, "A", "call-1");
    await drafts.check("A", { callId: "call-2" });
    const error = await drafts.check("A", { callId: "call-3" }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CallError);
    expect(error).toMatchObject({ code: "duplicate_streak", callId: "call-3", retryable: false });
    expect((error as Error).message).toBe(
      'The content for "drafts" is the same for the 3rd time in a row (first at 2026-11-20T18:00:00.000Z, by call call-1). ' +
        "The same output came several times in a row; check what produces it.",
    );
    expect(logged.map(([level]) => level)).toEqual(["warn", "error"]);
    // Other content ends the streak; what came before stays a duplicate.
    await drafts.check("B");
    expect(await drafts.check("A")).toMatchObject({ verdict: "duplicate", streak: 1, times: 4 });
  });

  it.each([
    ["nothing at all", ""],
    ["undefined, not text or bytes", undefined as never],
    ["null, not text or bytes", null as never],
    ["1 invisible byte", "\n"],
    ["12 invisible bytes", "\u200b \u001b[0m \t\r\n"],
    ["64 invisible bytes", new Uint8Array(64)],
    [
      "the hash of empty content, not content",
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n",
    ],
    ["the hash of empty content, not content", "sha256:e3b0c442"],
    ["the hash of empty content, not content", "2jmj7l5rSw0yVb/vlWAYkK/YBwk="],
  ])("cannot hash %s", async (words, content) => {
    const { gate, ledger } = await gates();
    for (const callId of ["call-1", "call-2"]) {
      const error = (await gate("drafts")
        .check(content, { callId })
        .catch((thrown: unknown) => thrown)) as CallError;
      expect(error).toMatchObject({ code: "empty_output", outcome: "failed" });
      expect(error.message).toBe(
        `The content for "drafts" is ${words}. There is no output to use, even if the exit code says success.`,
      );
    }
    await expect(
      ledger.checkContent({
        scope: "drafts",
        sha256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        bytes: 0,
        token: "token",
        holdMs: 1000,
      }),
    ).rejects.toMatchObject({ code: "invalid_config" });
  });

  it("refuses what is neither text nor bytes", async () => {
    const { gate } = await gates();
    for (const content of [5, {}, ["a"]] as never[]) {
      await expect(gate("drafts").check(content)).rejects.toMatchObject({
        code: "invalid_config",
        message: expect.stringContaining("the content must be a string or bytes, not ") as string,
      });
    }
  });

  it("hashes a text that is about the hash of nothing", async () => {
    const { gate } = await gates();
    const text = "Why e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 is in your database";
    expect(await gate("drafts").check(text)).toMatchObject({ verdict: "new" });
  });

  it("does not count the final line feed, and takes bytes for what they are", async () => {
    const { gate } = await gates({ maxStreak: 9 });
    const drafts = gate("drafts");
    const { sha256 } = await publish(drafts, "text");
    for (const same of ["text\n", "text\r\n", new TextEncoder().encode("text")]) {
      expect(await drafts.check(same)).toMatchObject({ verdict: "duplicate", sha256 });
    }
    expect(await drafts.check(new Uint8Array([0xff, 0xfe, 0x00]))).toMatchObject({ verdict: "new" });
  });

  it("does not count the return of its own call as a repeat", async () => {
    const { gate } = await gates();
    const drafts = gate("drafts");
    await publish(drafts, "text", "call-1");
    for (let time = 0; time < 5; time++)
      expect(await drafts.check("text", { callId: "call-1" })).toMatchObject({
        verdict: "duplicate",
        of: { callId: "call-1" },
        times: 1,
        streak: 1,
      });
    expect(await drafts.check("text", { callId: "call-2" })).toMatchObject({ times: 2, streak: 2 });
  });

  it("forgets what was reserved, and what was committed", async () => {
    const { gate } = await gates();
    const drafts = gate("drafts");
    await drafts.check("text");
    expect(await drafts.forget("text")).toBe(true);
    expect(await drafts.forget("text")).toBe(false);
    await publish(drafts, "text");
    expect(await drafts.forget("text")).toBe(true);
    expect(await drafts.forget("text")).toBe(false);
    expect(await drafts.check("text")).toMatchObject({ verdict: "new" });
  });
});

describe("dedupe", () => {
  it("remembers across openings, and lets one of many at once through", async () => {
    const ledger = path.join(folder(), "ledger.db");
    const both = await Promise.all([openSqliteStore({ path: ledger }), openSqliteStore({ path: ledger })]);
    const verdicts = await Promise.all(
      Array.from({ length: 8 }, (_, n) => dedupe({ scope: "drafts", ledger: both[n % 2] }).check("text")),
    );
    expect(verdicts.map(({ verdict }) => verdict).toSorted()).toEqual([
      "new",
      ...Array.from({ length: 7 }, () => "pending"),
    ]);
    for (const checked of verdicts) if (checked.verdict === "new") await checked.commit();
    await Promise.all(both.map((store) => store.close()));
    const reopened = await openSqliteStore({ path: ledger });
    onTestFinished(() => reopened.close());
    expect(await dedupe({ scope: "drafts", maxStreak: 99, ledger: reopened }).check("text")).toMatchObject({
      verdict: "duplicate",
      times: 2,
    });
  });

  it("says what is wrong with its options", () => {
    expect(() => dedupe({ scope: " ", maxStreak: 1 })).toThrow(ConfigError);
    expect(() => dedupe({ scope: "drafts", hold: "soon" })).toThrow('hold is "soon"');
    expect(() => dedupe({ scope: "drafts", maxStreak: 1 })).toThrow(
      "maxStreak is 1; give a whole number from 2",
    );
  });

  it("fails when what was seen cannot be looked up", async () => {
    const closed = await openSqliteStore({ path: path.join(folder(), "ledger.db") });
    await closed.close();
    await expect(dedupe({ scope: "drafts", ledger: closed }).check("text")).rejects.toMatchObject({
      code: "ledger_unavailable",
    });
  });
});
