import { optionName } from "../../core/wording.ts";
import path from "node:path";
import { lazily } from "../../core/lazily.ts";
import { notifyListener } from "../../core/listener.ts";
import type { AttemptContext } from "../../core/callee.ts";
import type { Kinds } from "../../core/options.ts";
import { parseDuration, type Duration } from "../../core/duration.ts";
import { COOKIES, withCookie } from "../../core/cookie.ts";
import { fingerprintProblems, type FingerprintOptions } from "./fingerprint.ts";

/** Loaded at the first call, so that a program without commands does not pay for it. */
export const loadRunProcess = lazily(() => import("../../process/run-process.ts"));

/** How a callee's process is run. */
export interface ProcessOptions {
  /** The working folder. @default the host's */
  readonly cwd?: string | undefined;
  /** Variables added to the host's environment. `undefined` removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /**
   * How long a process may take to end after SIGTERM; then hardcall sends SIGKILL. Windows has no SIGTERM: all processes end at once.
   *
   * @default "5s"
   */
  readonly killGrace?: Duration | undefined;
  /** The most bytes of stdout that hardcall keeps; more is `output_too_large`. @default 16777216 (16 MiB) */
  readonly maxOutput?: number | undefined;
  /**
   * What happens to processes that are still running after a success. `"end"`: hardcall ends them. `"leave"`: they go on, for a
   * command that starts a daemon; hardcall discards what the daemon prints from then on. After a failure hardcall always ends them.
   *
   * @default "end"
   */
  readonly leftovers?: "end" | "leave" | undefined;
  /** What belongs to the input of a call with a key, besides the command, its arguments and its stdin. */
  readonly fingerprint?: FingerprintOptions | undefined;
  /** Receives stderr in chunks while the process runs. The end of stderr is kept in any case. */
  readonly onStderr?: ((chunk: Uint8Array) => void) | undefined;
}

/** The value is a string, and Node cannot make a longer one (`buffer.constants.MAX_STRING_LENGTH`). */
const LARGEST_OUTPUT = 512 * 1024 * 1024 - 25;

export const PROCESS_OPTIONS: Kinds<ProcessOptions> = {
  cwd: "a string",
  env: "an object",
  killGrace: "anything",
  maxOutput: "a number",
  leftovers: "anything",
  fingerprint: "anything",
  onStderr: "a function",
};

export interface ProcessSettings {
  readonly killGraceMs: number;
  readonly maxOutput: number;
  readonly leftovers: "end" | "leave";
}

export function processSettings(options: ProcessOptions, problems: string[]): ProcessSettings {
  const grace = parseDuration(options.killGrace ?? 5000);
  if ("problem" in grace) problems.push(`${optionName("killGrace")} ${grace.problem}`);
  const maxOutput = options.maxOutput ?? 16 * 1024 * 1024;
  if (!Number.isInteger(maxOutput) || maxOutput < 1 || maxOutput > LARGEST_OUTPUT) {
    problems.push(
      `${optionName("maxOutput")} is ${maxOutput}; give a whole number of bytes from 1 to ${LARGEST_OUTPUT}`,
    );
  }
  const leftovers = options.leftovers ?? "end";
  problems.push(...fingerprintProblems(options.fingerprint));
  if (leftovers !== "end" && leftovers !== "leave") problems.push('leftovers must be "end" or "leave"');
  return { killGraceMs: "ms" in grace ? grace.ms : 0, maxOutput, leftovers };
}

/** The child's whole environment. */
export function childEnv(
  extra: Readonly<Record<string, string | undefined>> | undefined,
  call: Pick<AttemptContext, "callId" | "attempt" | "key" | "carrier">,
  cookie: string,
): Record<string, string | undefined> {
  return {
    ...process.env,
    ...call.carrier,
    ...extra,
    HARDCALL_CALL_ID: call.callId,
    HARDCALL_ATTEMPT: String(call.attempt),
    // Without this, a call inside a call would pass on the key of the outer call.
    HARDCALL_KEY: call.key ?? extra?.["HARDCALL_KEY"],
    // With leftovers: "leave" too: after a timeout or the host's death hardcall ends these processes like the rest.
    [COOKIES]: withCookie(process.env[COOKIES] ?? "", cookie),
  };
}

/** The base name of the executable. Whether it is a text is checked elsewhere. */
export const executableOf = (file: unknown): string | undefined =>
  typeof file === "string" ? path.basename(file) : undefined;

/** Calls a listener of the caller's. If it throws, the attempt gets a note and goes on. */
export function safeListener<T>(name: string, listener: ((value: T) => void) | undefined, notes: string[]) {
  const onFault = () => {
    // Only the name: the error's message could quote what the listener received.
    const note = `${name} threw`;
    if (!notes.includes(note)) notes.push(note);
  };
  return (value: T): void => notifyListener(() => listener?.(value), onFault);
}
