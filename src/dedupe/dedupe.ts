import { optionName } from "../core/wording.ts";
import { parseDuration, type Duration } from "../core/duration.ts";
import { ConfigError } from "../core/errors.ts";
import { readOptions, type Kinds } from "../core/options.ts";
import { anchored } from "../ledger/store/locate.ts";
import type { LedgerStore } from "../ledger/store/store.ts";
import type { Logger } from "../core/logger.ts";
import type { KeyedResult } from "../core/result.ts";
import type { Content, Deduplicator } from "./deduplicator.ts";
import type { OnceProbe, Publish } from "./once.ts";
import type { DedupeVerdict } from "./verdict.ts";

export interface DedupeOptions {
  /** A name for this kind of content, such as `"drafts"` or `"posts/alpine-lodge"`. Duplicates are found within one scope. */
  readonly scope: string;
  /**
   * Where dedupe records what it has seen: a path, a `postgres://` URL, or a store.
   *
   * @default the embedded ledger
   */
  readonly ledger?: LedgerStore | string | undefined;
  /** How long a check reserves new content if its owner neither commits nor releases it. @default "15m" */
  readonly hold?: Duration | undefined;
  /** How many times in a row the same content is an error, `duplicate_streak`. @default 3 */
  readonly maxStreak?: number | undefined;
  /** Receives a warning for each duplicate. @default a line on stderr at the level of `HARDCALL_LOG_LEVEL` */
  readonly logger?: Logger | undefined;
}

export interface CheckOptions {
  /** The call that made the content. A retry of the same call in the same process takes over its reservation. */
  readonly callId?: string | undefined;
  /** Replaces the `hold` of `dedupe`. */
  readonly hold?: Duration | undefined;
}

/** The owner of the reservation. Without either option it is this process. */
export interface ReservationOptions {
  readonly callId?: string | undefined;
  /** The `token` of the check. */
  readonly token?: string | undefined;
}

/** Options of `once`. The probe settles a publish with an unknown end; without a probe an operator must. */
export type OnceOptions<Published> = CheckOptions & OnceProbe<Published>;

export interface Dedupe {
  /**
   * Checks whether the content was published before. New content is reserved: no other owner gets it as new until it is released, its
   * `hold` ends, or this process ends. It counts as seen only after `commit`, so a crash before the publish leaves it new. After a crash
   * between publish and commit it is published twice; `once` prevents that.
   *
   * @throws CallError `empty_output` for content that is blank or the hash of nothing; `duplicate_streak` for the same content
   *   `maxStreak` times in a row; `in_doubt` when a `once` may have published it; `ledger_unavailable`
   */
  check(content: string | Uint8Array, options?: CheckOptions): Promise<DedupeVerdict>;
  /**
   * Records that the content was published. From now on it is a duplicate.
   *
   * @returns `false` if another owner had committed it before, so it was published twice
   */
  commit(content: string | Uint8Array, options?: ReservationOptions): Promise<boolean>;
  /**
   * Ends the reservation of content that was not published. It is new for the next check.
   *
   * @returns whether it was reserved by this owner
   */
  release(content: string | Uint8Array, options?: ReservationOptions): Promise<boolean>;
  /**
   * Publishes content once. The ledger records `started` before hardcall calls `publish`. A crash after that leaves the content
   * `in_doubt`: the next `once` asks the probe, or without a probe an operator settles it (`hardcall ledger resolve`). For content that was
   * committed before, the outcome is `replayed`, with the value of `publish` if `once` had published it. `publish` may take as long as
   * `hold`.
   *
   * @throws CallError as a call does, and as `check` does; `in_progress` while another owner has the content
   */
  once<Published extends Content, Value>(
    content: Published,
    publish: Publish<Published, Value>,
    options?: OnceOptions<Published>,
  ): Promise<KeyedResult<Value>>;
  /**
   * Forgets content, also if it was committed. The next check takes it for new.
   *
   * @returns whether the content had been seen or reserved
   * @throws CallError `in_progress` or `in_doubt` while a `once` of this content may take effect
   */
  forget(content: string | Uint8Array): Promise<boolean>;
}

/**
 * Finds content that was published before. It keeps hashes, sizes and times in the ledger's database, and never the content.
 *
 * @example
 * const drafts = dedupe({ scope: "drafts" });
 * const checked = await drafts.check(draft.body);
 * if (checked.verdict === "new") {
 *   await publish(draft);
 *   await checked.commit();
 * }
 *
 * @throws ConfigError `invalid_config`
 */
export function dedupe(options: DedupeOptions): Dedupe {
  const deduplicator = deduplicatorOf(options);
  return {
    check: async (content, check = {}) => {
      const { callId, hold } = read(options, check, CHECK_OPTIONS);
      return await (
        await deduplicator()
      ).check(content, { ...named(callId), holdMs: milliseconds(options, hold) });
    },
    commit: async (content, whose = {}) => {
      const { callId, token } = read(options, whose, RESERVATION_OPTIONS);
      return (await (await deduplicator()).commit(content, { ...named(callId), token })).kind === "committed";
    },
    release: async (content, whose = {}) => {
      const { callId, token } = read(options, whose, RESERVATION_OPTIONS);
      return (await (await deduplicator()).release(content, { ...named(callId), token })) === "released";
    },
    once: async (content, publish, once = {}) => {
      const given: OnceFields = once;
      if (typeof publish !== "function") throw new ConfigError(options.scope, ["publish must be a function"]);
      const { callId, hold, probe, effectWithin } = read(options, given, ONCE_OPTIONS);
      const [{ once: publishOnce }, opened] = await Promise.all([import("./once.ts"), deduplicator()]);
      const settling = { probe, effectWithin } as OnceProbe<typeof content>;
      const check = { ...named(callId), holdMs: milliseconds(options, hold) };
      return await publishOnce(opened, content, publish, settling, check);
    },
    forget: async (content) => await (await deduplicator()).forget(content),
  };
}

/** @internal Checks the options at once. The working part, with hashing and the ledger, is loaded at its first use. */
export function deduplicatorOf(options: DedupeOptions): () => Promise<Deduplicator> {
  const problems: string[] = [];
  const {
    scope = "",
    maxStreak = 3,
    hold,
    ledger,
    logger,
  } = readOptions<DedupeOptions>(options, DEDUPE_OPTIONS, problems);
  if (scope.trim() === "" || scope.length > 256 || /\p{Cc}/u.test(scope) || !scope.isWellFormed())
    problems.push('scope must be 1 to 256 visible characters, such as "drafts"');
  if (!Number.isInteger(maxStreak) || maxStreak < 2)
    problems.push(`${optionName("maxStreak")} is ${maxStreak}; give a whole number from 2`);
  const limit = parseDuration(hold ?? DEFAULT_HOLD);
  if ("problem" in limit) problems.push(`${optionName("hold")} ${limit.problem}`);
  if (problems.length > 0) throw new ConfigError(scope.trim() === "" ? "dedupe" : scope, problems);
  const holdMs = "ms" in limit ? limit.ms : 0;
  const file = anchored(ledger);
  return async () => {
    const { Deduplicator } = await import("./deduplicator.ts");
    return new Deduplicator({ scope, maxStreak, holdMs, ledger: file, logger });
  };
}

const DEFAULT_HOLD = "15m";

const DEDUPE_OPTIONS: Kinds<DedupeOptions> = {
  scope: "a string",
  ledger: "anything",
  hold: "anything",
  maxStreak: "a number",
  logger: "an object",
};

const CHECK_OPTIONS: Kinds<CheckOptions> = { callId: "a string", hold: "anything" };
type OnceFields = CheckOptions & { readonly probe?: unknown; readonly effectWithin?: Duration | undefined };
const ONCE_OPTIONS: Kinds<OnceFields> = { ...CHECK_OPTIONS, probe: "a function", effectWithin: "anything" };
const RESERVATION_OPTIONS: Kinds<ReservationOptions> = { callId: "a string", token: "a string" };

function read<Options extends object>({ scope }: DedupeOptions, given: unknown, kinds: Kinds<Options>) {
  const problems: string[] = [];
  const options = readOptions<Options>(given, kinds, problems);
  if (problems.length > 0) throw new ConfigError(scope, problems);
  return options;
}

function milliseconds({ scope }: DedupeOptions, hold: Duration | undefined): number | undefined {
  if (hold === undefined) return undefined;
  const limit = parseDuration(hold);
  if ("problem" in limit) throw new ConfigError(scope, [`${optionName("hold")} ${limit.problem}`]);
  return limit.ms;
}

/** The owner's name for a call. */
const named = (callId: string | undefined) =>
  callId === undefined ? {} : { callId, owner: `call:${callId}` };
