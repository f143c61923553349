import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";

/** A folder of this run; the run removes it. */
export const tempFolder = (): string => mkdtempSync(path.join(tmpdir(), "hardcall-"));

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

const [FILE = "", ...ARGS] = JSON.parse(process.env["RUNTIME_COMMAND"] ?? "[]") as string[];
const LIMIT_MS = 60_000;

interface Options {
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly cwd?: string | undefined;
  /** Given whole, then end of file. @default "" */
  readonly stdin?: string | undefined;
}

/** Starts another program on the runtime that runs this one. */
export function start(program: string, args: readonly string[], options: Options = {}): Started {
  const child = spawn(FILE, [...ARGS, program, ...args], {
    env: { ...process.env, ...options.env },
    cwd: options.cwd,
    stdio: ["pipe", "pipe", "pipe"],
    timeout: LIMIT_MS,
    killSignal: "SIGKILL",
  });
  child.stdin.on("error", () => undefined);
  child.stdin.end(options.stdin ?? "");
  const texts = Promise.all([text(child.stdout), text(child.stderr)]);
  const ended = once(child, "close").then(async (end): Promise<Ended> => {
    const [code, signal] = end as [number | null, NodeJS.Signals | null];
    const [stdout, stderr] = await texts;
    return { code, signal, stdout, stderr };
  });
  return { child, ended };
}

const PACKAGE = path.join(import.meta.dirname, "../../../../node_modules/hardcall");

/** `hardcall …` on the runtime that runs this program. */
export const hardcall = (args: readonly string[], options?: Options): Promise<Ended> =>
  start(path.join(PACKAGE, "dist/cli.js"), args, options).ended;

export const FAKE_BIN = path.join(PACKAGE, "fake-bin");

/** The host program of `hosts/` with this name. */
export const host = (name: string, args: readonly string[] = []): Started =>
  start(path.join(import.meta.dirname, "../hosts", name), args);
