import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { CallError } from "../../../src/index.ts";
import { ask } from "./ask.ts";

const ROOT = join(import.meta.dirname, "../../..");

/** What must never be seen but where it was put. Each is what a key, a token or a text looks like. */
const SECRETS = {
  key: "sk-ant-api03-CANARYkey0123456789abcdefCANARY",
  token: "ghp_CANARYtoken0123456789abcdefghijkl",
  password: "CANARYpassword0123456789",
  prompt: "the CANARYprompt swims at noon",
  system: "the CANARYsystem prompt is sealed",
  answer: "the CANARYanswer sings at dusk",
} as const;

const PROMPT = [
  "Write about this, and let nobody read it in a log, not even the beginning which is long enough to fill a head.",
  SECRETS.prompt,
  SECRETS.key,
].join("\n");
const ENV = {
  ANTHROPIC_API_KEY: SECRETS.key,
  GITHUB_TOKEN: SECRETS.token,
  DATABASE_URL: `postgres://app:${SECRETS.password}@db/app`,
  FAKE_CLAUDE_TEXT: SECRETS.answer,
};
const Never = z.object({ n: z.number({ error: (issue) => `not a number: ${JSON.stringify(issue.input)}` }) });

/** The canaries that a text holds. */
const sung = (text: string) =>
  Object.entries(SECRETS)
    .filter(([, secret]) => text.includes(secret) || text.includes(secret.slice(0, -8)))
    .map(([name]) => name);

/** Everything that a logger could make of an error or a result. */
const faces = (settled: object): string[] => [
  settled instanceof Error ? settled.message : "",
  settled instanceof Error ? settled.toString() : "",
  JSON.stringify(settled),
  inspect(settled, { depth: 10 }),
  inspect(settled, { depth: 10, showHidden: false, compact: false }),
  JSON.stringify({ ...settled }),
  settled instanceof Error ? (settled.stack ?? "") : "",
];

describe("errors", () => {
  it.each([
    "fail",
    "empty",
    "truncated",
    "missing-result",
    "rate-limit",
    "auth",
    "permission-denied",
    "max-turns",
    "crash",
    "hang-midstream",
    "schema-missing",
    "schema-invalid",
    "result-then-exit1",
    "flood",
  ])("of %s hold no key, token, prompt or answer", async (mode) => {
    const { settled } = await ask({
      prompt: PROMPT,
      systemPrompt: SECRETS.system,
      extraArgs: ["--settings", JSON.stringify({ env: { TOKEN: SECRETS.token } })],
      fake: { mode, env: ENV },
      timeout: mode.startsWith("hang") ? "2s" : "40s",
      output: Never,
    });
    expect(settled).toBeInstanceOf(CallError);
    for (const face of faces(settled)) expect(sung(face)).toEqual([]);
  });

  it("of a command line that was refused, of a program that is missing and of a bad definition", async () => {
    const common = { prompt: PROMPT, systemPrompt: SECRETS.system, fake: { mode: "ok", env: ENV } };
    for (const options of [
      { extraArgs: [`--nosuch=${SECRETS.key}`] },
      { claudePath: "/nonexistent/claude" },
      { permissionMode: SECRETS.token },
    ]) {
      const { settled } = await ask({ ...common, ...options });
      expect(settled).toBeInstanceOf(CallError);
      for (const face of faces(settled)) expect(sung(face)).toEqual([]);
    }
  });

  it("after several attempts with feedback, too", async () => {
    const scenario = { replies: [{ structured: { n: SECRETS.answer } }] };
    const { settled } = await ask({
      prompt: PROMPT,
      output: Never,
      fake: { scenario, env: ENV },
      retry: { attempts: 2, baseDelay: 1, feedback: true },
    });
    expect(settled).toMatchObject({ code: "invalid_output", attempts: [{}, {}] });
    for (const face of faces(settled)) expect(sung(face)).toEqual([]);
  });
});

describe("logs and files", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "canaries-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each([
    ["ok", 0],
    ["fail", 69],
    ["rate-limit", 75],
    ["empty", 65],
    ["missing-result", 65],
  ])("of hardcall claude over %s hold none of them", (mode, exitCode) => {
    const args = [
      "claude",
      "--timeout",
      "40s",
      "--system-prompt",
      SECRETS.system,
      "--ledger",
      join(folder, "l.db"),
    ];
    const env = {
      ...process.env,
      ...ENV,
      PATH: `${join(ROOT, "fake-bin")}:${process.env["PATH"] ?? ""}`,
      HARDCALL_LOG_LEVEL: "debug",
      FAKE_CLAUDE_MODE: mode,
      FAKE_CLAUDE_LOG: join(folder, "fake.log"),
      FAKE_CLAUDE_STATE_DIR: join(folder, mode),
    };
    const run = spawnSync(process.execPath, [join(ROOT, "src/cli.ts"), ...args], {
      env,
      input: PROMPT,
      encoding: "utf8",
      timeout: 55_000,
    });
    // The log line is there, and stdout is where an answer belongs.
    expect(run).toMatchObject({ status: exitCode, stderr: expect.stringContaining('"callId"') });
    expect(sung(run.stderr)).toEqual([]);
    // ast-grep-ignore: js-stdout-unchecked, reason: the exit code is looked at above, by toMatchObject
    expect(sung(run.stdout)).toEqual(mode === "ok" ? ["answer"] : []);
    for (const file of filesOf(folder))
      expect([file, sung(readFileSync(file, "latin1"))]).toEqual([file, []]);
  });

  it("of the fake hold no key or token even when it is told to log prompts", () => {
    const log = join(folder, "prompts.log");
    const env = {
      ...process.env,
      ...ENV,
      FAKE_CLAUDE_MODE: "ok",
      FAKE_CLAUDE_LOG: log,
      FAKE_CLAUDE_LOG_PROMPT: "1",
    };
    const args = [
      "-p",
      "--append-system-prompt",
      SECRETS.system,
      "--settings",
      `{"token":"${SECRETS.token}"}`,
    ];
    const run = spawnSync(join(ROOT, "fake-bin/claude"), args, {
      env,
      input: PROMPT,
      encoding: "utf8",
      timeout: 30_000,
    });
    expect(run.status).toBe(0);
    expect(sung(readFileSync(log, "utf8"))).toEqual(["prompt"]);
  });
});

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}
