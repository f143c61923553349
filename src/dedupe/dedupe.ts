import { CallError, ConfigError, SHA256_OF_NOTHING } from "../call/errors.ts";
import { readOptions, type Kinds } from "../call/options.ts";
import type { LedgerStore } from "../ledger/store.ts";
import type { Logger } from "../telemetry/logger.ts";

export interface DedupeOptions {
  /** What is kept apart, such as `"drafts"` or `"posts/alpine-lodge"`. */
  readonly scope: string;
  /**
   * Where what was seen is recorded: a path, or a store.
   *
   * @default the embedded ledger
   */
  readonly ledger?: LedgerStore | string | undefined;
  /** The same content so many times in a row is an error, `duplicate_streak`. @default 3 */
  readonly maxStreak?: number | undefined;
  /** Gets a warning for each duplicate. @default a line on stderr at the level of `HARDCALL_LOG_LEVEL` */
  readonly logger?: Logger | undefined;
}

export interface CheckOptions {
  /** The call that made the content. The same call may bring its content again. */
  readonly callId?: string | undefined;
}

/** What the gate says of content. A duplicate is not a success. */
export type DedupeVerdict =
  | { readonly verdict: "new"; readonly sha256: string; readonly bytes: number }
  | {
      readonly verdict: "duplicate";
      readonly sha256: string;
      readonly bytes: number;
      /** What it repeats. `at` is ISO 8601, UTC; `callId` is there when the call that brought it said so. */
      readonly of: { readonly callId?: string | undefined; readonly at: string };
      /** How often it has come in all, this time included. */
      readonly times: number;
      /** How often it has come in a row, this time included. */
      readonly streak: number;
    };

export interface Dedupe {
  /**
   * Looks whether the content has come before, and records that it has now.
   *
   * @throws CallError `empty_output` for content that is blank or the hash of nothing; `duplicate_streak` for the same content
   *   `maxStreak` times in a row; `ledger_unavailable`
   */
  check(content: string | Uint8Array, options?: CheckOptions): Promise<DedupeVerdict>;
  /**
   * Takes a check back, for content that was not used after all: else the next run would skip it as a duplicate of something that never
   * came to be.
   *
   * @returns whether the content had been seen
   */
  forget(content: string | Uint8Array): Promise<boolean>;
}

/**
 * A gate that lets content through once. It keeps hashes, sizes and times in the ledger's database, and never the content.
 *
 * @example
 * const drafts = dedupe({ scope: "drafts" });
 * const { verdict } = await drafts.check(draft.body, { callId: draft.callId });
 * if (verdict === "new") await publish(draft);
 *
 * @throws ConfigError `invalid_config`
 */
export function dedupe(options: DedupeOptions): Dedupe {
  const problems: string[] = [];
  const {
    scope = "",
    maxStreak = 3,
    ledger,
    logger,
  } = readOptions<DedupeOptions>(options, DEDUPE_OPTIONS, problems);
  if (scope.trim() === "" || scope.length > 256 || /\p{Cc}/u.test(scope))
    problems.push('scope must be 1 to 256 visible characters, such as "drafts"');
  if (!Number.isInteger(maxStreak) || maxStreak < 2)
    problems.push(`maxStreak is ${maxStreak}; give a whole number from 2`);
  if (problems.length > 0) throw new ConfigError(scope, problems);
  // Loaded when first used, as hashing and the ledger are.
  const gate = async () => {
    const { DedupeGate } = await import("./gate.ts");
    return new DedupeGate({ scope, maxStreak, ledger, logger });
  };
  return {
    check: async (content, check = {}) => await (await gate()).check(content, check.callId),
    forget: async (content) => await (await gate()).forget(content),
  };
}

const DEDUPE_OPTIONS: Kinds<DedupeOptions> = {
  scope: "a string",
  ledger: "anything",
  maxStreak: "a number",
  logger: "an object",
};

/** @internal An error about content, in the shape of a call that failed. */
export function contentError(
  scope: string,
  code: "empty_output" | "duplicate_streak" | "ledger_unavailable",
  message: string,
  more: {
    readonly callId?: string | undefined;
    readonly sha256?: string;
    readonly bytes?: number;
    readonly cause?: unknown;
  } = {},
): CallError {
  return new CallError(message, {
    callId: more.callId ?? "",
    name: scope,
    outcome: "failed",
    attempts: [],
    durationMs: 0,
    stdoutTail: "",
    stderrTail: "",
    stdoutBytes: more.bytes ?? 0,
    stdoutSha256: more.sha256 ?? SHA256_OF_NOTHING,
    code,
    retryable: code === "ledger_unavailable",
    effect: code === "ledger_unavailable" ? "not_started" : "completed",
    cause: more.cause,
  });
}
