import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterEach } from "vitest";

export const FAKE_BIN = join(import.meta.dirname, "../../fake-bin");
const FAKE = join(FAKE_BIN, "claude");

/** Stdin that is an open pipe without data. */
export const OPEN = Symbol("open");

export interface Run {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stdoutBytes: Buffer;
  readonly stderr: string;
  readonly pid: number;
}

export interface FakeOptions {
  readonly mode?: string;
  readonly env?: Record<string, string>;
  /** Written to stdin, which is then closed; `OPEN` leaves it open and silent. */
  readonly stdin?: string | typeof OPEN;
  readonly executable?: string;
  readonly cwd?: string;
}

/** The environment of every run: nothing of the tester's own but PATH. */
function environment(options: FakeOptions = {}): NodeJS.ProcessEnv {
  return {
    PATH: [dirname(process.execPath), process.env.PATH ?? ""].join(delimiter),
    ANTHROPIC_BASE_URL: "http://gateway.test:8080",
    ANTHROPIC_API_KEY: "placeholder",
    FAKE_CLAUDE_MAX_LIFETIME_MS: "20000",
    ...(options.mode === undefined ? {} : { FAKE_CLAUDE_MODE: options.mode }),
    ...options.env,
  };
}

export interface Started {
  readonly child: ChildProcess;
  readonly pid: number;
  /** Resolves once stdout has this text. */
  readonly printed: (text: string) => Promise<void>;
  readonly ended: Promise<Run>;
}

/** What has been started and has not exited. */
const running = new Set<ChildProcess>();

/** Starts the fake as a real process; `ended` resolves when it has exited and its pipes have closed. */
export function startFake(args: readonly string[], options: FakeOptions = {}): Started {
  const child = spawn(options.executable ?? FAKE, args, {
    env: environment(options),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    stdio: [options.stdin === undefined ? "ignore" : "pipe", "pipe", "pipe"],
  });
  running.add(child);
  const chunks: Buffer[] = [];
  let stderr = "";
  const stdout = () => Buffer.concat(chunks);
  child.stdout?.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  if (options.stdin !== undefined && options.stdin !== OPEN) child.stdin?.end(options.stdin);
  const ended = new Promise<Run>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", () => running.delete(child));
    child.once("close", (exitCode, signal) => {
      const stdoutBytes = stdout();
      resolve({ exitCode, signal, stdout: stdoutBytes.toString(), stdoutBytes, stderr, pid: child.pid ?? 0 });
    });
  });
  return {
    child,
    pid: child.pid ?? 0,
    ended,
    async printed(text) {
      while (!stdout().includes(text)) await once(child.stdout!, "data");
    },
  };
}

/** Runs the fake to its end. */
export async function runFake(args: readonly string[], options: FakeOptions = {}): Promise<Run> {
  return startFake(args, options).ended;
}

export interface Json {
  readonly [key: string]: unknown;
}

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The value as an object, or a failed test. */
export function objectOf(value: unknown): Json {
  if (!isObject(value)) throw new TypeError(`expected an object, found ${JSON.stringify(value)}`);
  return value;
}

/** The value as a list, or a failed test. */
export function listOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError(`expected a list, found ${JSON.stringify(value)}`);
  return value;
}

/** The value as a string, or a failed test. */
export function stringOf(value: unknown): string {
  if (typeof value !== "string") throw new TypeError(`expected a string, found ${JSON.stringify(value)}`);
  return value;
}

/** The value as a number, or a failed test. */
export function numberOf(value: unknown): number {
  if (typeof value !== "number") throw new TypeError(`expected a number, found ${JSON.stringify(value)}`);
  return value;
}

/** The lines of an NDJSON text. */
export const jsonLines = (text: string): Json[] =>
  text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => objectOf(JSON.parse(line)));

/** The last event, which has to be the result. */
export function resultOf(text: string): Json {
  const last = jsonLines(text).at(-1);
  if (last?.["type"] !== "result") throw new Error("the last line is no result");
  return last;
}

export const readLog = (path: string): Json[] => jsonLines(readFileSync(path, "utf8"));

/** Resolves with the first record of the log for which `wanted` holds. Files have no "changed" event to trust. */
export async function logRecord(path: string, wanted: (record: Json) => boolean): Promise<Json> {
  const deadline = Date.now() + 10_000;
  while (Date.now() < deadline) {
    let records: Json[] = [];
    try {
      records = readLog(path);
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
    }
    const found = records.find(wanted);
    if (found) return found;
    await new Promise((resolve) => {
      setTimeout(resolve, 5);
    });
  }
  throw new Error(`no such record in ${path} within 10 s`);
}

/** Whether a process is alive; a zombie is not. */
export function isAlive(pid: number): boolean {
  try {
    const state = readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /s, "")[0];
    return state !== "Z" && state !== "X";
  } catch {
    // No such file: no such process.
    return false;
  }
}

/** The session a process belongs to: the pid of the process that began it. */
export const sessionOf = (pid: number): number =>
  Number(
    readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ")[3],
  );

/** Resolves when a process that is not our child has gone. */
export async function gone(pid: number): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (isAlive(pid)) {
    if (Date.now() > deadline) throw new Error(`process ${pid} is still alive after 10 s`);
    await new Promise((resolve) => {
      setTimeout(resolve, 5);
    });
  }
}

/** `/proc` lists the signals a process catches; the fake catches SIGTERM, SIGINT and SIGHUP. */
export async function handlersInPlace(pid: number): Promise<void> {
  const wanted = (1n << 14n) | (1n << 1n) | 1n;
  const deadline = Date.now() + 10_000;
  while (Date.now() < deadline) {
    const caught = /^SigCgt:\s+([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? "0";
    if ((BigInt(`0x${caught}`) & wanted) === wanted) return;
    await new Promise((resolve) => {
      setTimeout(resolve, 2);
    });
  }
  throw new Error(`process ${pid} caught no signals within 10 s`);
}

const folders: string[] = [];

/** A folder that is removed after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "fake-claude-"));
  folders.push(folder);
  return folder;
}

afterEach(() => {
  const left = [...running].map((child) => child.pid);
  for (const child of running) child.kill("SIGKILL");
  running.clear();
  if (left.length > 0) throw new Error(`the test left processes running: ${left.join(", ")}`);
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});
