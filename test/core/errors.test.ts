import { cpSync, existsSync, symlinkSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { inspect } from "node:util";
import { pino } from "pino";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import {
  CallError,
  claude,
  command,
  ConfigError,
  defineCall,
  describeOutcome,
  runCommand,
} from "../../src/index.ts";
import { fixture, ROOT, tempFolder } from "../helpers/files.ts";

const CANARIES = {
  argument: "canary-in-argv",
  environment: "canary-in-env",
  stdin: "canary-on-stdin",
  stdout: "canary-on-stdout",
  stderr: "canary-on-stderr",
};
/** Everything that a log line could be made of. */
function logged(error: unknown): string {
  const lines: string[] = [];
  const logger = pino({ level: "info" }, { write: (line: string) => lines.push(line) });
  logger.error(error, "it failed");
  logger.error({ err: error });
  logger.error({ error });
  return [
    JSON.stringify(error),
    JSON.stringify({ ...(error as object) }),
    inspect(error, { depth: 10, showHidden: false }),
    String(error),
    (error as Error).stack,
    ...lines,
  ].join("\n");
}

const FAILURES: Readonly<
  Record<string, { script: string; maxOutput?: number; more?: object; code: string }>
> = {
  "an exit code": { script: "exit 3", code: "exit_nonzero" },
  "a signal": { script: "kill -9 $$", code: "killed" },
  "a timeout": { script: "sleep 60", more: { timeout: 500 }, code: "timeout" },
  "an output that does not fit": {
    script: "exit 0",
    more: { output: z.object({ a: z.number() }) },
    code: "invalid_output",
  },
  "too much output": { script: "exit 0", maxOutput: 5, code: "output_too_large" },
  "missing evidence": { script: "exit 0", more: { evidence: [() => false] }, code: "evidence_missing" },
};

describe("a logged error shows no arguments, environment, stdin or output", () => {
  for (const [title, { script, maxOutput, more, code }] of Object.entries(FAILURES)) {
    test(title, async () => {
      const all = `cat; echo '{"a":"${CANARIES.stdout}"}'; echo ${CANARIES.stderr} >&2; ${script}`;
      const call = defineCall({
        name: "it",
        callee: command("sh", ["-c", all, CANARIES.argument], {
          env: { SECRET: CANARIES.environment },
          stdin: CANARIES.stdin,
          killGrace: 200,
          maxOutput,
        }),
        timeout: "20s",
        effects: "none",
        ...more,
      });
      const error = await call.settle();
      expect(error).toMatchObject({ code });
      expect(error.stderrTail).toBe(`${CANARIES.stderr}\n`);
      const text = logged(error);
      expect(text).toContain(code);
      for (const canary of Object.values(CANARIES)) expect(text).not.toContain(canary);
    });
  }

  test("a command that is not there", async () => {
    const error: unknown = await runCommand("no-such-command", [CANARIES.argument], {
      timeout: "20s",
      env: { SECRET: CANARIES.environment },
      stdin: CANARIES.stdin,
    }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CallError);
    for (const canary of Object.values(CANARIES)) expect(logged(error)).not.toContain(canary);
  });

  test("a prompt", async () => {
    const call = defineCall({
      name: "draft",
      callee: claude({
        claudePath: path.join(ROOT, "fake-bin/claude"),
        systemPrompt: CANARIES.argument,
        env: { FAKE_CLAUDE_MODE: "api-error-exit0", SECRET: CANARIES.environment },
      }),
      timeout: "20s",
      effects: "none",
    });
    const error = await call.settle(CANARIES.stdin);
    expect(error).toMatchObject({ code: "rate_limited" });
    for (const canary of Object.values(CANARIES)) expect(logged(error)).not.toContain(canary);
  });
});

test("the outcome file has what the log has not", async () => {
  const error = await runCommand("sh", ["-c", "echo words; exit 3"], { timeout: "20s" }).catch(
    (thrown: unknown) => thrown,
  );
  expect(describeOutcome(error as CallError)).toMatchObject({
    ok: false,
    stdoutTail: "words\n",
    exitCode: 3,
  });
});

describe("messages are whole sentences with what to do", () => {
  const messageOf = async (script: string, options: object = {}) => {
    const error: unknown = await runCommand("sh", ["-c", script], {
      timeout: "20s",
      name: "it",
      ...options,
    }).catch((thrown: unknown) => thrown);
    return (error as CallError).message;
  };

  test.each([
    [
      "echo four; exit 3",
      {},
      'The call "it" exited with code 3 after 5 bytes on stdout and 0 on stderr. See stderrTail and stdoutTail for the reason.',
    ],
    [
      "exit 137",
      {},
      'The call "it" exited with code 137 (128 + 9: a shell reports SIGKILL so) after 0 bytes on stdout and 0 on stderr. See stderrTail and stdoutTail for the reason.',
    ],
    [
      "kill -SEGV $$",
      {},
      'The call "it" was ended by SIGSEGV, which hardcall did not send. Check the system\'s log for an out-of-memory kill, or find out what sent the signal.',
    ],
    [
      "exit 0",
      {},
      'The call "it" printed nothing. There is no output to use, even if the exit code says success.',
    ],
    [
      "printf ' \\n'",
      {},
      'The call "it" printed 2 invisible bytes. There is no output to use, even if the exit code says success.',
    ],
    [
      "sleep 60",
      { timeout: 300 },
      'The call "it" timed out after 300 ms (limit of the whole call). If it needs longer, raise the timeout; otherwise find out what it waits for.',
    ],
  ])("%s", async (script, options, message) => {
    expect(await messageOf(script, { killGrace: 200, ...options })).toBe(message);
  });
});

describe("what an error is", () => {
  test("a CallError, and a ConfigError is one too", async () => {
    const error: unknown = await runCommand("false", [], { timeout: "20s" }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(Error);
    expect(error).toBeInstanceOf(CallError);
    expect(error).not.toBeInstanceOf(ConfigError);
    const config = new ConfigError("it", ["wrong"]);
    expect(config).toBeInstanceOf(CallError);
    expect(new Error("other")).not.toBeInstanceOf(CallError);
    expect(null as unknown).not.toBeInstanceOf(CallError);
  });

  test("has a class of its own under it that works as classes do", () => {
    class Mine extends CallError {}
    expect(new ConfigError("it", ["wrong"])).not.toBeInstanceOf(Mine);
  });

  test.skipIf(!existsSync(path.join(ROOT, "dist/index.js")))(
    "the same across two copies of the package",
    async () => {
      const folder = tempFolder();
      cpSync(path.join(ROOT, "dist"), path.join(folder, "dist"), { recursive: true });
      cpSync(path.join(ROOT, "package.json"), path.join(folder, "package.json"));
      symlinkSync(path.join(ROOT, "node_modules"), path.join(folder, "node_modules"));
      const other = (await import(
        pathToFileURL(path.join(folder, "dist/index.js")).href
      )) as typeof import("../../src/index.ts");
      expect(other.CallError).not.toBe(CallError);
      const error: unknown = await other
        .runCommand("false", [], { timeout: "20s" })
        .catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(CallError);
      expect(error).not.toBeInstanceOf(ConfigError);
      expect(new ConfigError("it", ["wrong"])).toBeInstanceOf(other.ConfigError);
    },
  );

  test("its facts are those of a result, and its tails do not show", async () => {
    const error = (await runCommand(fixture("lists-its-environment.sh"), [], {
      timeout: "20s",
      okExitCodes: [9],
    }).catch((thrown: unknown) => thrown)) as CallError;
    const result = await runCommand(fixture("lists-its-environment.sh"), [], { timeout: "20s" });
    const common = [
      "attempts",
      "callId",
      "durationMs",
      "exitCode",
      "name",
      "outcome",
      "stdoutBytes",
      "stdoutSha256",
    ];
    expect(Object.keys(result).toSorted()).toEqual([...common, "value"].toSorted());
    expect(Object.keys(error).toSorted()).toEqual([...common, "code", "effect", "retryable"].toSorted());
    expect(error.stdoutTail).toMatch(/^id=/);
    expect(result.stdoutTail).toMatch(/^id=/);
  });
});
