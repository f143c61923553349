import { ADVICE } from "../call/advice.ts";
import { ConfigError } from "../call/errors.ts";
import { show } from "../call/options.ts";
import { LedgerError } from "../ledger/errors.ts";
import { openLedger } from "../ledger/open.ts";
import type { LedgerStore } from "../ledger/store.ts";
import { logDuplicate } from "../telemetry/log.ts";
import type { Logger } from "../telemetry/logger.ts";
import { traceLedger, type UsedLedger } from "../telemetry/trace-ledger.ts";
import { hashContent, type Hashed } from "./content.ts";
import { contentError, type DedupeVerdict } from "./dedupe.ts";

interface GateOptions {
  readonly scope: string;
  readonly maxStreak: number;
  readonly ledger: LedgerStore | string | undefined;
  readonly logger: Logger | undefined;
}

/** The working part of `dedupe`. */
export class DedupeGate {
  readonly #options: GateOptions;

  constructor(options: GateOptions) {
    this.#options = options;
  }

  async check(content: string | Uint8Array, callId: string | undefined): Promise<DedupeVerdict> {
    const { scope, maxStreak, logger } = this.#options;
    const hashed = this.#hash(content, callId);
    const answer = await this.#use((ledger) => ledger.sight({ scope, ...hashed, callId }));
    if (answer.kind === "new") return { verdict: "new", ...hashed };
    const { seen, streak } = answer;
    const at = new Date(seen.firstAt).toISOString();
    const of = { ...(seen.callId !== undefined && { callId: seen.callId }), at };
    const verdict = { verdict: "duplicate", ...hashed, of, times: seen.times + 1, streak } as const;
    const isStreak = streak >= maxStreak;
    await logDuplicate({ scope, ...verdict, callId, isStreak }, logger);
    if (!isStreak) return verdict;
    const message = `The content for "${scope}" is the same for the ${ordinal(streak)} time in a row (first at ${at}${
      seen.callId === undefined ? "" : `, by call ${seen.callId}`
    }). ${ADVICE.duplicate_streak}`;
    throw contentError(scope, "duplicate_streak", message, { callId, ...hashed });
  }

  async forget(content: string | Uint8Array): Promise<boolean> {
    const { scope } = this.#options;
    const { sha256 } = this.#hash(content, undefined);
    return await this.#use((ledger) => ledger.forget({ scope, sha256 }));
  }

  #hash(content: string | Uint8Array, callId: string | undefined): Hashed {
    const { scope } = this.#options;
    if (!mayBeContent(content))
      throw new ConfigError(scope, [`the content must be a string or bytes, not ${show(content)}`]);
    const hashed = hashContent(content);
    if (!("nothing" in hashed)) return hashed;
    const message = `The content for "${scope}" is ${hashed.nothing}. ${ADVICE.empty_output}`;
    throw contentError(scope, "empty_output", message, { callId });
  }

  async #use<T>(work: (ledger: UsedLedger) => Promise<T>): Promise<T> {
    const { scope } = this.#options;
    try {
      return await work(traceLedger(await openLedger(this.#options.ledger)));
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error;
      if (error.code === "invalid_config") throw new ConfigError(scope, [error.message.replace(/\.$/, "")]);
      const message = `The content for "${scope}" could not be looked up: ${error.message}`;
      throw contentError(scope, "ledger_unavailable", message, { cause: error });
    }
  }
}

/** None at all is one that is empty. */
const mayBeContent = (content: unknown) =>
  content === undefined || content === null || typeof content === "string" || content instanceof Uint8Array;

function ordinal(n: number): string {
  const rest = n % 100;
  const suffix = rest > 10 && rest < 14 ? "th" : (["th", "st", "nd", "rd"][n % 10] ?? "th");
  return `${n}${suffix}`;
}
