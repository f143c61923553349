import * as fc from "fast-check";
import { expect, test } from "vitest";
import { isBlank } from "../../src/core/blank.ts";

/** Each shows nothing on a screen. */
const NOTHING = [
  "",
  " ",
  "\t\r\n\v\f",
  "\u00a0\u2003\u3000",
  "\u200b\u200c\u200d\u2060",
  "\ufeff",
  "\u00ad",
  "\u034f\u061c\u180e",
  "\u115f\u1160\u3164\uffa0",
  "\u2800",
  "\u2066\u2069\u202e",
  "\u{e0001}\u{e0041}",
  "\ufe0f",
  "\0\u0007",
  "\u001b[0m",
  "\u001b[38;5;200m\u001b[1A\u001b[2K",
  "\u001b]0;a window's title\u0007",
  "\u001b]8;;http://example.com\u001b\\",
  "\u001b(B\u001b7",
  "\u009b31m",
];

test.each(NOTHING)("%j is blank", (text) => {
  expect(isBlank(text)).toBe(true);
});

test.each([
  "a",
  "0",
  "ä",
  "漢",
  "🎉",
  ".",
  "-",
  "\u001b[31mred\u001b[0m",
  "\u200bx",
  "[0m",
  "true",
  "null",
  "e\u0301",
])("%j is not", (text) => {
  expect(isBlank(text)).toBe(false);
});

test("any mixture of nothings is nothing, and one visible character anywhere makes it something", () => {
  const nothing = fc.array(fc.constantFrom(...NOTHING), { maxLength: 40 }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(nothing, nothing, (before, after) => {
      expect(isBlank(before + after)).toBe(true);
      expect(isBlank(`${before}.${after}`)).toBe(false);
      expect(isBlank(`${before}x${after}`)).toBe(false);
    }),
  );
});

test("an escape code longer than a first look at the text is nothing all the same", () => {
  expect(isBlank(`\u001b]8;;http://example.com/${"a".repeat(200)}\u0007`)).toBe(true);
});

test("a large blank text is told in time that grows with its size", () => {
  const size = 4_000_000;
  const startedAt = performance.now();
  expect(isBlank(" ".repeat(size))).toBe(true);
  expect(isBlank("\u001b]".repeat(size / 2))).toBe(true);
  expect(isBlank(`\u001b]${"x".repeat(size)}`)).toBe(false);
  // Quadratic work would take minutes.
  expect(performance.now() - startedAt).toBeLessThan(10_000);
});
