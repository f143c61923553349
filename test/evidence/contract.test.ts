import { writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { CallError, defineCall, eventually, fileWritten, openLedger, task } from "../../src/index.ts";
import type { Evidence } from "../../src/index.ts";
import { tempFolder as folder } from "../helpers/files.ts";

const callWith = (evidence: readonly Evidence<string>[], signal?: AbortSignal) => {
  const call = defineCall({
    name: "publish-post",
    callee: task<void, string>(async () => "done"),
    timeout: "20s",
    effects: "none",
    evidence,
  });
  return call.settle(undefined, { signal });
};

const block = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

async function findPost() {
  return { found: { id: "17", live: true, post: { body: "canary-11" } } };
}

describe("evidence in a contract", () => {
  it("keeps the texts, numbers and booleans that a function says it found", async () => {
    const settled = await callWith([findPost, (value) => value === "done"]);
    expect(settled).toMatchObject({
      outcome: "executed",
      evidence: [
        { kind: "function", name: "findPost", facts: { id: "17", live: true } },
        { kind: "function" },
      ],
    });
    expect(JSON.stringify(settled)).not.toContain("canary-11");
  });

  it("says which piece is missing and what was found before it", async () => {
    const error = (await callWith([
      () => true,
      () => ({ missing: "the queue is empty" }),
      () => true,
    ])) as CallError;
    expect(error.message).toContain("reported success, but evidence 2 of 3 is missing: the queue is empty.");
    expect(error.attempts[0]?.evidence).toEqual([{ kind: "function" }]);
  });

  it.each([undefined, null, false, 0, "", Number.NaN])("takes %s for missing", async (answer) => {
    expect(await callWith([() => answer])).toMatchObject({ code: "evidence_missing" });
  });

  it.each([
    ["a blank text", " \n"],
    ["an empty list", []],
    ["a list of an empty list, as of rows beside no metadata", [[], null]],
    ["a result without rows", { rows: [], rowCount: 0 }],
    ["an object without fields", {}],
    ["no bytes", new Uint8Array()],
    ["an empty map", new Map()],
    ["a response that is not ok", new Response("gone", { status: 404 })],
  ])("takes %s for missing", async (_what, answer) => {
    expect(await callWith([() => answer])).toMatchObject({ code: "evidence_missing" });
  });

  it.each([
    ["a row", [{ id: 1 }]],
    ["a result with rows", { rows: [{ id: 1 }] }],
    ["a date", new Date(0)],
    ["an instance without fields of its own", new URL("https://example.org")],
    ["a response that is ok", new Response("here")],
  ])("takes %s for found", async (_what, answer) => {
    expect(await callWith([() => answer])).toMatchObject({ outcome: "executed" });
  });

  it("takes an artifact with a field called missing for an artifact", async () => {
    expect(await callWith([() => ({ id: 1, missing: "nothing" })])).toMatchObject({ outcome: "executed" });
  });

  it("ends at once when the call is cancelled while it waits", async () => {
    const controller = new AbortController();
    const looked = Promise.withResolvers<void>();
    const settling = callWith(
      [
        eventually(
          () => {
            looked.resolve();
            return false;
          },
          { within: "15s" },
        ),
      ],
      controller.signal,
    );
    await looked.promise;
    controller.abort();
    const error = (await settling) as CallError;
    expect(error).toMatchObject({ code: "cancelled", effect: "completed" });
    expect(error.message).toContain("was cancelled while its evidence was looked for");
    expect(error.durationMs).toBeLessThan(10_000);
  });

  it("gives a function that hangs no longer than the call has, and at least a second", async () => {
    const call = defineCall({
      name: "publish-post",
      callee: task<void, string>(async () => "done"),
      timeout: "300ms",
      effects: "none",
      evidence: [() => new Promise(() => undefined)],
    });
    const error = (await call.settle()) as CallError;
    expect(error.message).toContain("looking for the evidence took longer than 1 s");
    expect(error).toMatchObject({ code: "evidence_missing", effect: "completed" });
  });

  it("looks once more, with time to find something, after a pause from which it woke too late", async () => {
    let looks = 0;
    const appears = async () => {
      looks += 1;
      await sleep(20);
      // The host is blocked in the pause, for longer than the artifact may take.
      if (looks === 1) setImmediate(() => block(400));
      return looks > 1;
    };
    expect(await callWith([eventually(appears, { within: 300 })])).toMatchObject({ outcome: "executed" });
    expect(looks).toBe(2);
  });

  it("is in the ledger, and so in a replay", async () => {
    const made = folder();
    const file = path.join(made, "post.md");
    const ledger = await openLedger(path.join(made, "ledger.db"));
    const publish = defineCall({
      name: "publish-post",
      callee: task(async (slot: string) => {
        writeFileSync(file, slot);
        return slot;
      }),
      timeout: "20s",
      effects: "keyed",
      key: (slot) => ["posts", slot],
      ledger,
      evidence: [fileWritten(file)],
    });
    const first = await publish("monday");
    const again = await publish("monday");
    expect(again.outcome).toBe("replayed");
    expect(again.evidence).toEqual(first.evidence);
    const [history] = await ledger.show({ callIdOrKey: "posts/monday" });
    expect(JSON.parse(history?.record.details ?? "{}")).toEqual({ evidence: first.evidence });
    await ledger.close();
  });

  it("leaves a call that must not happen twice in doubt when it is missing", async () => {
    const made = folder();
    const ledger = await openLedger(path.join(made, "ledger.db"));
    let runs = 0;
    const publish = defineCall({
      name: "publish-post",
      callee: task(async (_slot: string) => {
        runs += 1;
        return "published";
      }),
      timeout: "20s",
      effects: "once",
      key: (slot) => ["posts", slot],
      ledger,
      evidence: [
        async () => {
          throw Object.assign(new Error("no route"), { code: "ECONNREFUSED" });
        },
      ],
    });
    expect(await publish.settle("monday")).toMatchObject({ code: "evidence_missing", effect: "completed" });
    expect(await publish.settle("monday")).toMatchObject({ outcome: "in_doubt" });
    expect(runs).toBe(1);
    await ledger.close();
  });
});
