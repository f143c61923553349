import { optionName } from "../../core/wording.ts";
import path from "node:path";
import { lazily } from "../../core/lazily.ts";
import { notifyListener } from "../../core/listener.ts";
import type { AttemptContext } from "../../core/callee.ts";
import type { Kinds } from "../../core/options.ts";
import { parseDuration, type Duration } from "../../core/duration.ts";
import { COOKIES, withCookie } from "../../core/cookie.ts";
import { fingerprintProblems, type FingerprintOptions } from "./fingerprint.ts";

/** A program without commands should not pay for it. */
export const loadRunProcess = lazily(() => import("../../process/run-process.ts"));

/** How a callee's process is run. */
export interface ProcessOptions {
  /** The working folder. @default the host's */
  readonly cwd?: string | undefined;
  /** Added to the host's environment; `undefined` takes a variable out. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Between SIGTERM and SIGKILL. @default "5s" */
  readonly killGrace?: Duration | undefined;
  /** How many bytes of stdout are kept; more is `output_too_large`. @default 16777216 (16 MiB) */
  readonly maxOutput?: number | undefined;
  /** Whether processes that a success leaves running are ended; after a failure they are in any case. `"leave"` is for a command meant to start a daemon; what a daemon goes on printing to the pipes it was given is thrown away. @default "end" */
  readonly leftovers?: "end" | "leave" | undefined;
  /** What the ledger takes for the input of a call with a key, besides the command, its arguments and its stdin. */
  readonly fingerprint?: FingerprintOptions | undefined;
  /** Sees stderr as it comes, such as to show it; a tail of it is kept in any case. */
  readonly onStderr?: ((chunk: Uint8Array) => void) | undefined;
}

/** Node cannot make a longer string, and the value is one (`buffer.constants.MAX_STRING_LENGTH`). */
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
    // A call inside a call must not send the outer one's key.
    HARDCALL_KEY: call.key ?? extra?.["HARDCALL_KEY"],
    // Also of what may live on after a success: after a timeout or the host's death it is ended like the rest.
    [COOKIES]: withCookie(process.env[COOKIES] ?? "", cookie),
  };
}

/** The base name of what is started; that it is a text is checked elsewhere. */
export const executableOf = (file: unknown): string | undefined =>
  typeof file === "string" ? path.basename(file) : undefined;

/** A caller's listener, whose fault costs a note. */
export function safeListener<T>(name: string, listener: ((value: T) => void) | undefined, notes: string[]) {
  const onFault = () => {
    // The listener is not ours to mend, and what it was shown is not for a log.
    const note = `${name} threw`;
    if (!notes.includes(note)) notes.push(note);
  };
  return (value: T): void => notifyListener(() => listener?.(value), onFault);
}
