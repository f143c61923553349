import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { childEnv } from "../../helpers/child-env.ts";
import { tempFolder } from "../../helpers/files.ts";
import { atOnce, inMode, inTurn, MODES, onCommandLine, sh, type Made } from "./calls.ts";

function script(text: string, mode = 0o755, folder = tempFolder()): string {
  const file = path.join(folder, "script");
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
}

/** What cannot start, and why. */
const FAILURES: readonly (readonly [string, () => Made, string])[] = [
  ["a command that is not on PATH", () => ({ file: "no-such-command" }), "not_found ENOENT"],
  ["a path that is not there", () => ({ file: "/no/such/file" }), "not_found ENOENT"],
  ["a file that is not executable", () => ({ file: script("#!/bin/sh\n", 0o644) }), "not_executable EACCES"],
  ["a folder", () => ({ file: "/usr/lib" }), "not_executable EACCES"],
  [
    "an interpreter that is not there",
    () => ({ file: script("#!/no/such/interpreter\n") }),
    "not_executable ENOENT",
  ],
  ["a first line with CRLF", () => ({ file: script("#!/bin/sh\r\necho\r\n") }), "not_executable ENOENT"],
  [
    "arguments that are too large together",
    () => ({ file: "echo", args: Array.from({ length: 100 }, () => "x".repeat(131_000)) }),
    "too_large E2BIG",
  ],
];

describe.each(MODES)("with the spawning helper %s", (mode) => {
  test("what cannot start says why, as the same error, and the next call works", async () => {
    const calls = FAILURES.flatMap(([, make]) => [make(), sh("echo works")]);
    const ends = await inTurn(mode, calls);
    const told = FAILURES.map(([title], index) => [title, ends[2 * index]?.why]);
    expect(told).toEqual(FAILURES.map(([title, , why]) => [title, why]));
    for (const [index, { code, effect, value }] of ends.entries()) {
      if (index % 2 === 0) expect({ code, effect }).toEqual({ code: "spawn_failed", effect: "not_started" });
      else expect(value).toBe("works");
    }
    expect(ends[0]?.message).toBe(
      'The call "it" could not start: the command "no-such-command" was not found on PATH (ENOENT). ' +
        "Check the command, its folder and its permissions.",
    );
  });

  test("a folder that is removed after it was checked is told as such", async () => {
    const folder = path.join(tempFolder(), "goes");
    mkdirSync(folder);
    const calls: Made[] = [
      { ...sh("pwd"), host: { chdir: folder } },
      { ...sh("pwd"), host: { run: ["rmdir", folder] } },
      { ...sh("pwd", { cwd: "/" }) },
      { ...sh("pwd"), host: { chdir: "/tmp" } },
    ];
    const ends = await inTurn(mode, calls);
    expect(ends.map(({ code, value }) => code ?? value)).toEqual([folder, "spawn_failed", "/", "/tmp"]);
  });

  test("hardcall run ends with 127 and 126", async () => {
    const missing = await onCommandLine(mode, ["no-such-command"]);
    expect(missing).toMatchObject({ exitCode: 127, outcome: { code: "spawn_failed" } });
    expect(missing.stderr).toContain('the command "no-such-command" was not found on PATH (ENOENT)');
    const refused = await onCommandLine(mode, [script("#!/bin/sh\n", 0o644)]);
    expect(refused).toMatchObject({ exitCode: 126, outcome: { code: "spawn_failed" } });
  });

  test("arguments arrive as they are", async () => {
    const args = [
      "",
      " ",
      "--",
      "-x",
      "--env=a",
      "a\nb",
      "$HOME",
      "'\"\\",
      "grüße 🎉",
      "\uD800",
      "x".repeat(131_000),
    ];
    const shown = `printf '%s\\0' "$@" | sha256sum; printf %s "$#"; tr '\\0' '|' </proc/$$/cmdline | head -c 20`;
    const ends = await inTurn(mode, [{ file: "sh", args: ["-c", shown, "zero", ...args] }]);
    // Node writes half a character as U+FFFD.
    const bytes = args.map((arg) => `${arg.toWellFormed()}\0`).join("");
    const sha = createHash("sha256").update(bytes).digest("hex");
    expect(ends[0]?.value).toBe(`${sha}  -\n${args.length}sh|-c|printf '%s\\0' `);
  });

  test("the environment arrives as it is, and nothing else is in it", async () => {
    const env = {
      EMPTY: "",
      "--require": "/no/such/file",
      "-e": "x",
      NODE_OPTIONS: "--max-old-space-size=99",
      grüße: "🎉\n=",
      ODD: "\uD800",
      HOME: null,
    };
    const [listed, long] = await inTurn(mode, [
      { file: "env", args: ["-0"], options: { env } },
      sh('echo "${#LONG}"', { env: { LONG: "x".repeat(131_000) } }),
    ]);
    expect(long?.value).toBe("131000");
    const got = Object.fromEntries(
      (listed?.value ?? "")
        .split("\0")
        .filter((entry) => entry !== "")
        .map((entry) => [entry.slice(0, entry.indexOf("=")), entry.slice(entry.indexOf("=") + 1)]),
    );
    const { HARDCALL_ATTEMPT, HARDCALL_CALLS, HARDCALL_CALL_ID, ...rest } = got;
    expect(HARDCALL_CALLS).toContain(`${HARDCALL_CALL_ID}/${HARDCALL_ATTEMPT};`);
    const { HOME: _, ...host } = childEnv(inMode(mode));
    // Node writes half a character as U+FFFD.
    const { HOME: __, ...own } = { ...env, ODD: "\uFFFD" };
    expect(rest).toEqual({ ...host, ...own });
  });

  test("a change of the host's environment counts for the next call", async () => {
    const calls: Made[] = [
      sh("echo ${LATE-none}"),
      { ...sh("echo ${LATE-none}"), host: { env: { LATE: "set" } } },
    ];
    expect((await inTurn(mode, calls)).map(({ value }) => value)).toEqual(["none", "set"]);
  });

  test("PATH is that of the call, and a relative file is looked up in its folder", async () => {
    const [one, two] = [tempFolder(), tempFolder()];
    script("#!/bin/sh\necho one", 0o755, one);
    script("#!/bin/sh\necho two", 0o755, two);
    const PATH = (folder: string) => `${folder}:${process.env["PATH"]}`;
    const ends = await atOnce(mode, [
      { file: "script", options: { env: { PATH: PATH(one) } } },
      { file: "script", options: { env: { PATH: PATH(two) } } },
      { file: "./script", options: { cwd: two } },
      { file: `../${path.basename(one)}/script`, options: { cwd: two } },
      { file: "script", options: { env: { PATH: `.:${process.env["PATH"]}` }, cwd: one } },
      // The C library hands a file that the kernel does not know to the shell.
      { file: script("echo shell") },
    ]);
    expect(ends.map(({ value, why }) => why ?? value)).toEqual(["one", "two", "two", "one", "one", "shell"]);
    const moved = await inTurn(mode, [
      { file: "./script", host: { chdir: one } },
      { file: "./script", host: { chdir: two } },
    ]);
    expect(moved.map(({ value }) => value)).toEqual(["one", "two"]);
  });
});
