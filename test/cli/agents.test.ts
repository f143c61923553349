import { createHash } from "node:crypto";
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

/** A value of `-c` in the log of the fake codex, as it may be a key. */
const logged = (value: string) =>
  `<${Buffer.byteLength(value)} bytes, sha256 ${createHash("sha256").update(value).digest("hex")}>`;

/** What a fake tells of itself. */
interface LogLine {
  readonly pid: number;
  readonly argv?: readonly string[];
  readonly stdin?: { readonly bytes: number; readonly head: string };
  readonly children?: readonly number[];
}

/** `hardcall codex` or `hardcall gemini` with the fake of it, in a mode. */
async function ask(
  agent: string,
  mode: string,
  flags: readonly string[],
  { stdin, sessions = tempFolder() }: { readonly stdin?: string; readonly sessions?: string } = {},
) {
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
      [`${fake}_STATE_DIR`]: sessions,
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
  /** A mode in which it tells of the error itself. Of one that gemini repeats it does not come to tell. */
  readonly declared: string;
  /** Modes, the exit code, and what follows the call's name. */
  readonly ends: readonly (readonly [mode: string, exitCode: number, says: RegExp])[];
}

const CASES: readonly Case[] = [
  {
    agent: "codex",
    bin: "--codex-bin",
    flags: [
      "--model=gpt-5.5-codex",
      "--reasoning-effort=low",
      "--profile=jobs",
      "--config=tools.web_search=true",
      "--config=limit=3",
      "--config=greeting=be brief",
      "--config=word='true'",
      "--sandbox=read-only",
      "--add-dir=/tmp",
      "--image=/dev/null",
    ],
    argv: [
      ["--model", "gpt-5.5-codex"],
      ["-c", 'model_reasoning_effort="low"'],
      ["--profile", "jobs"],
      ["-c", "tools.web_search=true"],
      ["-c", "limit=3"],
      ["-c", `greeting=${logged('"be brief"')}`],
      ["-c", `word=${logged('"true"')}`],
      ["--sandbox", "read-only"],
      ["--add-dir", "/tmp"],
      ["--image", "/dev/null"],
    ],
    declared: "quota",
    ends: [
      ["empty", 65, /answered with nothing/],
      ["no-message", 65, /A refusal of the model looks the same: codex does not show it\.$/m],
      ["rate-limit", 75, /rate/],
      ["quota", 77, /Top up or raise the spending limit/],
      ["auth", 77, /was denied access/],
      [
        "permission-denied",
        69,
        /Allow more with --sandbox or in codex's own rules, or accept denials with --permission-denials allow\.$/m,
      ],
      ["new-thread", 69, /./],
      ["unknown-session", 69, /./],
      ["stale-output-file", 75, /./],
    ],
  },
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
    declared: "auth",
    ends: [
      [
        "empty",
        65,
        /answered with nothing\..* A prompt that the API blocks, or that is larger .* looks the same: /,
      ],
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
    const end = await ask(agent, "ok", ["--stdin", "First."], { stdin: "Second." });
    expect(end.prompt?.head).toContain("First.\nSecond.");
    expect(JSON.stringify(end.argv)).not.toContain("First.");
  });

  test("resumes a session", async () => {
    const sessions = tempFolder();
    const first = await ask(agent, "ok", ["Begin"], { sessions });
    const id = String(first.outcome["sessionId"]);
    const second = await ask(agent, "ok", ["--resume", id, "Go on"], { sessions });
    expect(second).toMatchObject({ exitCode: 0, outcome: { sessionId: id } });
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
    const resumes = /session|new-thread/.test(mode) ? ["--resume", SESSION] : [];
    const end = await ask(agent, mode, [...resumes, "hi"]);
    expect(end).toMatchObject({ exitCode, out: "" });
    expect(end.stderr).toMatch(says);
  });

  test("shows what it says of an error of its own, in one line, and keeps it nowhere", async () => {
    const end = await ask(agent, of.declared, ["--stderr", "off", "hi"]);
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

test.each([
  ["tools.web_search", "--config takes KEY=VALUE, such as tools.web_search=true"],
  ["=secret-value", "--config takes KEY=VALUE, such as tools.web_search=true"],
  ['list=["secret-value"]', "--config takes one value; set a list or a table in codex's config.toml"],
  ["table={a = 1}", "--config takes one value; set a list or a table in codex's config.toml"],
])("codex --config %s is refused, without a word of its value", async (setting, says) => {
  const end = await hardcall(["codex", "--timeout", "10s", "--config", setting, "hi"]);
  expect(end).toMatchObject({
    exitCode: 2,
    stderr: `hardcall: ${says}\nTry: hardcall codex --help\n`,
  });
});
