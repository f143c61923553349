import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { eventsOf } from "../../src/callees/claude/events.ts";
import { LineReader } from "../../src/callees/claude/lines.ts";
import { Transcript } from "../../src/callees/claude/transcript.ts";
import { claude, defineCall } from "../../src/index.ts";
import { fixture } from "../helpers/files.ts";

interface Run {
  readonly name: string;
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What claude 2.1.329 printed under known conditions. */
const RUNS = JSON.parse(readFileSync(fixture("claude-streams.json"), "utf8")) as readonly Run[];
const runNamed = (name: string) => RUNS.find((run) => run.name === name)!;

function linesIn(chunks: readonly Buffer[], maxBytes = 1 << 24) {
  const lines: string[] = [];
  const reader = new LineReader(maxBytes, (line) => lines.push(line));
  for (const chunk of chunks) reader.push(chunk);
  reader.end();
  return { lines, dropped: reader.dropped };
}

function read(chunks: readonly Buffer[]): Transcript {
  const transcript = new Transcript();
  for (const line of linesIn(chunks).lines) transcript.take(line);
  return transcript;
}

/** The bytes cut at these places. */
function cutAt(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].toSorted((a, b) => a - b);
  return places.slice(1).map((to, index) => bytes.subarray(places[index], to));
}
const cuts = fc.array(fc.nat(20_000), { maxLength: 60 });

describe("lines", () => {
  test("are the same however the bytes come", () => {
    const text = fc.array(fc.oneof(fc.string({ unit: "grapheme" }), fc.constantFrom("\n", "\r\n", "ä€🎉")));
    fc.assert(
      fc.property(text, cuts, (parts, places) => {
        const bytes = Buffer.from(parts.join(""));
        const expected = bytes
          .toString()
          .split("\n")
          .map((line) => line.trim())
          .filter((line) => line !== "");
        expect(linesIn(cutAt(bytes, places)).lines).toEqual(expected);
      }),
    );
  });

  test("that are too long are dropped, and the next one is read", () => {
    const long = "x".repeat(100);
    fc.assert(
      fc.property(cuts, (places) => {
        const bytes = Buffer.from(`one\n${long}\ntwo`);
        expect(linesIn(cutAt(bytes, places), 99)).toEqual({ lines: ["one", "two"], dropped: 1 });
        expect(linesIn(cutAt(bytes, places), 100)).toEqual({ lines: ["one", long, "two"], dropped: 0 });
      }),
    );
  });

  test("of 10 MB are read in time that grows with their size", () => {
    const line = `{"type":"result","result":"${"x".repeat(10_000_000)}"}`;
    const bytes = Buffer.from(line);
    const chunks = Array.from({ length: Math.ceil(bytes.length / 4096) }, (_, at) =>
      bytes.subarray(at * 4096, (at + 1) * 4096),
    );
    const startedAt = performance.now();
    expect(read(chunks).result?.result).toHaveLength(10_000_000);
    // Joining the parts at every chunk would copy 12 GB.
    expect(performance.now() - startedAt).toBeLessThan(5000);
  });
});

describe("a transcript", () => {
  test("is the same however the bytes come", () => {
    fc.assert(
      fc.property(fc.constantFrom(...RUNS), cuts, ({ stdout }, places) => {
        const bytes = Buffer.from(stdout);
        expect(read(cutAt(bytes, places))).toEqual(read([bytes]));
      }),
      { numRuns: 200 },
    );
  });

  test("that stops anywhere before the end of its result has none", () => {
    const whole = RUNS.filter(({ stdout }) => read([Buffer.from(stdout)]).result !== undefined);
    expect(whole.length).toBeGreaterThan(15);
    fc.assert(
      fc.property(
        fc.constantFrom(...whole),
        fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
        ({ stdout }, share) => {
          const bytes = Buffer.from(stdout);
          const resultEnds = bytes.lastIndexOf("}");
          const cut = read([bytes.subarray(0, Math.floor(resultEnds * share))]);
          expect(cut.result).toBeUndefined();
        },
      ),
      { numRuns: 500 },
    );
  });

  test("lets noise pass, before, between and after", () => {
    const { stdout } = runNamed("ok/stream-json");
    const noise = fc.constantFrom(
      "warning: something",
      "",
      "null",
      "42",
      '"text"',
      "{}",
      "[]",
      "{not json}",
      '{"type":5}',
      "[1,2]",
    );
    fc.assert(
      fc.property(fc.array(noise, { maxLength: 20 }), fc.nat(), (lines, seed) => {
        const mixed = stdout.split("\n");
        for (const [index, line] of lines.entries()) mixed.splice((seed + index * 7) % mixed.length, 0, line);
        const { result, events, cutOff } = read([Buffer.from(mixed.join("\n"))]);
        const { events: expected } = read([Buffer.from(stdout)]);
        expect(result).toMatchObject({ subtype: "success", is_error: false });
        expect(events).toBe(expected);
        expect(cutOff).toBe(false);
      }),
    );
  });

  test("reads lists of events as what they hold", () => {
    const events = runNamed("ok/stream-json").stdout.trim().split("\n");
    expect(eventsOf(`[${events.join(",")}]`)).toEqual(events.flatMap((line) => eventsOf(line)));
    expect(read([Buffer.from(`[${events.join(",")}]`)]).result?.subtype).toBe("success");
  });
});

/** What each run of the genuine claude is called. */
const ENDS: Readonly<Record<string, readonly [code: string, effect?: string]>> = {
  "ok/stream-json": ["executed"],
  "empty/stream-json": ["empty_output", "completed"],
  "ws/stream-json": ["empty_output", "completed"],
  "429/stream-json": ["rate_limited", "rejected"],
  "529/stream-json": ["overloaded", "rejected"],
  "500/stream-json": ["unavailable", "rejected"],
  "400/stream-json": ["invalid_request", "rejected"],
  "credit/stream-json": ["billing", "rejected"],
  "401/stream-json": ["auth", "rejected"],
  "403/stream-json": ["auth", "rejected"],
  "404/stream-json": ["invalid_request", "rejected"],
  "reset/stream-json": ["unavailable", "rejected"],
  "maxtok/stream-json": ["truncated_output", "completed"],
  "refusal/stream-json": ["refused", "rejected"],
  "midreset/stream-json": ["executed"],
  "not-logged-in/stream-json": ["auth", "rejected"],
  "tool/stream-json": ["executed"],
  "max-turns/stream-json": ["turn_limit", "unknown"],
  "max-budget/stream-json": ["budget_limit", "rejected"],
  "json-schema-honoured/stream-json": ["executed"],
  "hang-SIGTERM/stream-json": ["killed", "unknown"],
  "hang-SIGINT/stream-json": ["no_result", "completed"],
  "partial-messages": ["executed"],
  "stream-json-without-verbose": ["invalid_request", "rejected"],
};

const replay = (name: string, env: Readonly<Record<string, string>> = {}) =>
  defineCall({
    name: "draft",
    callee: claude({ claudePath: fixture("replays-a-claude.mjs"), env: { RUN: name, ...env } }),
    timeout: "30s",
    effects: "none",
  }).settle("Write");

describe("what the genuine claude printed is called", () => {
  test("every run has its name here", () => {
    expect(Object.keys(ENDS).toSorted()).toEqual(RUNS.map(({ name }) => name).toSorted());
  });
  for (const [name, [code, effect]] of Object.entries(ENDS)) {
    test(`${name}: ${code}`, async () => {
      const end = await replay(name);
      expect("code" in end ? [end.code, end.effect] : [end.outcome, undefined]).toEqual([code, effect]);
    });
  }
});

test("a run that was cut off anywhere is no success, though it exits 0", async () => {
  const size = Buffer.byteLength(runNamed("ok/stream-json").stdout.trimEnd());
  for (const share of [0, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99]) {
    const end = await replay("ok/stream-json", { CUT: String(Math.floor(size * share)), EXIT: "0" });
    expect(["empty_output", "truncated_output", "no_result"]).toContain(
      "code" in end ? end.code : end.outcome,
    );
  }
  expect(await replay("ok/stream-json", { CUT: String(size) })).toMatchObject({ outcome: "executed" });
});

test("a good result with a bad exit code is no success", async () => {
  expect(await replay("ok/stream-json", { EXIT: "1" })).toMatchObject({ code: "exit_nonzero", exitCode: 1 });
});
