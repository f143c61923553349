import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { packageRoot } from "../core/package-root.ts";
import { checkOptions } from "./check-options.ts";

export interface FakeClaudeOptions {
  /** What it does: one mode, or a list with one mode per invocation (the last one repeats). @default "ok" */
  readonly mode?: string | readonly string[] | undefined;
  /** A scenario in place of modes, as in a `FAKE_CLAUDE_SCENARIO` file (`fake-bin/scenario.schema.json`). */
  readonly scenario?: object | undefined;
  /** Further environment variables of the fake, such as `FAKE_CLAUDE_TEXT`. */
  readonly env?: Readonly<Record<string, string>> | undefined;
}

/**
 * One invocation of the fake, from its log. The log holds the size and hash of each prompt, and the first 80 characters of stdin with keys
 * and tokens replaced. It holds no values of environment variables.
 */
export interface FakeClaudeCall {
  readonly invocation: string;
  readonly argv: readonly string[];
  readonly flags: Readonly<Record<string, unknown>>;
  readonly mode: string | null;
  /** The step of a sequence of modes, from 0. */
  readonly step: number | null;
  readonly pid: number;
  readonly cwd: string;
  readonly prompts: readonly {
    readonly bytes: number;
    readonly sha256: string;
    /** With `FAKE_CLAUDE_LOG_PROMPT=1` only, without keys and tokens. */
    readonly text?: string | undefined;
  }[];
  /** The signals that it received, with milliseconds since its start. */
  readonly signals: readonly { readonly signal: string; readonly atMs: number }[];
  /** Absent if it was killed or is still running. */
  readonly exitCode?: number | null | undefined;
}

export interface FakeClaude extends AsyncDisposable {
  /** Environment for the process under test: `{ ...process.env, ...fake.env }`. The fake is first on its `PATH`. */
  readonly env: Readonly<Record<string, string>>;
  /** The path of the executable, such as for `pathToClaudeCodeExecutable` of the official SDK. */
  readonly path: string;
  /** All invocations so far, in order. */
  calls(): Promise<FakeClaudeCall[]>;
}

/**
 * Sets up a fake `claude` for one test. It is a real process that really fails, prints nothing or hangs. It does not change the
 * environment of this process.
 *
 * @example
 * await using fake = await fakeClaude({ mode: ["rate-limit", "ok"] });
 * await runClaude("Hello", { timeout: "5s", env: fake.env });
 */
export async function fakeClaude(options: FakeClaudeOptions = {}): Promise<FakeClaude> {
  checkOptions("fakeClaude", options, { mode: "anything", scenario: "an object", env: "an object" });
  const bin = path.join(packageRoot(), "fake-bin");
  const folder = await mkdtemp(path.join(tmpdir(), "fake-claude-"));
  const log = path.join(folder, "log.jsonl");
  const env: Record<string, string> = {
    PATH: `${bin}${path.delimiter}${process.env["PATH"] ?? ""}`,
    FAKE_CLAUDE_STATE_DIR: folder,
    FAKE_CLAUDE_LOG: log,
    ...options.env,
  };
  if (options.scenario === undefined) {
    env["FAKE_CLAUDE_MODE"] = [options.mode ?? "ok"].flat().join(",");
  } else {
    env["FAKE_CLAUDE_SCENARIO"] = path.join(folder, "scenario.json");
    await writeFile(env["FAKE_CLAUDE_SCENARIO"], JSON.stringify(options.scenario));
  }
  return {
    env,
    path: path.join(bin, "claude"),
    calls: () => readCalls(log),
    // On Windows a folder stays as long as a process that has just been ended holds a file in it.
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }),
  };
}

/** An invocation writes several lines; later lines add fields. */
type LogLine = Partial<FakeClaudeCall> & { readonly event: string; readonly invocation: string };

async function readCalls(log: string): Promise<FakeClaudeCall[]> {
  let text: string;
  try {
    text = await readFile(log, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
  const calls = new Map<string, FakeClaudeCall>();
  for (const line of text.split("\n")) {
    if (line === "") continue;
    const { event: _, ...fields } = JSON.parse(line) as LogLine;
    const known = calls.get(fields.invocation) ?? { prompts: [], signals: [] };
    calls.set(fields.invocation, { ...known, ...fields } as FakeClaudeCall);
  }
  return [...calls.values()];
}
