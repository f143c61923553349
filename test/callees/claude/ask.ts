import {
  CallError,
  claude,
  defineCall,
  type CallResult,
  type ClaudeDetails,
  type ClaudeOptions,
  type Duration,
  type RetryOptions,
  type StandardSchema,
} from "../../../src/index.ts";
import { fakeClaude, type FakeClaudeCall, type FakeClaudeOptions } from "../../../src/testing/index.ts";

export interface Asked extends ClaudeOptions {
  readonly fake?: FakeClaudeOptions;
  readonly prompt?: string;
  readonly timeout?: Duration;
  readonly output?: StandardSchema | undefined;
  readonly retry?: RetryOptions;
}

export interface Outcome {
  readonly settled: CallResult<unknown, ClaudeDetails> | CallError;
  readonly calls: readonly FakeClaudeCall[];
}

/** One call of the fake, through everything that a caller's own goes through. */
export async function ask({ fake, prompt, timeout, output, retry, ...options }: Asked): Promise<Outcome> {
  await using claudes = await fakeClaude({
    ...fake,
    env: { FAKE_CLAUDE_MAX_LIFETIME_MS: "60000", FAKE_CLAUDE_DELAY_MS: "20", ...fake?.env },
  });
  const call = defineCall({
    name: "draft",
    callee: claude({ killGrace: "300ms", ...options, env: { ...claudes.env, ...options.env } }),
    timeout: timeout ?? "50s",
    effects: "none",
    output,
    retry,
  });
  const settled = await call.settle(prompt ?? "Write the post.");
  return { settled, calls: await claudes.calls() };
}

/** What a caller decides by. */
export interface Decision {
  readonly code: string;
  readonly effect: string;
  readonly retryable: boolean;
}

/** The decision of a failed call; of one that succeeded its value. */
export function decisionOf({ settled }: Outcome): Decision | { readonly value: unknown } {
  if (!(settled instanceof CallError)) return { value: settled.value };
  const { code, effect, retryable } = settled;
  return { code, effect, retryable };
}

/** The error of a call that had to fail. */
export function errorOf({ settled }: Outcome): CallError {
  if (settled instanceof CallError) return settled;
  throw new Error(`the call succeeded with ${JSON.stringify(settled.value)}`);
}
