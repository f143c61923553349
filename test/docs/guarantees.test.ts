import { expect, it } from "vitest";
import { readPage } from "./page.ts";

const rows = readPage("docs/guarantees.md").prose.flatMap((line) => {
  const [, number, promise = "", bound = "", proof = ""] =
    /^\| (\d+) +\| (.+?) +\| (.+?) +\| (.+?) +\|$/.exec(line) ?? [];
  return number === undefined ? [] : [{ number: Number(number), promise, bound, proof }];
});

it("docs/guarantees.md numbers its guarantees one after the other", () => {
  expect(rows.map(({ number }) => number)).toEqual(rows.map((_, index) => index + 1));
  expect(rows.length).toBeGreaterThan(30);
});

it.each(rows)(
  "guarantee $number has a bound and names tests only as its proof",
  ({ promise, bound, proof }) => {
    expect([promise, bound].map((text) => text.trim())).not.toContain("");
    expect(proof).toMatch(/^`test\/[\w./-]+\.test\.ts`(, `test\/[\w./-]+\.test\.ts`)*$/);
  },
);
