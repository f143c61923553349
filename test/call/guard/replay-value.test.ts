import { readFileSync } from "node:fs";
import { describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";
import { CallError } from "../../../src/core/errors.ts";
import { claude, command, defineCall, task } from "../../../src/index.ts";
import type { StandardSchema } from "../../../src/core/standard-schema.ts";
import { openSqliteStore } from "../../../src/ledger/store/sqlite.ts";
import { fakeClaude } from "../../../src/testing/fake-agent.ts";
import { historyOf, ledgerPath } from "../../helpers/ledger.ts";

const LARGE = "x".repeat(1024 * 1024);

const CIRCLE: Record<string, unknown> = {};
CIRCLE["self"] = CIRCLE;

const unreadable = {
  get secret(): never {
    throw new RangeError("no");
  },
};

/** An array in an array in an array: `JSON.stringify` runs out of stack. */
const nested = (levels: number): unknown => {
  let value: unknown = [];
  for (let level = 0; level < levels; level++) value = [value];
  return value;
};

function publishing(
  ledger: string,
  value: unknown,
  extra: { replayWithoutValue?: boolean; output?: StandardSchema } = {},
) {
  const callee = task(() => value);
  return defineCall({
    name: "publish",
    callee,
    timeout: "60s",
    effects: "once",
    key: () => "a",
    ledger,
    ...extra,
  });
}

describe("a replay whose value was not kept", () => {
  it.each([
    ["too_large", LARGE],
    ["not_json", { at: new Date(0) }],
    ["not_json", CIRCLE],
    ["not_json", { views: 12n }],
    ["not_json", unreadable],
    ["not_json", nested(100_000)],
  ])("is output_not_kept (%s), says that it is done, and is no reason to try again", async (why, value) => {
    const ledger = ledgerPath();
    const call = publishing(ledger, value);
    const { callId } = await call(undefined);
    const again = await call.settle(undefined);
    expect(again).toBeInstanceOf(CallError);
    expect(again).toMatchObject({
      code: "output_not_kept",
      outcome: "failed",
      effect: "completed",
      retryable: false,
      replay: { callId, valueKept: why },
    });
    expect((again as CallError).message).toMatch(
      new RegExp(
        `^The call "publish" succeeded .* ago \\(call ${callId}\\), but the ledger did not keep its output \\(${why}\\)\\. The work is done\\. To continue without`,
      ),
    );
    await expect(call(undefined)).rejects.toMatchObject({ code: "output_not_kept" });
  });

  it("is so too after its retention; what an operator found never had one", async () => {
    const ledger = ledgerPath();
    const call = publishing(ledger, "post");
    await call(undefined);
    const store = await openSqliteStore({ path: ledger, clock: () => Date.now() + 1000 });
    await store.prune({ retentionMs: 1, tombstoneMs: 100_000 });
    expect(await call.settle(undefined)).toMatchObject({
      code: "output_not_kept",
      replay: { valueKept: "pruned" },
    });
    await store.resolve({ name: "publish", key: "a" }, { as: "absent", by: "ann", why: "gone", force: true });
    await store.resolve({ name: "publish", key: "a" }, { as: "done", by: "ann", why: "there", force: true });
    await store.close();
    expect(await call.settle(undefined)).toMatchObject({
      outcome: "recovered",
      value: undefined,
      replay: { valueKept: "none", settledBy: "operator" },
    });
  });

  it("is a success with replayWithoutValue, and with store: hash, which implies it", async () => {
    const ledger = ledgerPath();
    await publishing(ledger, LARGE)(undefined);
    const again = await publishing(ledger, LARGE, { replayWithoutValue: true })(undefined);
    expect(again).toMatchObject({
      outcome: "replayed",
      value: undefined,
      replay: { valueKept: "too_large" },
    });
    const options = {
      name: "hashed",
      callee: task(() => "v"),
      timeout: "60s",
      effects: "once",
      key: () => "a",
      ledger,
    } as const;
    const hashed = defineCall({ ...options, store: "hash" });
    await hashed(undefined);
    expect(await hashed(undefined)).toMatchObject({ outcome: "replayed", value: undefined });
    const strict = defineCall({ ...options, store: "hash", replayWithoutValue: false });
    expect(await strict.settle(undefined)).toMatchObject({ code: "output_not_kept" });
  });

  it("has its value in the types, unless it may come without", () => {
    const options = {
      name: "typed",
      callee: task(() => "v"),
      timeout: "60s",
      effects: "once",
      key: () => "a",
    } as const;
    type ReplayedValue<C extends (input: never) => Promise<unknown>> =
      Extract<Awaited<ReturnType<C>>, { readonly outcome: "replayed" }> extends { readonly value: infer V }
        ? V
        : never;
    const strict = defineCall(options);
    const loose = defineCall({ ...options, replayWithoutValue: true });
    const hashed = defineCall({ ...options, store: "hash" });
    expectTypeOf<ReplayedValue<typeof strict>>().toEqualTypeOf<string>();
    expectTypeOf<ReplayedValue<typeof loose>>().toEqualTypeOf<string | undefined>();
    expectTypeOf<ReplayedValue<typeof hashed>>().toEqualTypeOf<string | undefined>();
  });
});

describe("a replay and the schema", () => {
  const json = { id: 7, at: "2026-01-01" };
  const call = (ledger: string, output: StandardSchema) =>
    defineCall({
      name: "json",
      callee: command("printf", ["%s", JSON.stringify(json)]),
      timeout: "60s",
      effects: "once",
      key: () => "a",
      ledger,
      output,
    });

  it("is validated as of now: what does not fit any more is invalid_output, done, and told so", async () => {
    const ledger = ledgerPath();
    await call(ledger, z.object({ id: z.number() }))();
    const settled = await call(ledger, z.object({ id: z.string() })).settle();
    expect(settled).toMatchObject({
      code: "invalid_output",
      outcome: "failed",
      effect: "completed",
      retryable: false,
      replay: { valueKept: "value" },
      issues: [{ path: ["id"] }],
    });
    expect((settled as CallError).message).toContain(
      "The work is done and is not repeated under this key. Change the schema",
    );
    // What was kept is kept as it came, so a schema that asks for more than the first finds it.
    expect(await call(ledger, z.object({ id: z.number(), at: z.string() }))()).toMatchObject({ value: json });
  });

  it("gives what a schema makes of it, each time anew", async () => {
    const ledger = ledgerPath();
    const dated = z.object({ at: z.string().transform((text) => new Date(text)) });
    const first = await call(ledger, dated)();
    const again = await call(ledger, dated)();
    expect(again).toMatchObject({ outcome: "replayed", value: first.value });
    expect((again.value as { at: Date }).at).toBeInstanceOf(Date);
  });
});

describe("claude's answer in the ledger", () => {
  const PROSE = "The CANARY sings.";

  const askTwice = async (store: "value" | "hash", text: string, output?: StandardSchema) => {
    await using fake = await fakeClaude({ mode: "ok", env: { FAKE_CLAUDE_TEXT: text } });
    const ledger = ledgerPath();
    const call = defineCall({
      name: "ask",
      callee: claude({ claudePath: fake.path, env: fake.env }),
      timeout: "60s",
      effects: "none",
      key: () => "a",
      ledger,
      store,
      ...(output && { output }),
    });
    const first = await call("?");
    const again = await call("?");
    expect([first.outcome, again.outcome]).toEqual(["executed", "replayed"]);
    const kept = JSON.stringify(await historyOf(ledger, "a"));
    return { first, again, times: kept.split("CANARY").length - 1, bytes: readFileSync(ledger, "latin1") };
  };

  it("is kept once by default, and a replay has its text all the same", async () => {
    const { first, again, times } = await askTwice("value", PROSE);
    expect(first).toMatchObject({ value: PROSE, text: PROSE });
    expect(again).toMatchObject({ value: PROSE, text: PROSE, sessionId: first.sessionId });
    expect(times).toBe(1);
  });

  it("is kept once with a schema too", async () => {
    const output = z.object({ title: z.literal("CANARY") });
    const { first, again, times } = await askTwice("value", '{ "title": "CANARY" }', output);
    expect(first.value).toEqual({ title: "CANARY" });
    expect(again.value).toEqual({ title: "CANARY" });
    expect(times).toBe(1);
  });

  it("is nowhere with store: hash", async () => {
    const { first, again, times, bytes } = await askTwice("hash", PROSE);
    expect(first).toMatchObject({ value: PROSE, text: PROSE });
    expect(again).toMatchObject({ value: undefined, sessionId: first.sessionId });
    expect(again).not.toHaveProperty("text");
    expect(times).toBe(0);
    expect(bytes).not.toContain("CANARY");
  });
});
