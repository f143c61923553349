import { describe, expect, it } from "vitest";
import * as z from "zod";
import { observed, reference } from "../../fake-bin/reference.ts";
import { ask, decisionOf } from "./ask.ts";

const HELLO = { value: "Hello from mock" };
const again = (code: string, effect: string) => ({ code, effect, retryable: true });
const inVain = (code: string, effect: string) => ({ code, effect, retryable: false });

/** What each observed run of the published CLI in stream-json must be taken for. */
const EXPECTED: Readonly<Record<string, ReturnType<typeof decisionOf>>> = {
  "ok/stream-json": HELLO,
  "partial-messages": HELLO,
  // A 529, then an answer: the CLI retried by itself.
  "recovered/stream-json": HELLO,
  // Cut in the middle of the text; the CLI asked again by itself.
  "midreset/stream-json": HELLO,
  "tool/stream-json": HELLO,
  "json-schema-honoured/stream-json": { value: { a: "b" } },
  "empty/stream-json": again("empty_output", "completed"),
  "ws/stream-json": again("empty_output", "completed"),
  "429/stream-json": again("rate_limited", "rejected"),
  "529/stream-json": again("overloaded", "rejected"),
  "500/stream-json": again("unavailable", "rejected"),
  "400/stream-json": inVain("invalid_request", "rejected"),
  "credit/stream-json": inVain("billing", "rejected"),
  "401/stream-json": inVain("auth", "rejected"),
  "403/stream-json": inVain("auth", "rejected"),
  "404/stream-json": inVain("invalid_request", "rejected"),
  "reset/stream-json": again("unavailable", "rejected"),
  "maxtok/stream-json": again("truncated_output", "completed"),
  "refusal/stream-json": inVain("refused", "rejected"),
  "not-logged-in/stream-json": inVain("auth", "rejected"),
  "max-turns/stream-json": inVain("turn_limit", "unknown"),
  "max-budget/stream-json": inVain("budget_limit", "rejected"),
  "hang-SIGTERM/stream-json": again("killed", "unknown"),
  // SIGINT from outside: exit code 0 and no result.
  "hang-SIGINT/stream-json": again("no_result", "completed"),
  "stream-json-without-verbose": inVain("invalid_request", "rejected"),
};

describe("every observed run in stream-json has its code", () => {
  it("is in the table", () => {
    const names = reference.filter(({ args }) => args.includes("stream-json")).map(({ name }) => name);
    expect(Object.keys(EXPECTED).toSorted()).toEqual(names.toSorted());
  });

  it.each(Object.entries(EXPECTED))("%s", async (name, expected) => {
    const { stdout, stderr, exitCode } = observed(name);
    const output = name.startsWith("json-schema") ? z.object({ a: z.string() }) : undefined;
    const scenario = { replies: [{ chunks: [{ stdout, stderr }], exitCode }] };
    expect(decisionOf(await ask({ fake: { scenario }, output }))).toEqual(expected);
  });
});
