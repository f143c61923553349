import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { EXIT, exitCodeOf } from "../../src/cli/interface/exit-code.ts";
import { CallError, NO_FACTS } from "../../src/core/errors.ts";
import { ERROR_CODES, type ErrorCode } from "../../src/core/vocabulary.ts";
import { decideRetry } from "../../src/call/retry.ts";
import { HostSignal } from "../../src/process/host-signals.ts";

const page = readFileSync(path.resolve(import.meta.dirname, "../../docs/errors.md"), "utf8");

/** The text of each `## \`code\`` heading. */
const entries = new Map(
  page.split(/^## /m).flatMap((section) => {
    const [, code] = /^`(\w+)`\n/.exec(section) ?? [];
    return code === undefined ? [] : [[code, section] as const];
  }),
);

const numbersIn = (text: string) => [...text.matchAll(/\b\d+\b/g)].map(Number);

/** The exit codes of a code: the usual one first. */
function exitCodes(code: ErrorCode): number[] {
  const of = (facts: object) =>
    exitCodeOf(
      new CallError("", { ...NO_FACTS, name: "x", code, effect: "unknown", retryable: false, ...facts }),
    );
  const special: Partial<Record<ErrorCode, readonly object[]>> = {
    spawn_failed: [{ cause: { kind: "not_found" } }],
    in_doubt: [{ retryAfterMs: 1000 }],
    circuit_open: [{ circuit: { code: "auth", since: 0 } }],
    cancelled: [{ cause: new HostSignal("SIGINT") }, { cause: new HostSignal("SIGTERM") }],
  };
  return [of({}), ...(special[code] ?? []).map(of)];
}

/** These end a call before it has made an attempt, so there is nothing to retry. */
const BEFORE_ANY_ATTEMPT: readonly ErrorCode[] = [
  "in_progress",
  "output_not_kept",
  "busy",
  "over_budget",
  "circuit_open",
];

function isRetried(code: ErrorCode): boolean {
  if (BEFORE_ANY_ATTEMPT.includes(code)) return false;
  const policy = { attempts: 2, baseDelayMs: 0, maxDelayMs: 0, minAttemptMs: 0, feedback: false };
  return decideRetry({
    failure: { code, message: "", effect: "unknown" },
    effects: "none",
    hasKey: false,
    policy,
    attempt: 1,
    remainingMs: 1000,
    effectWithinMs: 0,
    random: 0,
  }).again;
}

describe("docs/errors.md", () => {
  it("has an entry for every code, and no other, in the order of the vocabulary", () => {
    expect([...entries.keys()]).toEqual([...ERROR_CODES]);
  });

  it.each(ERROR_CODES)("%s: the entry's exit codes are those of the command line", (code) => {
    const [, told = ""] = /^- \*\*Exit code:\*\* (.*)$/m.exec(entries.get(code) ?? "") ?? [];
    expect(new Set(numbersIn(told))).toEqual(new Set(exitCodes(code)));
  });

  it.each(ERROR_CODES)(
    "%s: the entry says whether hardcall retries it, its effect, and what to do",
    (code) => {
      const entry = entries.get(code) ?? "";
      expect(/^- \*\*Retry:\*\* (yes|no)\b/m.exec(entry)?.[1]).toBe(isRetried(code) ? "yes" : "no");
      expect(entry).toMatch(/^- \*\*Effect:\*\* .*`(not_started|rejected|completed|unknown)`/m);
      expect(entry).toMatch(/^- \*\*Do:\*\* /m);
    },
  );

  it("lists each code once in the table, beside its exit codes", () => {
    const rows = [...page.matchAll(/^\| ([\d, ]+?) +\| (\[`.*) \|$/gm)].map(
      ([, numbers = "", codes = ""]) => ({
        numbers: numbersIn(numbers),
        codes: [...codes.matchAll(/\[`(\w+)`\]/g)].map(([, code]) => code as ErrorCode),
      }),
    );
    expect(rows.flatMap(({ codes }) => codes).toSorted()).toEqual([...ERROR_CODES].toSorted());
    for (const { numbers, codes } of rows) {
      for (const code of codes)
        expect({ code, has: exitCodes(code) }).toEqual({
          code,
          has: expect.arrayContaining(numbers) as unknown,
        });
    }
  });

  it("names the exit code of a fault in hardcall", () => {
    expect(page).toContain(`Exit code ${EXIT.internal} is a fault in hardcall`);
  });
});
