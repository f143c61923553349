import { existsSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT } from "../helpers/files.ts";
import onPs from "../process/ps.config.ts";
import { readPage } from "./page.ts";

interface Row {
  readonly number: number;
  readonly promise: string;
  readonly bound: string;
  readonly cells: Readonly<Record<System, string>>;
}

type System = "Linux" | "macOS" | "Windows";

/** Where the tests of a system are that ran as on it. */
const RAN: Readonly<Record<System, (test: string) => boolean>> = {
  Linux: (test) => !test.startsWith("test/windows/"),
  macOS: (test) => onPs.test?.include?.includes(test) === true || test.startsWith("test/process/table/"),
  Windows: (test) => test.startsWith("test/windows/"),
};

const { prose } = readPage("docs/guarantees.md");
const cellsOf = (line: string) =>
  line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());

const rows = prose.flatMap((line): readonly Row[] => {
  if (!/^\| \d+ +\|/.test(line)) return [];
  const [number, promise = "", bound = "", Linux = "", macOS = "", Windows = ""] = cellsOf(line);
  return [{ number: Number(number), promise, bound, cells: { Linux, macOS, Windows } }];
});

/** What is wrong with a cell: it claims nothing, or it names tests that show what it claims. */
function problemOf(system: System, cell: string): string | undefined {
  if (system !== "Linux" && /^(not run$|no: [^`]+$)/.test(cell)) return undefined;
  const tests = /^[^`]+: (`[\w./-]+`(?:, `[\w./-]+`)*)$/.exec(cell)?.[1]?.matchAll(/`([^`]+)`/g);
  if (tests === undefined) return `"${cell}" neither says "not run" or "no: …", nor names its tests`;
  const files = [...tests].map(([, name]) => `test/${name}.test.ts`);
  const wrong = files.filter((file) => !existsSync(path.join(ROOT, file)) || !RAN[system](file));
  return wrong.length === 0 ? undefined : `${wrong.join(", ")} is not there, or does not run as on ${system}`;
}

it("docs/guarantees.md numbers its guarantees one after the other", () => {
  expect(rows.map(({ number }) => number)).toEqual(rows.map((_, index) => index + 1));
  expect(rows.length).toBeGreaterThan(30);
});

it("each table of guarantees has a column for each system", () => {
  const heads = prose.filter((line) => line.startsWith("| # ")).map(cellsOf);
  expect(heads.length).toBeGreaterThan(0);
  for (const head of heads)
    expect(head).toEqual(["#", "guarantee", "bound", "Linux", "macOS (`ps` on Linux)", "Windows (Wine)"]);
});

describe.each(rows)("guarantee $number", ({ promise, bound, cells }) => {
  it("has a bound", () => {
    expect([promise, bound]).not.toContain("");
  });

  it.each(Object.entries(cells) as [System, string][])(
    "says what holds on %s, and names the tests of that",
    (system, cell) => {
      expect(problemOf(system, cell)).toBeUndefined();
    },
  );
});

it.each([
  ["Linux", "not run"],
  ["Linux", "yes: `windows/job`"],
  ["macOS", "yes"],
  ["macOS", "yes: `process/capture`"],
  ["Windows", "yes: `windows/no-such-file`"],
  ["Windows", "yes: `cli/faults`"],
  ["Windows", "yes `windows/job`"],
] as const)("on %s the cell %j claims what no test shows", (system, cell) => {
  expect(problemOf(system, cell)).toBeDefined();
});
