import path from "node:path";
import {
  CallError,
  defineCall,
  gemini,
  type AgentInput,
  type CallResult,
  type Duration,
  type GeminiDetails,
  type GeminiOptions,
  type RetryOptions,
  type StandardSchema,
} from "../../../src/index.ts";
import { ROOT, tempFolder } from "../../helpers/files.ts";

export interface AskedGemini extends GeminiOptions {
  readonly mode?: string;
  /** Variables of the fake, without their prefix. */
  readonly fake?: Readonly<Record<string, string>>;
  readonly prompt?: AgentInput;
  readonly timeout?: Duration | { readonly total: Duration; readonly idle: Duration };
  readonly output?: StandardSchema | undefined;
  readonly retry?: RetryOptions;
}

export type Settled = CallResult<unknown, GeminiDetails> | CallError;

/** One call of the fake gemini, through everything that a caller's own goes through. */
export async function ask({
  mode,
  fake,
  prompt,
  timeout,
  output,
  retry,
  ...options
}: AskedGemini): Promise<Settled> {
  const variables = {
    MAX_LIFETIME_MS: "60000",
    DELAY_MS: "20",
    STATE_DIR: tempFolder(),
    ...(mode !== undefined && { MODE: mode }),
    ...fake,
  };
  const env = Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [`FAKE_GEMINI_${name}`, value]),
  );
  const call = defineCall({
    name: "draft",
    callee: gemini({
      geminiPath: path.join(ROOT, "fake-bin/gemini/gemini"),
      killGrace: "300ms",
      ...options,
      env: { ...env, ...options.env },
    }),
    timeout: timeout ?? "50s",
    effects: "none",
    output,
    retry,
  });
  return call.settle(prompt ?? "Write the post.");
}

/** What a caller decides by. */
export interface Decision {
  readonly code: string;
  readonly effect: string;
  readonly retryable: boolean;
}

/** The decision of a failed call; of one that succeeded its value. */
export function decisionOf(settled: Settled): Decision | { readonly value: unknown } {
  if (!(settled instanceof CallError)) return { value: settled.value };
  const { code, effect, retryable } = settled;
  return { code, effect, retryable };
}

/** The error of a call that had to fail. */
export function errorOf(settled: Settled): CallError {
  if (settled instanceof CallError) return settled;
  throw new Error(`the call succeeded with ${JSON.stringify(settled.value)}`);
}

/** The result of a call that had to succeed. */
export function resultOf(settled: Settled): CallResult<unknown, GeminiDetails> {
  if (settled instanceof CallError) throw settled;
  return settled;
}
