import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { beforeAll, expect, it, onTestFailed } from "vitest";
import { canCount, running } from "../../examples/demo/leftovers.mts";
import { MODES } from "../../examples/demo/modes.mts";
import { EXAMPLES } from "../../src/cli/interface/example-list.ts";
import { builtPackage } from "../examples/user-machine.ts";

const mark = randomUUID();
let lines: string[] = [];

beforeAll(async () => {
  const root = builtPackage();
  const { stdout } = await promisify(execFile)(process.execPath, ["examples/demo/main.mts"], {
    cwd: root,
    env: { ...process.env, DEMO_OUTER: mark },
  });
  lines = stdout.split("\n");
}, 180_000);

const COLUMNS = [
  [18, 31],
  [44, 57],
  [70, 87],
] as const;

/** What the three callers said of a mode, and how many processes each left. */
function rowOf(mode: string) {
  const line = lines.find((text) => text.startsWith(`${mode} `)) ?? "";
  return COLUMNS.map(([start, end]) => {
    const [, left] = line
      .slice(end + 2)
      .trim()
      .split(/ +/);
    return { wrong: line[start] === "x", said: line.slice(start + 2, end + 2).trim(), left: Number(left) };
  });
}

it("has a row for every mode, and hardcall is right in all of them", () => {
  const rows = MODES.map(({ name }) => ({ name, ...rowOf(name)[2] }));
  expect(rows).toEqual(MODES.map(({ name }) => ({ name, said: expect.any(String), wrong: false, left: 0 })));
});

it("has as many ways as its descriptions say", () => {
  const { about } = EXAMPLES.find(({ name }) => name === "demo") ?? { about: "" };
  expect(about).toContain(`in ${MODES.length} ways`);
  expect(readFileSync("examples/demo/main.mts", "utf8")).toContain(` Runs ${MODES.length} ways `);
});

it.each([
  ["ok", '"The mornin…"', '"The mornin…"', '"The mornin…"'],
  ["fail", '""', '""', "exit_nonzero"],
  ["empty", '""', '""', "empty_output"],
  ["hang", "still hanging", '""', "timeout"],
  ["rate-limit", '"API Error:…"', '"API Error:…"', "rate_limited"],
  ["ignore-sigterm", "still hanging", "still hanging", "timeout"],
  ["exit0-on-sigterm", "still hanging", '""', "timeout"],
])("shows what the three callers say of %s", (mode, ...said) => {
  onTestFailed(() => console.log(lines.join("\n")));
  expect(rowOf(mode).map((cell) => cell.said)).toEqual(said);
});

it.runIf(canCount)("counts what a caller leaves running", () => {
  expect(rowOf("hang").map((cell) => cell.left)).toEqual([1, 0, 0]);
  expect(rowOf("orphan").map((cell) => cell.left)).toEqual([1, 1, 0]);
});

it("tells the eleven days: 22 green lines, 22 errors, nothing published", () => {
  const story = lines.filter((line) => /^day +\d+ \d\d:00 /.test(line));
  expect(story).toHaveLength(22);
  expect(story[0]).toContain("status=ok draft e3b0c442… 0 slides");
  for (const line of story.slice(1)) expect(line).toContain("status=ok duplicate e3b0c442… skipped");
  for (const line of story) expect(line).toMatch(/ERROR code=(exit_nonzero exit=1|empty_output exit=0)$/);
  expect(lines).toContain("published: 0");
});

it("is readable at 100 columns without colour", () => {
  const text = lines.join("");
  expect(text).not.toContain("\u001B");
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
});

it.runIf(canCount)("leaves nothing running", () => {
  expect(running(mark, "DEMO_OUTER")).toEqual([]);
});

it("tells the revoked key: all calls reach claude without a resource, and three with one", () => {
  expect(lines).toContain("without a resource  24 calls, 24 reached claude: 24 auth");
  expect(lines).toContain("with a resource     24 calls,  3 reached claude: 3 auth, 21 circuit_open");
});
