import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import { CallError } from "../../../src/index.ts";
import type { FakeClaudeOptions } from "../../../src/testing/index.ts";
import { ask } from "./ask.ts";

const { modeNames } = createRequire(import.meta.url)("../../../fake-bin/lib/claude/modes/index.cjs") as {
  readonly modeNames: () => readonly string[];
};

/** Results that no mode has, as a scenario prints them. */
const ODD_RESULTS: Readonly<Record<string, object>> = {
  "is_error, and all else well": { subtype: "success", is_error: true, terminal_reason: "completed" },
  "no is_error": { subtype: "success" },
  "no field at all": {},
  "a subtype of tomorrow": { subtype: "error_of_tomorrow", is_error: true },
  "schema retries used up": {
    subtype: "error_max_structured_output_retries",
    is_error: true,
    terminal_reason: "structured_output_retry_exhausted",
  },
  "an unknown session": {
    subtype: "error_during_execution",
    is_error: true,
    errors: ["No conversation found with session ID: x"],
  },
};

const printing = (result: object): FakeClaudeOptions => ({
  scenario: { replies: [{ chunks: [{ stdout: `${JSON.stringify({ type: "result", ...result })}\n` }] }] },
});

const CASES: readonly (readonly [string, FakeClaudeOptions])[] = [
  ...modeNames().map((mode) => [mode, { mode }] as const),
  ...Object.entries(ODD_RESULTS).map(([name, result]) => [name, printing(result)] as const),
];

/** What differs between runs: when a limit ends, and how much was printed. */
const fixed = (message: string) =>
  message
    .replace(/(?:on [\d-]+ )?at \d\d:\d\d UTC, in [\w ]+;/, "at HH:MM UTC, in …;")
    .replace(/\d{4,} bytes/, "N bytes");

const hangs = (name: string) => /hang(?!-after)|sigterm/.test(name);
const messages = new Map<string, string>();

/** To read as a newcomer does: each message is sentences that say what happened and what to do. */
describe("the whole message of a call that met", () => {
  it.each(CASES)("%s", async (name, fake) => {
    const { settled } = await ask({ fake, timeout: hangs(name) ? "2s" : "50s" });
    if (!(settled instanceof CallError)) return;
    expect(settled.message).toMatch(/^The call "draft" [^:;.]+.*\. [A-Z].*\.$/);
    messages.set(name, `${name}\n  ${settled.code}: ${fixed(settled.message)}\n`);
  });

  it("is as in messages.snapshot.txt", async () => {
    const text = CASES.flatMap(([name]) => messages.get(name) ?? []).join("");
    await expect(text).toMatchFileSnapshot("messages.snapshot.txt");
  });
});
