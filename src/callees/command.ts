import type { AttemptContext, Callee, Report } from "../core/callee.ts";
import { cookieOf } from "../core/cookie.ts";
import { errorName } from "../core/failure.ts";
import { isBytes } from "../core/foreign.ts";
import { readOptions, type Kinds } from "../core/options.ts";
import { optionName } from "../core/wording.ts";
import { hostStdin, MAX_INPUT, readHostStdin } from "../process/host-stdin.ts";
import { commandLineProblems } from "../process/preflight.ts";
import { DRAIN_GRACE_MS } from "../process/process-spec.ts";
import { crlfHint } from "../process/spawn-failure.ts";
import { readOutput, decodeText } from "./command-output.ts";
import { exitFailure, processReport, spawnFailure } from "./subprocess/failure.ts";
import { processParts } from "./subprocess/fingerprint.ts";
import {
  PROCESS_OPTIONS,
  childEnv,
  executableOf,
  loadRunProcess,
  processSettings,
  safeListener,
  type ProcessOptions,
  type ProcessSettings,
} from "./subprocess/options.ts";
import { jobLeftBy } from "./subprocess/remote-job.ts";

export interface CommandOptions<Input> extends ProcessOptions {
  /** The command's stdin, closed after it. Without it the command sees end of file at once. */
  readonly stdin?: string | Uint8Array | ((input: Input) => string | Uint8Array) | undefined;
  /** Passes the host's own stdin to the command. @default false */
  readonly inheritStdin?: boolean | undefined;
  /**
   * The most bytes of the host's stdin that hardcall reads before the start. It reads them in a call with a key (stdin belongs to the
   * input), in a call with several attempts (each needs all of it), and whenever this option is set.
   *
   * @default 16777216 (16 MiB)
   */
  readonly maxInput?: number | undefined;
  /** Receives all of stdout, as bytes, after the command has succeeded and before its output is validated. */
  readonly onOutput?: ((stdout: Uint8Array) => void) | undefined;
  /** Accepts a blank stdout as a success. @default false */
  readonly allowEmpty?: boolean | undefined;
  /** Fewer bytes of stdout are `empty_output`, except a blank stdout with `allowEmpty`. @default 0 */
  readonly minBytes?: number | undefined;
  /** Exit codes that mean success. @default [0] */
  readonly okExitCodes?: readonly number[] | undefined;
  /** Exit codes that mean: the command refused and did nothing, so a retry is safe. @default [] */
  readonly rejectedExitCodes?: readonly number[] | undefined;
}

/**
 * A command as a callee, started without a shell. Its `value` is stdout without the final newline. With `output`, it is stdout
 * parsed as JSON and validated. Invalid options are reported by `defineCall`.
 *
 * @example
 * command("pg_dump", ["prod"]);
 * command("resize", (image: string) => [image, "--width=800"]);
 */
export function command<Input = void>(
  file: string,
  args: readonly string[] | ((input: Input) => readonly string[]) = [],
  given: CommandOptions<Input> = {},
): Callee<Input, string> {
  const problems: string[] = [];
  const options = readOptions<CommandOptions<Input>>(given, COMMAND_OPTIONS, problems);
  const settings = processSettings(options, problems);
  const { minBytes = 0, cwd, env } = options;
  if (!Number.isInteger(minBytes) || minBytes < 0)
    problems.push(`${optionName("minBytes")} must be a whole number of bytes`);
  if (typeof options.stdin !== "function") problems.push(...stdinProblems(options.stdin));
  const { inheritStdin = false, maxInput = MAX_INPUT } = options;
  if (!Number.isInteger(maxInput) || maxInput < 1)
    problems.push(`${optionName("maxInput")} is ${maxInput}; give a whole number of bytes above 0`);
  if (options.stdin !== undefined && options.inheritStdin)
    problems.push("give stdin or inheritStdin, not both");
  if (typeof args !== "function") problems.push(...commandLineProblems({ file, args, cwd, env }));
  const argsFor = (input: Input) => (typeof args === "function" ? args(input) : args);
  const stdinFor = (input: Input) =>
    typeof options.stdin === "function" ? options.stdin(input) : options.stdin;
  return {
    kind: "command",
    telemetry: { executable: executableOf(file) },
    problems,
    stopMs: settings.killGraceMs + DRAIN_GRACE_MS,
    gather: async ({ key, attempts, remainingMs, signal }) => {
      const isKnownFirst = key !== undefined || attempts > 1 || options.maxInput !== undefined;
      if (!inheritStdin || !isKnownFirst) return [];
      const problem = await readHostStdin({ maxBytes: maxInput, withinMs: remainingMs, signal });
      return problem === undefined ? [] : [`${problem}; nothing was started`];
    },
    check: (input) => {
      if (typeof args !== "function") return [];
      try {
        return commandLineProblems({ file, args: args(input), cwd, env });
      } catch (error) {
        return [`the function that makes its arguments threw ${errorName(error)}`];
      }
    },
    readOutput: (bytes, asks) => readOutput(bytes, asks, options),
    fingerprint: (input) => ({ file, args: argsFor(input), stdin: stdinFor(input) ?? "" }),
    fingerprintParts: (input) => ({
      ...processParts(file, options),
      arguments: argsFor(input),
      stdin: asBytes(inheritStdin ? hostStdin() : stdinFor(input)),
    }),
    run: async (input, context) => {
      let stdin;
      try {
        stdin = inheritStdin ? hostStdin() : stdinFor(input);
      } catch (error) {
        const message = `could not start: the function that makes its stdin threw ${errorName(error)}`;
        return { failure: { code: "invalid_config", message, effect: "not_started", cause: error } };
      }
      const [problem] = stdinProblems(stdin);
      if (problem !== undefined) {
        const message = `could not start: ${problem}`;
        return { failure: { code: "invalid_config", message, effect: "not_started" } };
      }
      return runCommandLine(file, argsFor(input), stdin, options, settings, context);
    },
  };
}

const COMMAND_OPTIONS: Kinds<CommandOptions<never>> = {
  ...PROCESS_OPTIONS,
  stdin: "anything",
  inheritStdin: "true or false",
  maxInput: "a number",
  onOutput: "a function",
  allowEmpty: "true or false",
  minBytes: "a number",
  okExitCodes: "a list of whole numbers",
  rejectedExitCodes: "a list of whole numbers",
};

const stdinProblems = (stdin: unknown): string[] =>
  stdin === undefined || typeof stdin === "string" || isBytes(stdin)
    ? []
    : ["stdin must be a string, bytes, or a function that returns one of them"];

/** As bytes: a command cannot tell a text from its bytes, nor an empty stdin from none. */
const asBytes = (stdin: string | Uint8Array = ""): unknown =>
  typeof stdin === "string" ? Buffer.from(stdin) : stdin;

async function runCommandLine(
  file: string,
  args: readonly string[],
  stdin: string | Uint8Array | undefined,
  options: CommandOptions<never>,
  settings: ProcessSettings,
  context: AttemptContext,
): Promise<Report<string, object>> {
  const { runProcess } = await loadRunProcess();
  const cookie = cookieOf(context);
  const listenerNotes: string[] = [];
  const showStderr = safeListener("onStderr", options.onStderr, listenerNotes);
  const cwd = options.cwd ?? process.cwd();
  const env = childEnv(options.env, context, cookie);
  const end = await runProcess(
    {
      file,
      args,
      cwd,
      env,
      stdin,
      // When hardcall has read the host's stdin, nothing is left to inherit.
      inheritStdin: options.inheritStdin && stdin === undefined,
      cookie,
      keepBytes: settings.maxOutput,
      killGraceMs: settings.killGraceMs,
      lease: context.lease,
      leftovers: settings.leftovers,
      okExitCodes: options.okExitCodes,
      onActivity: () => context.activity(),
      onStderr: options.onStderr && showStderr,
      onSpawn: ({ pid, startTime }) =>
        context.note({ pid, ...(startTime !== undefined && { pidStart: startTime }) }),
      onExit: () => context.ended(),
    },
    context.signal,
  );
  if (!end.spawned) return { failure: spawnFailure(end.error) };
  const ended = processReport(end);
  const afterStop = jobLeftBy(ended.stderrTail ?? "", ended.stdoutTail ?? "");
  const notes = [...(ended.notes ?? []), ...listenerNotes];
  const report = { ...ended, notes, ...(afterStop && { afterStop }) };
  const failure = exitFailure(end, options.okExitCodes ?? [0], options.rejectedExitCodes ?? []);
  if (failure !== undefined) {
    const hint = failure.code === "exit_nonzero" ? crlfHint(file, env, cwd) : undefined;
    const message = hint === undefined ? failure.message : `${failure.message} (${hint})`;
    return { ...report, failure: { ...failure, message } };
  }
  if (end.stdout.tooLarge) {
    const message = `printed ${end.stdout.bytes} bytes on stdout, more than ${optionName("maxOutput")} (${settings.maxOutput})`;
    return { ...report, failure: { code: "output_too_large", message, effect: "completed" } };
  }
  const bytes = end.stdout.kept();
  const { failure: broken, ...read } = readOutput(bytes, { json: context.output !== undefined }, options);
  if (broken !== undefined) return { ...report, failure: broken };
  safeListener("onOutput", options.onOutput, listenerNotes)(bytes);
  const lossy = !process.getBuiltinModule("node:buffer").isUtf8(bytes);
  return {
    ...report,
    lossy,
    output: bytes,
    value: decodeText(bytes).replace(/\r?\n$/, ""),
    ...read,
  };
}
