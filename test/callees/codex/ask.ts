import path from "node:path";
import {
  CallError,
  codex,
  defineCall,
  type CallResult,
  type CodexOptions,
  type Duration,
  type RetryOptions,
  type StandardSchema,
} from "../../../src/index.ts";
import { ROOT } from "../../helpers/files.ts";
import { temporaryFolder } from "../../helpers/folders.ts";

export interface AskedCodex extends CodexOptions {
  /** Of the fake. */
  readonly mode: string;
  readonly prompt?: string;
  readonly timeout?: Duration | { readonly total: Duration; readonly idle: Duration };
  readonly output?: StandardSchema | undefined;
  readonly retry?: RetryOptions;
}

type Settled = CallResult<unknown, { readonly sessionId?: string | undefined }> | CallError;

/** One call of the fake, through everything that a caller's own goes through. */
export async function askCodex({
  mode,
  prompt,
  timeout,
  output,
  retry,
  ...options
}: AskedCodex): Promise<Settled> {
  const fake = {
    FAKE_CODEX_MODE: mode,
    FAKE_CODEX_MAX_LIFETIME_MS: "60000",
    FAKE_CODEX_DELAY_MS: "20",
    FAKE_CODEX_STATE_DIR: temporaryFolder(),
    CODEX_HOME: temporaryFolder(),
    OPENAI_API_KEY: "none",
  };
  const call = defineCall({
    name: "draft",
    callee: codex({
      killGrace: "300ms",
      codexPath: path.join(ROOT, "fake-bin/codex", process.platform === "win32" ? "codex.cmd" : "codex"),
      ...options,
      env: { ...fake, ...options.env },
    }),
    timeout: timeout ?? "50s",
    effects: "none",
    output,
    retry,
  });
  return call.settle(prompt ?? "Write the post.");
}

/** What a caller decides by: the code and the effect of a failure, or the value. */
export const decisionOf = (settled: Settled): string =>
  settled instanceof CallError
    ? `${settled.code} ${settled.effect}${settled.retryable ? "" : ", permanent"}`
    : `says ${typeof settled.value === "string" ? settled.value.slice(0, 60) : JSON.stringify(settled.value)}`;
