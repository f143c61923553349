import { execFileSync } from "node:child_process";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { CallError, ConfigError, runCommand } from "../../src/index.ts";
import { elfLoader } from "../../src/process/start/elf-loader.ts";
import { ROOT, tempFolder } from "../helpers/files.ts";
import { run } from "../helpers/run.ts";

const ADVICE = "Check the command, its folder and its permissions.";

async function failure(
  file: string,
  args: readonly string[] = [],
  options: { cwd?: string; env?: Record<string, string> } = {},
) {
  const settled = await runCommand(file, args, { timeout: "20s", name: "it", ...options }).catch(
    (error: unknown) => error,
  );
  expect(settled).toBeInstanceOf(CallError);
  return settled as CallError;
}

function script(text: string, mode = 0o755): string {
  const file = path.join(tempFolder(), "script");
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
}

/** A real program that asks for another loader. */
function withLoader(loader: string): string {
  const program = readFileSync(execFileSync("which", ["true"], { encoding: "utf8", timeout: 20_000 }).trim());
  const own = elfLoader("/proc/self/exe")!;
  const at = program.indexOf(`${own}\0`);
  program.write(loader.padEnd(own.length, "\0"), at, "latin1");
  const file = path.join(tempFolder(), "program");
  writeFileSync(file, program, { mode: 0o755 });
  return file;
}

describe("what could not start says what is missing", () => {
  const cases: readonly (readonly [string, () => string, string, string])[] = [
    [
      "a command that is not on PATH",
      () => "no-such-command",
      'the command "no-such-command" was not found on PATH (ENOENT)',
      "not_found",
    ],
    [
      "a file that is not there",
      () => "/no/such/file",
      'the command "file" was not found (ENOENT)',
      "not_found",
    ],
    [
      "a file that is not executable",
      () => script("#!/bin/sh\n", 0o644),
      'the command "script" was found but is not executable (EACCES)',
      "not_executable",
    ],
    ["a folder", () => "/usr/lib", 'the command "lib" is a folder (EACCES)', "not_executable"],
    [
      "a script with CRLF line ends",
      () => script("#!/bin/sh\r\necho hi\r\n"),
      'the first line of "script" ends with CRLF, and the CR counts as part of it: save it with LF line ends',
      "not_executable",
    ],
    [
      "a program of Alpine, where there is no musl",
      () => withLoader("/no/ld-musl.so.1"),
      'the command "program" was built for another system: its loader /no/ld-musl.so.1 is not here (it needs musl; take the build for glibc)',
      "not_executable",
    ],
    [
      "a program for glibc, where there is none",
      () => withLoader("/no/ld-linux.so.2"),
      'the command "program" was built for another system: its loader /no/ld-linux.so.2 is not here (it needs glibc; on Alpine take the build for musl)',
      "not_executable",
    ],
    [
      "an interpreter that is not there",
      () => script("#!/no/such/interpreter -x\n"),
      'the interpreter "/no/such/interpreter" that the first line of "script" names was not found',
      "not_executable",
    ],
  ];
  for (const [title, file, sentence, kind] of cases) {
    test(title, async () => {
      const error = await failure(file());
      expect(error.message).toBe(`The call "it" could not start: ${sentence}. ${ADVICE}`);
      expect(error).toMatchObject({
        code: "spawn_failed",
        effect: "not_started",
        retryable: true,
        cause: { kind },
      });
    });
  }

  test("a folder in place of a command", async () => {
    expect((await failure("/tmp")).code).toBe("spawn_failed");
  });

  test("a working folder that is not there is found before", async () => {
    const error = await failure("echo", [], { cwd: "/no/such/folder" });
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toBe(
      'Invalid configuration of the call "it": the working folder "/no/such/folder" does not exist.',
    );
  });

  test("no descriptor left: nothing was started, and the next call works", async () => {
    // With 60 descriptors the host can load everything and then runs out.
    const hostFile = path.join(ROOT, "test/fixtures/hosts/has-no-descriptors.ts");
    const { stdout, stderr } = await run("sh", [
      "-c",
      'ulimit -n 60; exec "$@"',
      "sh",
      process.execPath,
      hostFile,
    ]);
    expect(stderr).toBe("");
    const { ends, value } = JSON.parse(stdout.toString()) as { ends: string[]; value: string };
    expect(value).toBe("again");
    expect(ends[0]).toMatch(
      /^spawn_failed not_started The call "echo" could not start: the system has no process, memory or descriptor left \(EMFILE\)/,
    );
    for (const end of ends) expect(end).toMatch(/^(?:ok|spawn_failed not_started )/);
  });
});

describe("a folder on PATH that cannot be looked into", () => {
  // Too long a path, as root may enter every folder. For other users the home of another user does the same (EACCES).
  const folder = `/${"a".repeat(200)}`.repeat(25);
  const env = { PATH: [folder, process.env["PATH"]].join(path.delimiter) };

  test("hides nothing of how a command failed", async () => {
    const error = await failure("sh", ["-c", "exit 3"], { env });
    expect(error).toMatchObject({ code: "exit_nonzero", exitCode: 3 });
  });

  test("hides nothing of why a command could not start", async () => {
    const error = await failure("no-such-command", [], { env });
    expect(error).toMatchObject({ code: "spawn_failed", effect: "not_started" });
    expect(error.message).toContain('the command "no-such-command" was not found on PATH');
  });
});

describe("what is known to fail is refused before", () => {
  test("a NUL byte, by its position and not by its text", async () => {
    const error = await failure("echo", ["fine", "canary\0"]);
    expect(error.message).toBe('Invalid configuration of the call "it": argument 2 holds a NUL byte.');
    expect((await failure("ec\0ho")).message).toContain("the command holds a NUL byte");
    expect((await failure("echo", [], { env: { A: "b\0" } })).message).toContain(
      "environment variable A holds a NUL byte",
    );
  });

  test("an argument of 131,071 bytes goes through, one of 131,072 is refused", async () => {
    const { value } = await runCommand("sh", ["-c", 'printf %s "$1" | wc -c', "sh", "x".repeat(131_071)], {
      timeout: "20s",
    });
    expect(value.trim()).toBe("131071");
    const error = await failure("echo", ["x".repeat(131_072)]);
    expect(error.message).toBe(
      'Invalid configuration of the call "it": argument 1 has 131072 bytes and Linux takes at most 131071; send it over stdin.',
    );
  });

  test("bytes are counted, not characters", async () => {
    expect((await failure("echo", ["€".repeat(43_691)])).code).toBe("invalid_config");
    const { stdoutBytes } = await runCommand("echo", ["€".repeat(43_690)], { timeout: "20s" });
    expect(stdoutBytes).toBe(131_071);
  });

  test("arguments that are too large only together", async () => {
    const error = await failure(
      "echo",
      Array.from({ length: 100 }, () => "x".repeat(131_000)),
    );
    expect(error.message).toBe(
      `The call "it" could not start: its arguments and environment are too large together (E2BIG). ${ADVICE}`,
    );
    expect(error.effect).toBe("not_started");
  });
});

test.each(["#!/usr/bin/env sh\r\necho hi\r\n", "#!/bin/sh -e\r\necho hi\r\n"])(
  "a script that starts, and fails of its CRLF line ends, says so: %j",
  async (text) => {
    const error = await failure(script(text));
    expect(error).toMatchObject({ code: "exit_nonzero" });
    expect(error.message).toContain(
      '(the first line of "script" ends with CRLF, and the CR counts as part of it',
    );
  },
);
