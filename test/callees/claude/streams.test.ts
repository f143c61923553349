import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { declaredFailure } from "../../../src/callees/claude/classify.ts";
import { eventsOf } from "../../../src/callees/agent/events.ts";
import { LineReader } from "../../../src/callees/agent/lines.ts";
import { readResult } from "../../../src/callees/claude/result-event.ts";
import { ClaudeTranscript } from "../../../src/callees/claude/transcript.ts";
import { CallError } from "../../../src/index.ts";
import { ERROR_CODES } from "../../../src/core/vocabulary.ts";
import { observed, reference } from "../../fake-bin/reference.ts";
import { ask } from "./ask.ts";

/** What the genuine claude printed in stream-json. */
const RUNS = reference
  .filter(({ args }) => args.includes("stream-json"))
  .map(({ stdout }) => Buffer.from(stdout));
const GOOD = Buffer.from(observed("ok/stream-json").stdout.replaceAll("Hello", "Größe, 日本語"));

/** Where the last event is whole; its newline may be missing. */
const wholeAt = (bytes: Buffer) => bytes.lastIndexOf("}") + 1;

const cuts = fc.array(fc.nat(20_000), { maxLength: 60 });

/** The bytes cut at these places. */
function cutAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const ends = [...places.map((place) => place % (bytes.length + 1)), bytes.length].toSorted((a, b) => a - b);
  return ends.map((to, index) => bytes.subarray(ends[index - 1] ?? 0, to));
}

function linesIn(chunks: readonly Buffer[], maxBytes = 1 << 24) {
  const lines: string[] = [];
  const reader = new LineReader(maxBytes, (line) => lines.push(line));
  for (const chunk of chunks) reader.push(chunk);
  reader.end();
  return { lines, dropped: reader.dropped };
}

function read(...chunks: readonly Buffer[]): ClaudeTranscript {
  const transcript = new ClaudeTranscript();
  for (const line of linesIn(chunks).lines) transcript.take(line);
  return transcript;
}

/** A fake that prints these bytes and exits. */
const printing = (bytes: Uint8Array, exitCode: number) => ({
  scenario: {
    replies: [{ chunks: [{ stdoutBase64: Buffer.from(bytes).toString("base64") }], exitCode }],
  },
});

describe("lines", () => {
  it("are the same however the bytes come", () => {
    const parts = fc.array(fc.oneof(fc.string({ unit: "grapheme" }), fc.constantFrom("\n", "\r\n", "ä€🎉")));
    fc.assert(
      fc.property(parts, cuts, (texts, places) => {
        const bytes = Buffer.from(texts.join(""));
        const expected = bytes
          .toString()
          .split("\n")
          .map((line) => line.trim())
          .filter((line) => line !== "");
        expect(linesIn(cutAt(bytes, places)).lines).toEqual(expected);
      }),
    );
  });

  it("that are too long are dropped, and the next one is read", () => {
    const long = "x".repeat(100);
    fc.assert(
      fc.property(cuts, (places) => {
        const bytes = Buffer.from(`one\n${long}\ntwo`);
        expect(linesIn(cutAt(bytes, places), 99)).toEqual({ lines: ["one", "two"], dropped: 1 });
        expect(linesIn(cutAt(bytes, places), 100)).toEqual({ lines: ["one", long, "two"], dropped: 0 });
      }),
    );
  });

  it("of 10 MB in chunks of 4 KB are read; joining the parts at every chunk would copy 12 GB", () => {
    const bytes = Buffer.from(`{"type":"result","result":"${"x".repeat(10_000_000)}"}`);
    const places = Array.from({ length: Math.floor(bytes.length / 4096) }, (_, index) => index * 4096);
    expect(read(...cutAt(bytes, places)).result?.text).toHaveLength(10_000_000);
  });
});

describe("a stream", () => {
  it("does not depend on how the stream is cut into chunks", () => {
    expect(read(GOOD).result?.text).toContain("Größe, 日本語");
    fc.assert(
      fc.property(fc.constantFrom(GOOD, ...RUNS), cuts, (bytes, places) => {
        expect(read(...cutAt(bytes, places))).toEqual(read(bytes));
      }),
      { numRuns: 200 },
    );
  });

  it("that stops anywhere before the end of its result has none", () => {
    const whole = [GOOD, ...RUNS].filter((bytes) => read(bytes).result !== undefined);
    expect(whole.length).toBeGreaterThan(15);
    fc.assert(
      fc.property(fc.constantFrom(...whole), fc.nat(20_000), (bytes, place) => {
        expect(read(bytes.subarray(0, place % wholeAt(bytes))).result).toBeUndefined();
      }),
      { numRuns: 800 },
    );
  });

  it("of junk never throws, and nothing in it is taken for a result", () => {
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

  it("lets noise pass, before, between and after its events", () => {
    const odd = fc.constantFrom("null", "42", '"text"', "{}", "[]", "{not json}", '{"type":5}', "[1,2]");
    const noise = fc.oneof(
      odd,
      fc.string({ unit: "binary", maxLength: 80 }).filter((line) => !/[[{\n]/.test(line)),
    );
    const expected = read(GOOD);
    fc.assert(
      fc.property(fc.array(noise, { maxLength: 20 }), fc.nat(), (lines, seed) => {
        const mixed = GOOD.toString().split("\n");
        for (const [index, line] of lines.entries()) mixed.splice((seed + index * 7) % mixed.length, 0, line);
        const { result, events, cutOff } = read(Buffer.from(mixed.join("\n")));
        expect({ result, events, cutOff }).toEqual({
          result: expected.result,
          events: expected.events,
          cutOff: false,
        });
      }),
    );
  });

  it("may have lists of events in its lines", () => {
    const events = GOOD.toString().trim().split("\n");
    const list = `[${events.join(",")}]`;
    expect(eventsOf(list)).toEqual(events.flatMap((line) => eventsOf(line)));
    expect(read(Buffer.from(list)).result).toEqual(read(GOOD).result);
  });
});

describe("an event", () => {
  const odd = fc.oneof(
    fc.constant(undefined),
    fc.jsonValue({ maxDepth: 2 }),
    // Names that every object has.
    fc.constantFrom("constructor", "toString", "__proto__"),
    fc.constantFrom({ toString: null, valueOf: null }, [{ toString: null }]),
  );
  const results = fc.record({
    type: fc.constant("result"),
    subtype: fc.oneof(
      fc.constantFrom("success", "error_max_turns", "error_during_execution", "from_the_future"),
      odd,
    ),
    is_error: fc.oneof(fc.boolean(), odd),
    stop_reason: fc.oneof(fc.constantFrom("end_turn", "refusal", "max_tokens", null), odd),
    result: odd,
    errors: fc.oneof(odd, fc.array(odd, { maxLength: 2 })),
    api_error_status: fc.oneof(fc.integer(), odd),
    api_error: odd,
    api_error_type: odd,
    terminal_reason: odd,
    permission_denials: odd,
    session_id: odd,
    usage: odd,
    modelUsage: odd,
    result_index: odd,
  });
  const others = fc.record({
    type: fc.constantFrom("system", "assistant", "rate_limit_event", "user", "stream_event"),
    subtype: fc.oneof(fc.constant("init"), odd),
    model: odd,
    session_id: odd,
    error: odd,
    message: fc.oneof(odd, fc.record({ content: fc.oneof(odd, fc.array(odd, { maxLength: 3 })) })),
    rate_limit_info: fc.oneof(odd, fc.record({ status: fc.constant("rejected"), resetsAt: odd })),
  });
  const lineOf = (event: unknown) => Buffer.from(`${JSON.stringify(event)}\n`);

  it("of a result is a success only if every sign says so, and is never too odd to be judged", () => {
    fc.assert(
      fc.property(fc.array(others, { maxLength: 3 }), results, (before, result) => {
        const transcript = read(...before.map(lineOf), lineOf(result));
        const failure = declaredFailure(transcript.result!, transcript, Date.now());
        const signs =
          result.subtype === "success" &&
          result.is_error === false &&
          result.stop_reason !== "refusal" &&
          result.stop_reason !== "max_tokens";
        expect(failure === undefined).toBe(signs);
        if (failure !== undefined) expect(ERROR_CODES).toContain(failure.code);
      }),
      { numRuns: 1000 },
    );
  });

  it("has fields of the kinds that they are said to have", () => {
    fc.assert(
      fc.property(results, ({ type, ...fields }) => {
        const { subtype, text, sessionId, usage, model, permissionDenials, index } = readResult({
          type,
          ...(JSON.parse(JSON.stringify(fields)) as object),
        });
        for (const field of [subtype, text, sessionId, model])
          expect(["string", "undefined"]).toContain(typeof field);
        expect(["object", "undefined"]).toContain(typeof usage);
        expect(["number", "undefined"]).toContain(typeof index);
        for (const denial of permissionDenials) expect(typeof denial).toBe("object");
      }),
    );
  });
});

describe("a whole call", () => {
  it("of a stream that is cut off is never a success, with any exit code", async () => {
    const place = fc.nat(wholeAt(GOOD) - 1);
    await fc.assert(
      fc.asyncProperty(place, fc.constantFrom(0, 0, 0, 1), async (length, exitCode) => {
        const { settled } = await ask({ fake: printing(GOOD.subarray(0, length), exitCode) });
        expect(settled).toBeInstanceOf(CallError);
      }),
      { numRuns: 12 },
    );
    const { settled } = await ask({ fake: printing(GOOD.subarray(0, wholeAt(GOOD)), 0) });
    expect(settled).toMatchObject({ outcome: "executed" });
  });

  it("of a good result with a bad exit code is no success", async () => {
    const { settled } = await ask({ fake: printing(GOOD, 1) });
    expect(settled).toMatchObject({ code: "exit_nonzero", exitCode: 1 });
  });

  it.each([
    ["empty_output", {}],
    ["empty_output", { result: 42 }],
    ["empty_output", { result: { text: "x" } }],
    ["empty_output", { result: ["x"], total_cost_usd: "free" }],
    ["permission_denied", { result: "x", permission_denials: "none" }],
    ["job_failed", { is_error: true, result: 42, errors: "no" }],
    ["job_failed", { is_error: "yes", result: "x" }],
    ["job_failed", { is_error: undefined, result: "x" }],
    ["job_failed", { subtype: "from_the_future", result: "x" }],
    ["job_failed", { subtype: "constructor", terminal_reason: { toString: null } }],
  ])("ends in %s for an odd result: %j", async (code, fields) => {
    const event = { type: "result", subtype: "success", is_error: false, ...fields };
    const { settled } = await ask({ fake: printing(Buffer.from(`${JSON.stringify(event)}\n`), 0) });
    expect(settled).toMatchObject({ code });
  });
});
