import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { packageRoot } from "../core/package-root.ts";
import { checkOptions } from "./check-options.ts";

export interface FakeAgentOptions {
  /** What it does: one mode, or a list with one mode per invocation (the last one repeats). @default "ok" */
  readonly mode?: string | readonly string[] | undefined;
  /** A scenario in place of modes, as in a `FAKE_…_SCENARIO` file (`scenario.schema.json`, beside the executable). */
  readonly scenario?: object | undefined;
  /** Further environment variables of the fake, such as `FAKE_CLAUDE_TEXT`. */
  readonly env?: Readonly<Record<string, string>> | undefined;
}

/**
 * One invocation of the fake, from its log. The log holds the size and hash of each prompt, and the first 80 characters of stdin with keys
 * and tokens replaced. It holds no values of environment variables.
 */
export interface FakeAgentCall {
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
    /** With `FAKE_…_LOG_PROMPT=1` only, without keys and tokens. */
    readonly text?: string | undefined;
  }[];
  /** The signals that it received, with milliseconds since its start. */
  readonly signals: readonly { readonly signal: string; readonly atMs: number }[];
  /** Absent if it was killed or is still running. */
  readonly exitCode?: number | null | undefined;
}

export interface FakeAgent extends AsyncDisposable {
  /** Environment for the process under test: `{ ...process.env, ...fake.env }`. The fake is first on its `PATH`. */
  readonly env: Readonly<Record<string, string>>;
  /** The path of the executable, such as for `claudePath`, `codexPath` and `geminiPath`, and for the official SDK. */
  readonly path: string;
  /** All invocations so far, in order. */
  calls(): Promise<FakeAgentCall[]>;
}

export type FakeClaude = FakeAgent;
export type FakeClaudeCall = FakeAgentCall;
export type FakeClaudeOptions = FakeAgentOptions;

/**
 * Sets up a fake `claude` for one test. It is a real process that really fails, prints nothing or hangs. It does not change the
 * environment of this process.
 *
 * @example
 * await using fake = await fakeClaude({ mode: ["rate-limit", "ok"] });
 * await runClaude("Hello", { timeout: "5s", env: fake.env });
 */
export function fakeClaude(options: FakeAgentOptions = {}): Promise<FakeAgent> {
  return fakeAgent("fakeClaude", { name: "claude", folder: "fake-bin" }, options);
}

/**
 * Sets up a fake `codex` for one test, as {@link fakeClaude} does a fake `claude`. `fake-bin/codex/README.md` has its modes.
 *
 * @example
 * await using fake = await fakeCodex({ mode: ["server-error", "ok"] });
 * await runCodex("Hello", { timeout: "20s", env: fake.env });
 */
export function fakeCodex(options: FakeAgentOptions = {}): Promise<FakeAgent> {
  return fakeAgent("fakeCodex", { name: "codex", folder: "fake-bin/codex" }, options);
}

/**
 * Sets up a fake `gemini` for one test, as {@link fakeClaude} does a fake `claude`. `fake-bin/gemini/README.md` has its modes.
 *
 * @example
 * await using fake = await fakeGemini({ mode: ["server-error", "ok"] });
 * await runGemini("Hello", { timeout: "20s", env: fake.env });
 */
export function fakeGemini(options: FakeAgentOptions = {}): Promise<FakeAgent> {
  return fakeAgent("fakeGemini", { name: "gemini", folder: "fake-bin/gemini" }, options);
}

async function fakeAgent(
  caller: string,
  { name, folder: bin }: { readonly name: string; readonly folder: string },
  options: FakeAgentOptions,
): Promise<FakeAgent> {
  checkOptions(caller, options, { mode: "anything", scenario: "an object", env: "an object" });
  const prefix = `FAKE_${name.toUpperCase()}_`;
  const modes = [options.mode ?? "ok"].flat();
  refuseWhatWouldBeLost(caller, prefix, modes, options);
  const binFolder = path.join(packageRoot(), bin);
  const folder = await mkdtemp(path.join(tmpdir(), `fake-${name}-`));
  const log = path.join(folder, "log.jsonl");
  const env: Record<string, string> = {
    PATH: `${binFolder}${path.delimiter}${process.env["PATH"] ?? ""}`,
    [`${prefix}STATE_DIR`]: folder,
    [`${prefix}LOG`]: log,
    ...options.env,
  };
  if (options.scenario === undefined) {
    env[`${prefix}MODE`] = modes.join(",");
    // The one of the surrounding environment would win over the mode. An empty variable counts as unset.
    env[`${prefix}SCENARIO`] = "";
  } else {
    const file = path.join(folder, "scenario.json");
    env[`${prefix}SCENARIO`] = file;
    await writeFile(file, JSON.stringify(options.scenario));
  }
  return {
    env,
    path: path.join(binFolder, name),
    calls: () => readCalls(log),
    // On Windows a folder stays as long as a process that has just been ended holds a file in it.
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }),
  };
}

const isMode = (one: unknown) => typeof one === "string" && one.trim() !== "";

/** A mode that is lost would leave the fake as it is by default, and the test green. */
function refuseWhatWouldBeLost(
  caller: string,
  prefix: string,
  modes: readonly unknown[],
  { mode, scenario, env = {} }: FakeAgentOptions,
): void {
  const refuse = (problem: string) => {
    throw new TypeError(`${caller}(): ${problem}`);
  };
  if (modes.length === 0 || !modes.every(isMode))
    refuse("mode must be the name of a mode, or a list of names");
  if (mode !== undefined && scenario !== undefined) refuse("give mode or scenario, not both");
  if (`${prefix}MODE` in env) refuse(`env has ${prefix}MODE; give mode`);
  if (`${prefix}SCENARIO` in env) refuse(`env has ${prefix}SCENARIO; give scenario`);
}

/** An invocation writes several lines; later lines add fields. */
type LogLine = Partial<FakeAgentCall> & { readonly event: string; readonly invocation: string };

async function readCalls(log: string): Promise<FakeAgentCall[]> {
  let text: string;
  try {
    text = await readFile(log, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
  const calls = new Map<string, FakeAgentCall>();
  for (const line of text.split("\n")) {
    if (line === "") continue;
    const { event: _, ...fields } = JSON.parse(line) as LogLine;
    const known = calls.get(fields.invocation) ?? { prompts: [], signals: [] };
    calls.set(fields.invocation, { ...known, ...fields } as FakeAgentCall);
  }
  return [...calls.values()];
}
