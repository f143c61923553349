/** The command `hardcall` and the fakes, as another program starts them. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { buffer } from "node:stream/consumers";

const PACKAGE = path.dirname(createRequire(import.meta.url).resolve("hardcall/package.json"));
export const CLI = path.join(PACKAGE, "dist/cli.js");
export const FAKE_BIN = path.join(PACKAGE, "fake-bin");

/** No program here takes longer. Wine under load is slow. */
export const LIMIT_MS = 90_000;

export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface How {
  readonly env?: Readonly<Record<string, string>>;
  /** Written to stdin, which is then closed. Without it stdin is NUL. */
  readonly stdin?: string | Uint8Array;
  readonly cwd?: string;
  /** The line goes to Windows as it is. */
  readonly verbatim?: boolean;
}

/** Runs a program to its end. */
export async function runProgram(file: string, args: readonly string[], how: How = {}): Promise<Ended> {
  const { env = {}, stdin, cwd, verbatim = false } = how;
  const child = spawn(file, args, {
    env: environment(env),
    cwd,
    stdio: [stdin === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    windowsVerbatimArguments: verbatim,
    timeout: LIMIT_MS,
    killSignal: "SIGKILL",
  });
  // A program that does not read its stdin closes it.
  child.stdin?.on("error", () => {});
  child.stdin?.end(stdin);
  return await endOf(child);
}

/** `hardcall` with these arguments. */
export const hardcall = (args: readonly string[], how?: How): Promise<Ended> =>
  runProgram(process.execPath, ["--disable-warning=ExperimentalWarning", CLI, ...args], how);

/** A line that is typed at cmd.exe. */
export const typed = (line: string, how?: How): Promise<Ended> =>
  runProgram(process.env["ComSpec"] ?? "cmd.exe", ["/d", "/s", "/c", `"${line}"`], {
    ...how,
    verbatim: true,
  });

/** Our own variables and these. Windows has one spelling of each name, and Node takes the first of two. */
export function environment(more: Readonly<Record<string, string>>): Record<string, string> {
  const names = new Set(Object.keys(more).map((name) => name.toUpperCase()));
  const ours = Object.entries(process.env).filter(([name]) => !names.has(name.toUpperCase()));
  return { ...(Object.fromEntries(ours) as Record<string, string>), ...more };
}

/** PATH with a folder first. */
export const pathWith = (first: string): string => [first, process.env["PATH"]].join(path.delimiter);

async function endOf(child: ChildProcess): Promise<Ended> {
  const [stdout, stderr, [exitCode]] = await Promise.all([
    buffer(child.stdout!),
    buffer(child.stderr!),
    once(child, "close") as Promise<[number | null]>,
  ]);
  return { exitCode, stdout: stdout.toString(), stderr: stderr.toString() };
}

/** A folder of a test's own, with a blank and an umlaut in its name. It goes with the machine: see ledger-calls.ts. */
export const tempFolder = (): string => mkdtempSync(path.join(tmpdir(), "hardcall für cli "));

/** The arguments of a Node that runs this code. */
export const node = (code: string): string[] => [process.execPath, "-e", code];

/** The arguments of a cmd.exe that runs this line. It starts in a tenth of the time of a Node. */
export const cmd = (line: string): string[] => [process.env["ComSpec"] ?? "cmd.exe", "/d", "/c", line];

/** The arguments of \`hardcall run\`, with a limit that no command here reaches. */
export const run = (options: readonly string[], command: readonly string[]): string[] => [
  "run",
  "--timeout",
  "60s",
  ...options,
  "--",
  ...command,
];
