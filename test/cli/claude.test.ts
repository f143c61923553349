import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { linesOf, ROOT, tempFolder } from "../helpers/files.ts";
import { survivorsAfter } from "../helpers/processes.ts";
import { hardcall } from "../helpers/run.ts";

const FAKE_PATH = `${path.join(ROOT, "fake-bin")}${path.delimiter}${process.env["PATH"]}`;
const SCHEMA = {
  type: "object",
  properties: { title: { type: "string" } },
  required: ["title"],
  additionalProperties: false,
};

interface Expected {
  readonly exitCode: number;
  readonly code?: string;
  /** Where asking for a schema changes the end. */
  readonly withSchema?: { readonly exitCode: number; readonly code: string };
  readonly note?: string;
  readonly message: string;
}

const OK = { exitCode: 0, message: "" };
const TIMEOUT = {
  exitCode: 124,
  code: "timeout",
  message: "timed out after 1.5 s (limit of the whole call)",
};
const LEFT = { ...OK, note: "hardcall ended 1 process that was still running after the exit" };

const MODES: Readonly<Record<string, Expected>> = {
  ok: OK,
  fail: {
    exitCode: 69,
    code: "exit_nonzero",
    message: "exited with code 1 after 0 bytes on stdout and 67 on stderr",
  },
  empty: { exitCode: 65, code: "empty_output", message: "answered with nothing" },
  hang: TIMEOUT,
  "ignore-sigterm": TIMEOUT,
  "exit0-on-sigterm": TIMEOUT,
  "hold-pipe": LEFT,
  orphan: LEFT,
  "hang-after-result": {
    ...OK,
    note: "claude was still running after its result when the call had to stop; hardcall ended it",
  },
  "rate-limit": {
    exitCode: 75,
    code: "rate_limited",
    message: "reached a rate or usage limit (HTTP status 429, rate_limit_error)",
  },
  "api-error-exit0": {
    exitCode: 75,
    code: "rate_limited",
    message: "reached a rate or usage limit (HTTP status 429, rate_limit_error)",
  },
  blank: { exitCode: 65, code: "empty_output", message: "answered with 5 invisible bytes" },
  "max-turns": {
    exitCode: 69,
    code: "turn_limit",
    message: "stopped at its limit of turns, before it was done",
  },
  auth: {
    exitCode: 77,
    code: "auth",
    message:
      "was denied access: the key or the login is missing, invalid or not permitted (HTTP status 401, authentication_error)",
  },
  "schema-missing": {
    ...OK,
    withSchema: { exitCode: 65, code: "invalid_output" },
    message:
      "gave an output that does not fit the schema: there is no structured_output, the text is not JSON, and it has no fenced block",
  },
  flood: { exitCode: 65, code: "output_too_large", message: "printed 335" },
  slow: OK,
};
/** Modes that end only when their time is over. */
const NEEDS_STOP = new Set(["hang", "ignore-sigterm", "exit0-on-sigterm", "hang-after-result"]);

/** What the fake tells of itself. */
interface LogLine {
  readonly event: string;
  readonly pid: number;
  readonly argv?: readonly string[];
  readonly stdin?: { readonly bytes: number; readonly head: string };
  readonly children?: readonly number[];
}

const promptOf = (log: readonly LogLine[]) => log.find(({ event }) => event === "prompt")?.stdin;

async function ask(mode: string, flags: readonly string[], stdin?: string) {
  const folder = tempFolder();
  const outcomeFile = path.join(folder, "outcome.json");
  const log = path.join(folder, "log.jsonl");
  const finished = await hardcall(["claude", "--outcome-file", outcomeFile, ...flags], {
    env: { PATH: FAKE_PATH, FAKE_CLAUDE_MODE: mode, FAKE_CLAUDE_LOG: log, CLAUDECODE: "1" },
    ...(stdin !== undefined && { stdin }),
  });
  const outcome = JSON.parse(readFileSync(outcomeFile, "utf8")) as {
    readonly code?: string;
    readonly value?: unknown;
    readonly sessionId?: string;
    readonly attempts: readonly { readonly notes?: readonly string[] }[];
  };
  return { ...finished, outcome, log: linesOf(log).map((line) => JSON.parse(line) as LogLine) };
}

for (const asked of ["text", "a schema"] as const) {
  describe(`the fake claude, asked for ${asked}`, () => {
    for (const [mode, expected] of Object.entries(MODES)) {
      test(mode, async () => {
        const schemaFile = path.join(tempFolder(), "schema.json");
        writeFileSync(schemaFile, JSON.stringify(SCHEMA));
        const timeout = NEEDS_STOP.has(mode) ? "1500ms" : "40s";
        const flags = ["--timeout", timeout, "--kill-grace", "300"];
        if (asked === "a schema") flags.push("--schema", schemaFile);
        const end = await ask(mode, flags, "Write about the harbour.");
        const { exitCode, code } = (asked === "a schema" && expected.withSchema) || expected;
        expect(end.outcome.code).toBe(code);
        expect(end.exitCode).toBe(exitCode);
        if (expected.note !== undefined) expect(end.outcome.attempts[0]?.notes).toContain(expected.note);
        if (exitCode === 0) {
          expect(end.stderr).toBe("");
          if (asked === "text") expect(end.stdout.toString()).toMatch(/^The morning light [^]*\S\n$/);
          else expect(Object.keys(JSON.parse(end.stdout.toString()) as object)).toEqual(["title"]);
        } else {
          expect(end.stdout).toHaveLength(0);
          expect(end.stderr).toContain(`hardcall: The call "claude" ${expected.message}`);
          // One line of hardcall's own, and below it what claude printed on stderr.
          expect(end.stderr.match(/^(?! {4})/gm)).toHaveLength(1 + 1);
        }
        const pids = end.log.flatMap((line) => [line.pid, ...(line.children ?? [])]);
        expect(pids.length).toBeGreaterThan(0);
        expect(await survivorsAfter(1000, pids)).toEqual([]);
      });
    }
  });
}

test("a run that is still there 5 s after its result is ended, and has succeeded", async () => {
  const { exitCode, outcome, ms } = await ask("hang-after-result", ["--timeout", "60s"], "Hello");
  expect(exitCode).toBe(0);
  expect(outcome.attempts[0]?.notes).toEqual([
    "claude was still running 5 s after its result; hardcall ended it",
  ]);
  expect(ms).toBeGreaterThan(5000);
  expect(ms).toBeLessThan(15_000);
});

test("the prompt goes over stdin, whole, and never among the arguments", async () => {
  const prompt = `${"ä".repeat(200_000)} the end`;
  const { exitCode, log } = await ask("ok", ["--timeout", "40s"], prompt);
  expect(exitCode).toBe(0);
  expect(JSON.stringify(log[0]?.argv)).not.toContain("the end");
  expect(promptOf(log)).toMatchObject({ bytes: Buffer.byteLength(prompt) });
});

test("a prompt on stdin comes after the one that is an argument", async () => {
  const { log } = await ask("ok", ["--timeout", "40s", "--stdin", "First."], "Second.");
  expect(promptOf(log)).toMatchObject({ head: "First.\nSecond." });
});

test("no claude on PATH is exit code 127", async () => {
  const empty = tempFolder();
  const { exitCode, stderr, stdout } = await hardcall(["claude", "--timeout", "10s", "Hello"], {
    env: { PATH: empty },
  });
  expect(exitCode).toBe(127);
  expect(stdout).toHaveLength(0);
  expect(stderr).toBe(
    'hardcall: The call "claude" could not start: the command "claude" was not found on PATH (ENOENT). ' +
      "Check the command, its folder and its permissions.\n",
  );
});

test("with retry allowed, the second attempt's answer is the output", async () => {
  const state = tempFolder();
  const { exitCode, stdout } = await hardcall(
    ["claude", "--timeout", "40s", "--effects", "none", "--attempts", "2", "Hello"],
    { env: { PATH: FAKE_PATH, FAKE_CLAUDE_MODE: "blank,ok", FAKE_CLAUDE_STATE_DIR: state } },
  );
  expect(exitCode).toBe(0);
  expect(stdout.toString()).toMatch(/^The morning light/);
});
