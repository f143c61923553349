import assert from "node:assert/strict";
import { setTimeout as wait } from "node:timers/promises";

/** What a program says of one thing that it tried: a line of JSON on stdout. */
export interface Checked {
  readonly what: string;
  /** Numbers in docs/guarantees.md that it shows. */
  readonly guarantees: readonly number[];
  /** Why it failed; absent when it holds. */
  readonly problem?: string;
}

const LIMIT_MS = 40_000;

/** Tries one thing and reports it. It never throws, so that the next is tried too. */
export async function check(
  what: string,
  guarantees: readonly number[],
  body: () => Promise<void> | void,
): Promise<void> {
  const limit = new AbortController();
  const late = wait(LIMIT_MS, undefined, { signal: limit.signal }).then(
    () => assert.fail(`it did not end within ${LIMIT_MS} ms`),
    () => undefined,
  );
  let problem: string | undefined;
  try {
    await Promise.race([Promise.resolve().then(body), late]);
  } catch (error) {
    problem = error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  limit.abort();
  const line: Checked = { what, guarantees, ...(problem === undefined ? {} : { problem }) };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** What is known of a call that must fail. */
export async function failureOf(call: Promise<unknown>): Promise<{
  readonly code: string;
  readonly effect: string;
  readonly message: string;
  readonly exitCode?: number;
  readonly attempts: readonly { readonly survivors?: number; readonly notes?: readonly string[] }[];
}> {
  try {
    await call;
  } catch (error) {
    return error as never;
  }
  return assert.fail("the call succeeded");
}
