import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it, onTestFailed } from "vitest";
import { AGENTS, MODE_NAMES, MODES, type Agent } from "../../examples/demo/agents.mts";
import { canCount, running } from "../../examples/demo/leftovers.mts";
import { EXAMPLES } from "../../src/cli/interface/example-list.ts";
import { builtPackage } from "../examples/user-machine.ts";

const require = createRequire(import.meta.url);
const mark = randomUUID();
let lines: string[] = [];

beforeAll(async () => {
  const root = builtPackage();
  const { stdout } = await promisify(execFile)(process.execPath, ["examples/demo/main.mts"], {
    cwd: root,
    env: { ...process.env, DEMO_OUTER: mark },
  });
  lines = stdout.split("\n");
}, 300_000);

/** Where the mark and the words of a cell begin and end. */
const NAIVE = { from: 18, width: 13 };
const HARDCALL = { from: 32, width: 19 };
const AGENT_WIDTH = 34;

/** What the two callers of an agent said of a mode; the second table begins after an empty line. */
function cellsOf(mode: string, agent: Agent) {
  const line = lines.find((text) => text.startsWith(`${mode} `)) ?? "";
  const [naive, hardcall] = [NAIVE, HARDCALL].map(({ from, width }) => {
    const start = from + AGENTS.indexOf(agent) * AGENT_WIDTH;
    const cell = line.slice(start, start + width);
    return { wrong: cell[0] === "x", said: cell.slice(2).trim() };
  });
  return { naive, hardcall };
}

describe.each(AGENTS)("%s", (agent) => {
  it("has a cell for every mode, and hardcall is right in all of them", () => {
    const cells = MODES[agent].map(({ name }) => ({ name, ...cellsOf(name, agent).hardcall }));
    const right = { said: expect.stringMatching(/^("|[a-z]+(_[a-z]+)*$)/) as string, wrong: false };
    expect(cells).toEqual(MODES[agent].map(({ name }) => ({ name, ...right })));
  });

  it("has every mode of the fake", () => {
    const { modeNames } = require(`../../fake-bin/lib/${agent}/modes/index.cjs`) as {
      readonly modeNames: () => readonly string[];
    };
    expect(MODES[agent].map(({ name }) => name).toSorted()).toEqual(modeNames().toSorted());
  });
});

it("has as many ways as its descriptions say", () => {
  const { about } = EXAMPLES.find(({ name }) => name === "demo") ?? { about: "" };
  expect(about).toContain(`in ${MODE_NAMES.length} ways`);
  expect(readFileSync("examples/demo/main.mts", "utf8")).toContain(` Runs ${MODE_NAMES.length} ways `);
});

it.each<[mode: string, agent: Agent, naive: string, hardcall: string]>([
  ["ok", "claude", '"The morn…"', '"The morning li…"'],
  ["fail", "claude", '""', "exit_nonzero"],
  ["empty", "gemini", '""', "empty_output"],
  ["rate-limit", "claude", '"API Erro…"', "rate_limited"],
  ["rate-limit", "codex", '""', "rate_limited"],
  ["new-thread", "codex", '"The morn…"', "invalid_request"],
  ["stale-output-file", "codex", '"Yesterda…"', "unavailable"],
  ["max-tokens", "gemini", '"The morn…"', "truncated_output"],
])("shows what is said of %s of %s", (mode, agent, naive, hard) => {
  onTestFailed(() => console.log(lines.join("\n")));
  const cells = cellsOf(mode, agent);
  expect([cells.naive?.said, cells.hardcall?.said]).toEqual([naive, hard]);
  expect(cells.naive?.wrong).toBe(mode !== "ok");
});

it.runIf(canCount)("counts what a caller leaves running, also one with a timeout", () => {
  expect(cellsOf("hang", "claude").naive?.said).toBe("hangs +1");
  expect(cellsOf("orphan", "codex").naive?.said).toMatch(/" \+1$/);
  const timed = lines.slice(lines.findIndex((line) => line.startsWith("The naive caller with the timeout")));
  expect(timed.find((line) => line.startsWith("ignore-sigterm "))).toMatch(
    /^ignore-sigterm +x (still )?hang\S* \+1 +>\d+ x (still )?hang\S* \+1 +>\d+ x (still )?hang\S* \+2 +>\d+$/,
  );
});

it("tells the eleven days: 22 green lines, 22 errors, nothing published", () => {
  const story = lines.filter((line) => /^day +\d+ \d\d:00 /.test(line));
  expect(story).toHaveLength(22);
  expect(story[0]).toContain("status=ok draft e3b0c442… 0 slides");
  for (const line of story.slice(1)) expect(line).toContain("status=ok duplicate e3b0c442… skipped");
  for (const line of story) expect(line).toMatch(/ERROR code=(exit_nonzero exit=1|empty_output exit=0)$/);
  expect(lines).toContain("published: 0");
});

it("is readable at 119 columns without colour", () => {
  const text = lines.join("");
  expect(text).not.toContain("\u001B");
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(119);
});

it.runIf(canCount)("leaves nothing running", () => {
  expect(running(mark, "DEMO_OUTER")).toEqual([]);
});

it("tells the revoked key: all calls reach claude without a resource, and three with one", () => {
  expect(lines).toContain("without a resource  24 calls, 24 reached claude: 24 auth");
  expect(lines).toContain("with a resource     24 calls,  3 reached claude: 3 auth, 21 circuit_open");
});
