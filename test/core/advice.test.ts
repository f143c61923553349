import { expect, test } from "vitest";
import { adviceOfLibrary, formatEnd } from "../../src/core/advice.ts";

const NOW = Date.UTC(2026, 10, 21, 12, 8, 0);
const MINUTE = 60_000;

test.each([
  [11_200, "in 12 s"],
  [52 * MINUTE, "at 13:00 UTC, in 52 min"],
  [52 * MINUTE + 300, "at 13:00 UTC, in 53 min"],
  [52 * MINUTE + 30_000, "at 13:01 UTC, in 53 min"],
  [2 * 60 * MINUTE, "at 14:08 UTC, in 2 h"],
  [20 * 60 * MINUTE, "on 2026-11-22 at 08:08 UTC, in 20 h"],
])("a wait of %d ms ends %s", (ms, said) => {
  expect(formatEnd(ms, NOW)).toBe(said);
});

test.each([
  ["cancelled", "not_started", "Nothing was started."],
  ["cancelled", "unknown", "Check whether it took effect before you retry it."],
  [
    "ledger_unavailable",
    "completed",
    "The error's value holds the result. Repair the ledger before you run it again.",
  ],
  [
    "ledger_unavailable",
    "unknown",
    "Repair the ledger, and check whether it took effect before you run it again.",
  ],
  ["ledger_unavailable", "not_started", "A call that cannot be recorded is not started; repair the ledger."],
] as const)("%s with effect %s", (code, effect, advice) => {
  expect(adviceOfLibrary(code, { effect })).toBe(advice);
});
