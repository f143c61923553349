import { statSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { KeyParts } from "../../../src/call/contract-options.ts";
import { defineCall } from "../../../src/call/define-call.ts";
import { CallError, ConfigError } from "../../../src/core/errors.ts";
import { rejected } from "../../../src/core/rejected.ts";
import { command } from "../../../src/callees/command.ts";
import { task } from "../../../src/callees/task.ts";
import type { StorePolicy } from "../../../src/ledger/key/value.ts";
import { historyOf, ledgerPath } from "../../helpers/ledger.ts";
import { PublishServer } from "./publish-server.ts";
import { publish, publishCall } from "./publish.ts";

/** A call that counts its starts and gives back what it was given. */
function counting(ledger: string, store?: StorePolicy) {
  const starts = { count: 0 };
  const call = defineCall({
    name: "count",
    callee: task((input: { readonly id: KeyParts; readonly value?: unknown }) => {
      starts.count += 1;
      return input.value;
    }),
    timeout: "30s",
    effects: "once",
    key: (input) => input.id,
    store,
    ledger,
  });
  return { call, starts };
}

describe("the same call again, after it succeeded", () => {
  it("gives the first result back and starts nothing", async () => {
    const ledger = ledgerPath();
    const server = await PublishServer.forThisTest();
    const order = { url: server.url, key: "a", effects: "once", manner: "ok" } as const;
    const first = await publishCall(order, ledger).settle("text");
    const again = await publishCall(order, ledger).settle("text");
    expect(first).toMatchObject({ outcome: "executed", value: { id: "post-a" } });
    expect(first.replay).toBeUndefined();
    expect(again).toMatchObject({
      outcome: "replayed",
      value: { id: "post-a" },
      attempts: [],
      replay: { callId: first.callId, valueKept: "value", settledBy: "attempt" },
    });
    expect(again.callId).not.toBe(first.callId);
    expect(again.replay?.ageMs).toBeGreaterThanOrEqual(0);
    expect(server.requests("a")).toBe(1);
  });

  it.each([
    [undefined, "value"],
    [null, "value"],
    ["", "value"],
    [0, "value"],
    [{ deep: [1, "two", null] }, "value"],
  ] as const)("keeps %j as it was", async (value, valueKept) => {
    const { call, starts } = counting(ledgerPath());
    await call({ id: "a", value });
    const again = await call({ id: "a", value });
    expect(again).toMatchObject({ outcome: "replayed", replay: { valueKept } });
    expect(again.value).toEqual(value);
    expect(starts.count).toBe(1);
  });

  it("with store: hash says that the value was not kept", async () => {
    const ledger = ledgerPath();
    const { call, starts } = counting(ledger, "hash");
    expect(await call({ id: "a", value: "a secret" })).toMatchObject({ value: "a secret" });
    const again = await call({ id: "a", value: "a secret" });
    expect(again).toMatchObject({ outcome: "replayed", replay: { valueKept: "hash" } });
    expect(again.value).toBeUndefined();
    expect(starts.count).toBe(1);
    expect(JSON.stringify(await historyOf(ledger, "a"))).not.toContain("a secret");
  });

  it("keeps no output of a command that is not text", async () => {
    const call = defineCall({
      name: "bytes",
      callee: command("printf", ["\\377\\376\\001"]),
      timeout: "30s",
      effects: "once",
      key: () => "a",
      ledger: ledgerPath(),
      replayWithoutValue: true,
    });
    expect(await call()).toMatchObject({ outcome: "executed" });
    expect(await call()).toMatchObject({
      outcome: "replayed",
      value: undefined,
      replay: { valueKept: "hash" },
    });
  });
});

describe("the same key for another input", () => {
  it("is a key conflict, and starts nothing", async () => {
    const { call, starts } = counting(ledgerPath());
    await call({ id: "a", value: 1 });
    expect(await call.settle({ id: "a", value: 2 })).toMatchObject({
      outcome: "failed",
      code: "key_conflict",
      effect: "not_started",
      retryable: false,
      message:
        'The call "count" was given a key that was first used with a different input. Use a different key for a different input.',
    });
    expect(starts.count).toBe(1);
  });

  it("is none after a refusal: nothing has happened that the key could stand for", async () => {
    const ledger = ledgerPath();
    const server = await PublishServer.forThisTest();
    const order = { url: server.url, key: "a", effects: "once", manner: "refuses" } as const;
    expect(await publishCall(order, ledger).settle("too long")).toMatchObject({
      code: "invalid_request",
      effect: "rejected",
    });
    expect(await publishCall({ ...order, manner: "ok" }, ledger).settle("short")).toMatchObject({
      outcome: "executed",
    });
    expect(server.effects("a")).toBe(1);
  });

  it("of two commands: file, arguments and stdin are its input", async () => {
    const ledger = ledgerPath();
    const echo = (word: string, stdin: string) =>
      defineCall({
        name: "echo",
        callee: command("echo", [word], { stdin }),
        timeout: "30s",
        effects: "once",
        key: () => "a",
        ledger,
      }).settle();
    expect(await echo("one", "in")).toMatchObject({ outcome: "executed", value: "one" });
    expect(await echo("one", "in")).toMatchObject({ outcome: "replayed", value: "one" });
    expect(await echo("two", "in")).toMatchObject({ code: "key_conflict" });
    expect(await echo("one", "out")).toMatchObject({ code: "key_conflict" });
  });
});

describe("a key that names nothing is refused before anything starts", () => {
  it.each([
    ["", "blank"],
    [" \t", "blank"],
    ["\u200b", "blank"],
    [[], "at least one part"],
    [["lodge", ""], "Part 2 of the key is blank"],
    ["undefined", "missing value"],
    [undefined, "The key is undefined"],
    [null, "The key is null"],
    [7, "The key is 7"],
    [{}, "The key is an object"],
    ["e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "hash of empty content"],
    ["draft-E3B0C44298FC", "hash of empty content"],
    ["da39a3ee5e6b4b0d3255bfef95601890afd80709", "hash of empty content"],
    [["draft", "d41d8cd98f00b204e9800998ecf8427e"], "hash of empty content"],
  ] as const)("%j", async (given, why) => {
    // Types refuse some of them; a record whose id is missing has no type.
    const id = given as string;
    const ledger = ledgerPath();
    const { call, starts } = counting(ledger);
    const settled = await call.settle({ id });
    expect(settled).toBeInstanceOf(ConfigError);
    expect(settled).toMatchObject({ code: "invalid_config", effect: "not_started" });
    expect((settled as CallError).message).toContain(why);
    expect(await call.settle({ id: "good" }, { key: id })).toMatchObject({ code: "invalid_config" });
    expect(starts.count).toBe(0);
    expect(statSync(ledger, { throwIfNoEntry: false })).toBeUndefined();
  });
});

describe("an abort that races a success", () => {
  it("does not lose it: what was done is done, and is replayed", async () => {
    const ledger = ledgerPath();
    const caller = new AbortController();
    let starts = 0;
    const call = defineCall({
      name: "race",
      callee: task(async () => {
        starts += 1;
        caller.abort();
        return "published";
      }),
      timeout: "30s",
      effects: "once",
      key: () => "a",
      ledger,
    });
    expect(await call.settle(undefined, { signal: caller.signal })).toMatchObject({
      outcome: "executed",
      value: "published",
    });
    expect(await call.settle(undefined)).toMatchObject({ outcome: "replayed", value: "published" });
    expect(starts).toBe(1);
  });

  it("before the start leaves nothing behind", async () => {
    const ledger = ledgerPath();
    const { call, starts } = counting(ledger);
    const settled = await call.settle({ id: "a" }, { signal: AbortSignal.abort() });
    expect(settled).toMatchObject({ code: "cancelled", effect: "not_started" });
    expect(starts.count).toBe(0);
    expect(await call.settle({ id: "a" })).toMatchObject({ outcome: "executed" });
  });
});

describe("a call that is running", () => {
  it("is in progress for others, who are told who has it; with onInProgress: wait they get its result", async () => {
    const ledger = ledgerPath();
    const server = await PublishServer.forThisTest();
    const order = { url: server.url, key: "a", effects: "once", manner: "holds" } as const;
    const running = publish(order, ledger);
    await server.holding("a");
    const other = await publishCall(order, ledger).settle("a carousel of three");
    expect(other).toMatchObject({ outcome: "in_progress", code: "in_progress", retryable: true });
    expect((other as CallError).message).toContain(`(process ${process.pid} on `);
    expect((other as CallError).retryAfterMs).toBeGreaterThan(0);
    const waiting = publish({ ...order, onInProgress: "wait" }, ledger);
    const impatient = await publish({ ...order, onInProgress: "wait", timeoutMs: 200 }, ledger);
    expect(impatient).toMatchObject({ outcome: "in_progress" });
    server.release("a");
    expect(await running).toMatchObject({ outcome: "executed", value: { id: "post-a" } });
    expect(await waiting).toMatchObject({ outcome: "replayed", value: { id: "post-a" } });
    expect(server.requests("a")).toBe(1);
  });

  it("that is waited for and fails cleanly leaves the key to the one that waits", async () => {
    const ledger = ledgerPath();
    const started = Promise.withResolvers<void>();
    const end = Promise.withResolvers<void>();
    const starts: string[] = [];
    const call = (who: string) =>
      defineCall({
        name: "turns",
        callee: task(async () => {
          starts.push(who);
          started.resolve();
          if (who === "second") return who;
          await end.promise;
          throw rejected("no");
        }),
        timeout: "30s",
        effects: "once",
        key: () => "a",
        onInProgress: "wait",
        ledger,
      }).settle(undefined);
    const first = call("first");
    await started.promise;
    const second = call("second");
    end.resolve();
    expect(await first).toMatchObject({ outcome: "failed", effect: "rejected" });
    expect(await second).toMatchObject({ outcome: "executed", value: "second" });
    expect(starts).toEqual(["first", "second"]);
  });
});

it("the ledger's file is for its owner alone", async () => {
  const folder = path.dirname(ledgerPath());
  const ledger = path.join(folder, "state", "hardcall", "ledger.db");
  const before = process.umask(0);
  try {
    await counting(ledger).call({ id: "a" });
  } finally {
    process.umask(before);
  }
  expect(mode(path.dirname(ledger))).toBe("700");
  expect([ledger, `${ledger}-wal`, `${ledger}-shm`].map(mode)).toEqual(["600", "600", "600"]);
});

const mode = (file: string) => (statSync(file).mode & 0o777).toString(8);
