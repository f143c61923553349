import { spawn, type ChildProcess } from "node:child_process";
import path from "node:path";
import { onTestFinished } from "vitest";
import { COMPILE_CACHE } from "./child-env.ts";
import { ROOT } from "./files.ts";

export { childEnv } from "./child-env.ts";

/** A stdin that never ends. */
export const OPEN = Symbol("open");

export interface RunOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** Given whole, then end of file. Without: end of file at once. */
  readonly stdin?: string | Uint8Array | typeof OPEN;
  /** Of a program of this repository: a command that starts it. */
  readonly through?: readonly string[];
}

export interface Finished {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: Buffer;
  readonly stderr: string;
  /** From the start to the exit. */
  readonly ms: number;
  /** Milliseconds since 1970. */
  readonly exitedAt: number;
}

export interface Started {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly finished: Promise<Finished>;
}

/** After its exit no process may hold a program's output open: `x=$(…)` would hang. */
const CLOSE_BOUND_MS = 3000;

/** Starts a program as a shell would; it is ended with the test. */
export function start(file: string, args: readonly string[], options: RunOptions = {}): Started {
  const startedAt = performance.now();
  const child = spawn(file, args, {
    cwd: options.cwd ?? ROOT,
    env: { ...process.env, ...options.env },
    stdio: [options.stdin === undefined ? "ignore" : "pipe", "pipe", "pipe"],
  });
  onTestFinished(() => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
  });
  // It may end without having read its stdin.
  child.stdin?.on("error", () => undefined);
  if (options.stdin !== undefined && options.stdin !== OPEN) child.stdin?.end(options.stdin);
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout?.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr?.on("data", (chunk: Buffer) => err.push(chunk));
  const { promise, resolve, reject } = Promise.withResolvers<Finished>();
  let ms = 0;
  let exitedAt = 0;
  let late: NodeJS.Timeout | undefined;
  child.once("error", reject);
  child.once("exit", () => {
    ms = performance.now() - startedAt;
    exitedAt = Date.now();
    const message = `something held the output of ${path.basename(file)} open after its exit`;
    late = setTimeout(() => reject(new Error(message)), CLOSE_BOUND_MS);
  });
  child.once("close", (exitCode, signal) => {
    clearTimeout(late);
    const stderr = Buffer.concat(err).toString();
    if (/^\(node:\d+\) .*Warning/m.test(stderr)) reject(new Error(`a process warning: ${stderr}`));
    resolve({ exitCode, signal, stdout: Buffer.concat(out), stderr, ms, exitedAt });
  });
  return { child, pid: child.pid ?? 0, finished: promise };
}

export const run = (file: string, args: readonly string[], options?: RunOptions): Promise<Finished> =>
  start(file, args, options).finished;

function startSource(file: string, args: readonly string[], options: RunOptions = {}): Started {
  const [first, ...rest] = [...(options.through ?? []), process.execPath, path.join(ROOT, file), ...args];
  return start(first!, rest, { ...options, env: { ...COMPILE_CACHE, ...options.env } });
}

export const startHardcall = (args: readonly string[], options?: RunOptions): Started =>
  startSource("src/cli.ts", args, options);

/** `hardcall …`, from its source. */
export const hardcall = (args: readonly string[], options?: RunOptions): Promise<Finished> =>
  startHardcall(args, options).finished;

/** A program of `test/fixtures/hosts` that uses the library; what it prints is a JSON value. */
export const startHost = (name: string, args: readonly string[] = [], options?: RunOptions): Started =>
  startSource(path.join("test/fixtures/hosts", name), args, options);

export async function host<T>(name: string, args?: readonly string[], options?: RunOptions): Promise<T> {
  const { stdout, stderr, exitCode } = await startHost(name, args, options).finished;
  if (exitCode !== 0) throw new Error(`${name} ended with ${exitCode}: ${stderr}`);
  return JSON.parse(stdout.toString()) as T;
}
