import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { linesOf, ROOT, tempFolder } from "../helpers/files.ts";
import { survivorsAfter } from "../helpers/processes.ts";
import { hardcall } from "../helpers/run.ts";

const TEXT = "The morning light reached the harbour.";
const SESSION = "3f2f5f0e-0d3c-4f5b-9a53-2c8f3f4d2a11";
const SCHEMA = {
  type: "object",
  properties: { title: { type: "string" } },
  required: ["title"],
  additionalProperties: false,
};

/** What a fake tells of itself. */
interface LogLine {
  readonly pid: number;
  readonly argv?: readonly string[];
  readonly stdin?: { readonly bytes: number; readonly head: string };
  readonly children?: readonly number[];
}

/** `hardcall codex` or `hardcall gemini` with the fake of it, in a mode. */
async function ask(agent: string, mode: string, flags: readonly string[], stdin?: string) {
  const folder = tempFolder();
  const outcomeFile = path.join(folder, "outcome.json");
  const log = path.join(folder, "log.jsonl");
  const fake = `FAKE_${agent.toUpperCase()}`;
  const args = [agent, "--timeout", "40s", "--kill-grace", "300", "--outcome-file", outcomeFile, ...flags];
  const end = await hardcall(args, {
    env: {
      PATH: `${path.join(ROOT, "fake-bin", agent)}${path.delimiter}${process.env["PATH"]}`,
      [`${fake}_MODE`]: mode,
      [`${fake}_TEXT`]: TEXT,
      [`${fake}_LOG`]: log,
      [`${fake}_STATE_DIR`]: folder,
    },
    ...(stdin !== undefined && { stdin }),
  });
  const outcome = JSON.parse(readFileSync(outcomeFile, "utf8")) as Readonly<Record<string, unknown>>;
  const lines = linesOf(log).map((line) => JSON.parse(line) as LogLine);
  const pids = [...new Set(lines.flatMap(({ pid, children = [] }) => [pid, ...children]))];
  expect(pids.length).toBeGreaterThan(0);
  expect(await survivorsAfter(1000, pids)).toEqual([]);
  const prompt = lines.find((line) => line.stdin !== undefined)?.stdin;
  return { ...end, out: end.stdout.toString(), outcome, argv: lines[0]?.argv ?? [], prompt };
}

interface Case {
  readonly agent: string;
  readonly bin: string;
  /** All options of its own, and the arguments of the CLI that they become, in any order. */
  readonly flags: readonly string[];
  readonly argv: readonly (readonly string[])[];
  readonly quota: string;
  /** Modes, the exit code, and what follows the call's name. */
  readonly ends: readonly (readonly [mode: string, exitCode: number, says: RegExp])[];
}

const CASES: readonly Case[] = [
  {
    agent: "gemini",
    bin: "--gemini-bin",
    flags:
      "--model=gemini-2.5-pro --approval-mode=plan --include-directories=/tmp --include-directories=/usr --allowed-tools"
        .split(" ")
        .concat("a, run_shell_command(git a,b)"),
    argv: [
      ["--model", "gemini-2.5-pro"],
      ["--approval-mode", "plan"],
      ["--allowed-tools", "a"],
      ["--allowed-tools", "run_shell_command(git a,b)"],
      ["--include-directories", "/tmp"],
      ["--include-directories", "/usr"],
    ],
    quota: "rate-limit",
    ends: [
      ["empty", 65, /answered with nothing/],
      ["max-tokens", 65, /\. The output stops in the middle; do not use it\.$/m],
      ["rate-limit", 75, /reached a rate limit or/],
      ["auth", 77, /was denied access/],
      [
        "permission-denied",
        69,
        /Allow the tool \(--allowed-tools\), or accept denials with --permission-denials allow\.$/m,
      ],
      ["max-turns", 69, /Raise model\.maxSessionTurns in gemini's settings\.json, or /],
      ["unknown-session", 69, /./],
    ],
  },
];

describe.each(CASES.map((each) => [each.agent, each] as const))("hardcall %s", (agent, of) => {
  test("prints the answer, and its options are those of the CLI", async () => {
    const end = await ask(agent, "ok", [...of.flags, "Write about the harbour."]);
    expect(end).toMatchObject({ exitCode: 0, stderr: "", out: `${TEXT}\n` });
    for (const words of of.argv) expect(` ${end.argv.join(" ")} `).toContain(` ${words.join(" ")} `);
    expect(end.outcome["sessionId"]).toMatch(/^[\da-f-]{36}$/);
    expect(end.outcome["usage"]).toBeTypeOf("object");
  });

  test("hands the prompt on over stdin, that of its own stdin behind the argument", async () => {
    const end = await ask(agent, "ok", ["--stdin", "First."], "Second.");
    expect(end.prompt?.head).toContain("First.\nSecond.");
    expect(JSON.stringify(end.argv)).not.toContain("First.");
  });

  test("resumes a session", async () => {
    const end = await ask(agent, "ok", ["--resume", SESSION, "Go on"]);
    expect(end.argv.join(" ")).toContain(`resume ${SESSION}`);
  });

  test("prints JSON that fits the schema, and nothing else", async () => {
    const schema = path.join(tempFolder(), "schema.json");
    writeFileSync(schema, JSON.stringify(SCHEMA));
    const end = await ask(agent, "ok", ["--schema", schema, "hi"]);
    expect(end.exitCode).toBe(0);
    expect(Object.keys(JSON.parse(end.out) as object)).toEqual(["title"]);
    const prose = await ask(agent, "prompt-lost", ["--schema", schema, "hi"]);
    expect(prose).toMatchObject({ exitCode: 65, out: "", outcome: { code: "invalid_output" } });
  });

  test("a lost prompt is found by the marker", async () => {
    expect(await ask(agent, "ok", ["--marker", "hi"])).toMatchObject({ exitCode: 0, out: `${TEXT}\n` });
    expect(await ask(agent, "prompt-lost", ["--marker", "hi"])).toMatchObject({ exitCode: 65, out: "" });
  });

  test.each(of.ends)("%s ends with exit code %i, and prints no answer", async (mode, exitCode, says) => {
    const resumes = mode === "unknown-session" ? ["--resume", SESSION] : [];
    const end = await ask(agent, mode, [...resumes, "hi"]);
    expect(end).toMatchObject({ exitCode, out: "" });
    expect(end.stderr).toMatch(says);
  });

  test("shows what it says of an error of its own, in one line, and keeps it nowhere", async () => {
    const end = await ask(agent, of.quota, ["--stderr", "off", "hi"]);
    const [, words = ""] = new RegExp(`^ {4}${agent} says: (.+)$`, "m").exec(end.stderr) ?? [];
    expect(words).toMatch(/\w{4}/);
    const { stdoutTail, stderrTail, ...rest } = end.outcome;
    expect(String(stdoutTail) + String(stderrTail)).toContain(words);
    expect(JSON.stringify(rest)).not.toContain(words);
  });

  test("a program that is not there is exit code 127", async () => {
    const end = await hardcall([agent, "--timeout", "10s", of.bin, "/nowhere/agent", "hi"]);
    expect(end).toMatchObject({ exitCode: 127 });
    expect(end.stdout).toHaveLength(0);
  });

  test.each(["--model", "--resume"])("a blank %s is refused", async (flag) => {
    const end = await hardcall([agent, "--timeout", "10s", flag, "", "hi"]);
    expect(end).toMatchObject({ exitCode: 2 });
    expect(end.stderr).toContain(`${flag} is blank`);
  });
});
