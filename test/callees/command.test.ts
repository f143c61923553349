import { createHash } from "node:crypto";
import { describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { command, defineCall, runCommand, type CommandOptions } from "../../src/index.ts";
import { fixture, PidFile } from "../helpers/files.ts";
import { isAlive, killAll, survivorsAfter } from "../helpers/processes.ts";
import { hardcall } from "../helpers/run.ts";

const settle = (script: string, options: CommandOptions<void> = {}, more: object = {}) =>
  defineCall({
    name: "it",
    callee: command("sh", ["-c", script], options),
    timeout: "30s",
    effects: "once",
    ...more,
  }).settle();

describe("stdin", () => {
  test.each([
    ["text", "grüße\n"],
    ["bytes", Buffer.from([0, 255, 10, 128])],
    ["nothing", ""],
  ])("is %s, then end of file", async (_, stdin) => {
    const bytes = Buffer.from(stdin);
    const result = await runCommand("cat", [], { timeout: "20s", stdin, allowEmpty: true });
    expect(result.stdoutBytes).toBe(bytes.length);
    expect(result.stdoutSha256).toBe(createHash("sha256").update(bytes).digest("hex"));
  });

  test("5 MB to a command that reads none of it is no failure", async () => {
    const result = await runCommand("true", [], {
      timeout: "20s",
      stdin: Buffer.alloc(5_000_000, "x"),
      allowEmpty: true,
    });
    expect(result.exitCode).toBe(0);
  });

  test("5 MB and back again", async () => {
    const text = "0123456789".repeat(500_000);
    const { value } = await runCommand("cat", [], { timeout: "30s", stdin: text });
    expect(value === text).toBe(true);
  });

  test("can be made of the input", async () => {
    const call = defineCall({
      name: "it",
      callee: command("cat", [], { stdin: (name: string) => `hello ${name}` }),
      timeout: "20s",
      effects: "none",
    });
    expect((await call("you")).value).toBe("hello you");
  });
});

describe("output", () => {
  test("loses its final newline, and only one", async () => {
    expect(await settle("printf 'a\\n\\n'")).toMatchObject({ value: "a\n" });
    expect(await settle("printf 'a\\r\\n'")).toMatchObject({ value: "a" });
    expect(await settle("printf a")).toMatchObject({ value: "a" });
  });

  test("is decoded as a whole, so that no character is split", async () => {
    expect(await settle("printf '\\303'; sleep 0.1; printf '\\244'")).toMatchObject({ value: "ä" });
  });

  test("in UTF-16 is read as such, so that a blank line of it is blank", async () => {
    expect(await settle("printf '\\377\\376h\\000\\344\\000\\n\\000'")).toMatchObject({ value: "hä" });
    expect(await settle("printf '\\377\\376\\r\\000\\n\\000'")).toMatchObject({ code: "empty_output" });
  });

  test("that begins as UTF-16 and is none is UTF-8, and not blank", async () => {
    // An odd number of bytes; half of a character.
    for (const bytes of ["\\377\\376\\001", "\\377\\376\\000\\330"])
      expect(await settle(`printf '${bytes}'`)).toMatchObject({ outcome: "executed" });
  });

  test("with a schema is JSON, and what the schema makes of it", async () => {
    const output = z.object({ n: z.coerce.number() });
    expect(await settle(`echo '{"n":"5"}'`, {}, { output })).toMatchObject({ value: { n: 5 } });
    const bad = await settle(`echo '{"n":"x"}'`, {}, { output });
    expect(bad).toMatchObject({ code: "invalid_output", effect: "completed" });
    expect((bad as unknown as { issues: unknown[] }).issues).toHaveLength(1);
    expect(await settle("echo nothing like it", {}, { output })).toMatchObject({ code: "invalid_output" });
  });

  test("exactly as large as allowed is kept; one byte more is not", async () => {
    expect(await settle("printf 12345", { maxOutput: 5 })).toMatchObject({ value: "12345" });
    const more = await settle("printf 123456", { maxOutput: 5 });
    expect(more).toMatchObject({ code: "output_too_large", stdoutBytes: 6, stdoutTail: "123456" });
  });

  test("of 40 MB is counted and hashed whole", async () => {
    const end = await settle("yes | head -c 40000000");
    expect(end).toMatchObject({
      code: "output_too_large",
      stdoutBytes: 40_000_000,
      stdoutSha256: createHash("sha256").update("y\n".repeat(20_000_000)).digest("hex"),
    });
    expect(end.stdoutTail).toHaveLength(4096);
  });
});

describe("exit codes", () => {
  test("that are said to be fine are", async () => {
    expect(await settle("echo found; exit 1", { okExitCodes: [0, 1] })).toMatchObject({
      value: "found",
      exitCode: 1,
    });
    expect(await settle("echo none", { okExitCodes: [1] })).toMatchObject({
      code: "exit_nonzero",
      exitCode: 0,
    });
  });

  test("that are said to be a refusal make a repeat harmless", async () => {
    expect(await settle("exit 7", { rejectedExitCodes: [7] })).toMatchObject({
      effect: "rejected",
      retryable: true,
    });
    expect(await settle("exit 8", { rejectedExitCodes: [7] })).toMatchObject({
      effect: "unknown",
      retryable: false,
    });
  });

  test.each(["leave", "end"] as const)(
    "that are said to be a refusal are no proof beside a process that goes on (leftovers: %s)",
    async (leftovers) => {
      const pids = new PidFile();
      onTestFinished(() => killAll(pids.pids()));
      const options = { rejectedExitCodes: [7], leftovers, env: { PIDS: pids.path } };
      const script = `sleep 60 >/dev/null 2>&1 & echo $! >> "$PIDS"; exit 7`;
      expect(await settle(script, options)).toMatchObject({ code: "exit_nonzero", effect: "unknown" });
    },
  );

  test("that are said to be a refusal are no proof after a process that went on for a moment", async () => {
    const script = "(sleep 0.1; echo published) & exit 7";
    expect(await settle(script, { rejectedExitCodes: [7] })).toMatchObject({ effect: "unknown" });
  });

  test("and signals are two things", async () => {
    expect(await settle("kill -9 $$")).toMatchObject({
      code: "killed",
      signal: "SIGKILL",
      effect: "unknown",
    });
    const shell = await settle("sh -c 'kill -9 $$'; exit $?");
    expect(shell).toMatchObject({ code: "exit_nonzero", exitCode: 137 });
    expect(shell.signal).toBeUndefined();
  });
});

describe("what a command leaves running", () => {
  test("is ended after a failure too", async () => {
    const pids = new PidFile();
    const end = await settle(`${fixture("double-forked-daemon.sh")}; exit 3`, { env: { PIDS: pids.path } });
    expect(end).toMatchObject({ code: "exit_nonzero", exitCode: 3 });
    expect(await survivorsAfter(0, pids.pids())).toEqual([]);
  });

  test("may live on when that is said, pipes and all", async () => {
    const pids = new PidFile();
    const end = await settle(fixture("exits-while-daemon-holds-pipe.sh"), {
      leftovers: "leave",
      env: { PIDS: pids.path },
    });
    expect(end).toMatchObject({ value: "done" });
    expect(end.attempts[0]?.notes).toEqual([
      "another process held the output open for more than 250 ms after the exit; later output is missing",
    ]);
    const [, daemon] = pids.pids();
    onTestFinished(() => killAll([daemon!]));
    expect(isAlive(daemon!)).toBe(true);
  });

  test("but not after a failure, where a retry would run beside it", async () => {
    const pids = new PidFile();
    const script = `(sleep 60; echo published) >/dev/null 2>&1 & echo $! >> "$PIDS"; exit 1`;
    const end = await settle(
      script,
      { leftovers: "leave", env: { PIDS: pids.path } },
      { effects: "none", retry: { attempts: 2, baseDelay: 1 } },
    );
    onTestFinished(() => killAll(pids.pids()));
    expect(end.attempts).toHaveLength(2);
    expect(end.attempts[0]?.notes?.[0]).toMatch(/^hardcall ended .* still running after the exit$/);
    expect(await survivorsAfter(0, pids.pids())).toEqual([]);
  });

  test("and after an exit code that was declared a success", async () => {
    const pids = new PidFile();
    const script = `echo done; sleep 60 >/dev/null 2>&1 & echo $! >> "$PIDS"; exit 4`;
    const end = await settle(script, { leftovers: "leave", okExitCodes: [4], env: { PIDS: pids.path } });
    onTestFinished(() => killAll(pids.pids()));
    expect(end).toMatchObject({ value: "done" });
    expect(pids.pids().map(isAlive)).toEqual([true]);
  });

  test.each([
    ["a child", fixture("holds-stdout.sh")],
    ["a daemon", `${fixture("double-forked-daemon.sh")}; sleep 60`],
  ])("but not after a timeout: %s", async (_, script) => {
    const pids = new PidFile();
    const end = await settle(
      script,
      { leftovers: "leave", killGrace: 300, env: { PIDS: pids.path } },
      { timeout: 1000 },
    );
    expect(end).toMatchObject({ code: "timeout" });
    expect(await survivorsAfter(0, pids.pids())).toEqual([]);
  });
});

test("a daemon is found where our own environment has marks that are not ours", async () => {
  const pids = new PidFile();
  const argv = ["run", "--timeout", "20s", "--", fixture("double-forked-daemon.sh")];
  const end = await hardcall(argv, { env: { PIDS: pids.path, HARDCALL_CALLS: "of something else" } });
  expect(end.exitCode).toBe(0);
  expect(await survivorsAfter(0, pids.pids())).toEqual([]);
});

describe("listeners", () => {
  test("see stderr as it comes", async () => {
    const seen: string[] = [];
    await settle("echo one >&2; echo out; echo two >&2", {
      onStderr: (chunk) => seen.push(Buffer.from(chunk).toString()),
    });
    expect(seen.join("")).toBe("one\ntwo\n");
  });

  test("that throw cost a note, not the host", async () => {
    const end = await settle("echo one >&2; echo out", {
      onStderr: () => {
        throw new Error("canary");
      },
    });
    expect(end).toMatchObject({ value: "out" });
    expect(end.attempts[0]?.notes).toEqual(["onStderr threw"]);
  });
});

test("a variable can be taken out of the environment", async () => {
  const end = await settle('echo "[$HOME]" "[$EXTRA]"', { env: { HOME: undefined, EXTRA: "x" } });
  expect(end).toMatchObject({ value: "[] [x]" });
});

test.each([
  ["", "executed"],
  [" \\n", "executed"],
  ["abc", "failed"],
  ["abcde", "executed"],
])(
  "allowEmpty accepts a blank stdout and leaves minBytes to the rest: %j is %s",
  async (printed, outcome) => {
    const callee = command("printf", [printed], { allowEmpty: true, minBytes: 5 });
    const call = defineCall({ name: "short", callee, timeout: "20s", effects: "none" });
    expect(await call.settle()).toMatchObject({ outcome });
  },
);
