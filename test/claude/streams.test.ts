import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { declaredFailure } from "../../src/callees/claude/classify.ts";
import type { ResultEvent } from "../../src/callees/claude/events.ts";
import { LineReader } from "../../src/callees/claude/lines.ts";
import { Transcript } from "../../src/callees/claude/transcript.ts";
import { CallError } from "../../src/index.ts";
import { observed } from "../fake-bin/reference.ts";
import { ask } from "./ask.ts";

const GOOD = Buffer.from(observed("ok/stream-json").stdout.replaceAll("Hello", "Größe, 日本語"));
/** From here on the result is whole; its newline may be missing. */
const WHOLE = GOOD.lastIndexOf("}") + 1;
const MAX_BYTES = 1024 * 1024;

function read(bytes: Buffer, cuts: readonly number[] = []): Transcript {
  const transcript = new Transcript();
  const lines = new LineReader(MAX_BYTES, (line) => transcript.take(line));
  let from = 0;
  for (const to of [...cuts, bytes.length].toSorted((a, b) => a - b)) {
    lines.push(bytes.subarray(from, to));
    from = to;
  }
  lines.end();
  return transcript;
}

/** A fake that prints these bytes and exits. */
const printing = (bytes: Uint8Array, exitCode: number) => ({
  scenario: {
    replies: [{ chunks: [{ stdoutBase64: Buffer.from(bytes).toString("base64") }], exitCode }],
  },
});

describe("reading a stream", () => {
  it("a good one is the same in whatever chunks it comes", () => {
    const whole = read(GOOD);
    expect(whole.result?.result).toContain("Größe, 日本語");
    fc.assert(
      fc.property(fc.array(fc.nat(GOOD.length), { maxLength: 40 }), (cuts) => {
        expect(read(GOOD, cuts)).toEqual(whole);
      }),
    );
  });

  it("one that is cut off anywhere has no result", () => {
    fc.assert(
      fc.property(fc.nat(WHOLE - 1), (length) => {
        expect(read(GOOD.subarray(0, length)).result).toBeUndefined();
      }),
      { numRuns: 400 },
    );
  });

  it("no bytes make it throw, and none that are not a result are taken for one", () => {
    const junk = fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
      fc.string({ unit: "binary" }).map((text) => Buffer.from(text)),
      fc.json().map((text) => Buffer.from(`${text}\n`)),
      fc
        .constantFrom("{", "[", '{"type":', "[]", "null", "{}\r\n", '{"type":"system"}\n')
        .map((text) => Buffer.from(text)),
    );
    fc.assert(
      fc.property(fc.array(junk, { maxLength: 12 }), (parts) => {
        const bytes = Buffer.concat(parts);
        fc.pre(!bytes.includes('"result"'));
        expect(read(bytes).result).toBeUndefined();
      }),
    );
  });

  it("a good one is read whatever lines stand before it", () => {
    const noise = fc.string({ unit: "binary", maxLength: 80 }).filter((line) => !/[[{]/.test(line));
    fc.assert(
      fc.property(fc.array(noise, { maxLength: 8 }), (lines) => {
        const bytes = Buffer.concat([Buffer.from(lines.map((line) => `${line}\n`).join("")), GOOD]);
        expect(read(bytes).result).toEqual(read(GOOD).result);
      }),
    );
  });
});

describe("a result", () => {
  const odd = fc.oneof(fc.constant(undefined), fc.jsonValue({ maxDepth: 1 }));
  const results = fc.record({
    type: fc.constant("result"),
    subtype: fc.oneof(
      fc.constantFrom("success", "error_max_turns", "error_during_execution", "from_the_future"),
      odd,
    ),
    is_error: fc.oneof(fc.boolean(), odd),
    stop_reason: fc.oneof(fc.constantFrom("end_turn", "refusal", "max_tokens", null), odd),
    result: odd,
    errors: odd,
    api_error_status: fc.oneof(fc.integer(), odd),
    api_error: odd,
    api_error_type: odd,
    terminal_reason: odd,
    permission_denials: odd,
  });

  it("is a success only if every sign says so, and is never too odd to be judged", () => {
    fc.assert(
      fc.property(results, (result) => {
        const failure = declaredFailure(result as unknown as ResultEvent, new Transcript(), Date.now());
        const signs =
          result.subtype === "success" &&
          result.is_error !== true &&
          result.stop_reason !== "refusal" &&
          result.stop_reason !== "max_tokens";
        expect(failure === undefined).toBe(signs);
      }),
      { numRuns: 500 },
    );
  });
});

describe("a whole call", () => {
  it("of a stream that is cut off is never a success, whatever the exit code", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(WHOLE - 1), fc.constantFrom(0, 0, 0, 1), async (length, exitCode) => {
        const { settled } = await ask({ fake: printing(GOOD.subarray(0, length), exitCode) });
        expect(settled).toBeInstanceOf(CallError);
      }),
      { numRuns: 12 },
    );
  });

  it.each([
    ["empty_output", {}],
    ["empty_output", { result: 42 }],
    ["empty_output", { result: { text: "x" } }],
    ["empty_output", { result: ["x"], total_cost_usd: "free" }],
    ["permission_denied", { result: "x", permission_denials: "none" }],
    ["job_failed", { is_error: true, result: 42, errors: "no" }],
    ["job_failed", { subtype: "from_the_future", result: "x" }],
  ])("ends in %s for an odd result: %j", async (code, fields) => {
    const event = { type: "result", subtype: "success", ...fields };
    const { settled } = await ask({ fake: printing(Buffer.from(`${JSON.stringify(event)}\n`), 0) });
    expect(settled).toMatchObject({ code });
  });
});
