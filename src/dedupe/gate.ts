import { randomUUID } from "node:crypto";
import { ADVICE } from "../call/advice.ts";
import { ConfigError } from "../call/errors.ts";
import { show } from "../call/options.ts";
import { LedgerError } from "../ledger/errors.ts";
import { borrowLedger } from "../ledger/open.ts";
import type { LedgerStore } from "../ledger/store.ts";
import { logContent } from "../telemetry/log.ts";
import type { Logger } from "../telemetry/logger.ts";
import { traceLedger, type UsedLedger } from "../telemetry/trace-ledger.ts";
import { hashContent, type Hashed } from "./content.ts";
import { contentError } from "./content-error.ts";
import type { Claimant, CommitAnswer, ReleaseAnswer, SightAnswer, SightRequest } from "./contents.ts";
import type { DedupeVerdict, DuplicateContent, NewContent, PendingContent } from "./verdict.ts";

export interface GateOptions {
  readonly scope: string;
  readonly maxStreak: number;
  readonly holdMs: number;
  readonly ledger: LedgerStore | string | undefined;
  readonly logger: Logger | undefined;
}

type Content = string | Uint8Array;
type Check = Omit<Claimant, "token" | "process"> &
  Pick<SightRequest, "outlives"> & { readonly holdMs?: number | undefined };
type Answer<Kind extends SightAnswer["kind"]> = SightAnswer & { readonly kind: Kind };

/** The working part of `dedupe`. */
export class DedupeGate {
  readonly #options: GateOptions;

  constructor(options: GateOptions) {
    this.#options = options;
  }

  async check(content: Content, { holdMs, ...check }: Check): Promise<DedupeVerdict> {
    const { scope } = this.#options;
    const hashed = this.#hash(content, check.callId);
    const token = `${prefixOf(hashed)}${randomUUID()}`;
    const request = { scope, ...hashed, ...check, token, holdMs: holdMs ?? this.#options.holdMs };
    const answer = await this.#use((ledger) => ledger.sight(request));
    switch (answer.kind) {
      case "new":
        return this.#reserved(hashed, { owner: check.owner, callId: check.callId, token });
      case "duplicate":
        return await this.#duplicate(hashed, answer, check.callId);
      case "pending":
        return await this.#pending(hashed, answer, check.callId);
      case "in_doubt":
        throw this.#unsettled("in_doubt", hashed);
      default:
        return answer satisfies never;
    }
  }

  async commit(content: Content, whose: Claimant): Promise<CommitAnswer> {
    return await this.#commit(this.#hash(content, whose.callId), whose);
  }

  async release(content: Content, whose: Claimant): Promise<ReleaseAnswer["kind"]> {
    return await this.#release(this.#hash(content, whose.callId), whose);
  }

  async forget(content: Content): Promise<boolean> {
    const { scope } = this.#options;
    const hashed = this.#hash(content, undefined);
    const { kind } = await this.#use((ledger) => ledger.forget({ scope, sha256: hashed.sha256 }));
    if (kind === "in_doubt" || kind === "in_progress") throw this.#unsettled(kind, hashed);
    return kind === "forgotten";
  }

  #reserved(hashed: Hashed, whose: Claimant & { readonly token: string }): NewContent {
    return {
      verdict: "new",
      ...hashed,
      token: whose.token,
      commit: async () => (await this.#commit(hashed, whose)).kind === "committed",
      release: async () => (await this.#release(hashed, whose)) === "released",
    };
  }

  async #commit(hashed: Hashed, whose: Claimant): Promise<CommitAnswer> {
    const { scope, logger } = this.#options;
    this.#checkToken(hashed, whose.token);
    const answer = await this.#use((ledger) => ledger.commitContent({ scope, ...hashed, ...whose }));
    if (answer.kind === "duplicate") {
      const { callId, firstAt } = answer.seen;
      const of = { callId, at: new Date(firstAt).toISOString() };
      await logContent({ scope, outcome: "published_twice", ...hashed, callId: whose.callId, of }, logger);
    }
    return answer;
  }

  async #release(hashed: Hashed, whose: Claimant): Promise<ReleaseAnswer["kind"]> {
    const { scope } = this.#options;
    this.#checkToken(hashed, whose.token);
    const { sha256 } = hashed;
    return (await this.#use((ledger) => ledger.releaseContent({ scope, sha256, ...whose }))).kind;
  }

  /** Content that was changed since its check would be committed, and what was published would stay new. */
  #checkToken(hashed: Hashed, token: string | undefined): void {
    if (token === undefined || token.startsWith(prefixOf(hashed))) return;
    throw new ConfigError(this.#options.scope, ["the token was given for other content than this"]);
  }

  async #duplicate(
    hashed: Hashed,
    { seen, times, streak }: Answer<"duplicate">,
    callId: string | undefined,
  ): Promise<DuplicateContent> {
    const { scope, maxStreak, logger } = this.#options;
    const at = new Date(seen.firstAt).toISOString();
    const of = { ...(seen.callId !== undefined && { callId: seen.callId }), at };
    const verdict = { verdict: "duplicate", ...hashed, of, times, streak } as const;
    const isStreak = streak >= maxStreak;
    const code = isStreak ? ({ code: "duplicate_streak" } as const) : {};
    await logContent({ scope, outcome: "duplicate", ...code, ...verdict, callId }, logger);
    if (!isStreak) return verdict;
    const message = `The content for "${scope}" is the same for the ${ordinal(streak)} time in a row (first at ${at}${
      seen.callId === undefined ? "" : `, by call ${seen.callId}`
    }). ${ADVICE.duplicate_streak}`;
    throw contentError(scope, "duplicate_streak", message, { callId, ...hashed });
  }

  async #pending(
    hashed: Hashed,
    { callId, since, retryAfterMs }: Answer<"pending">,
    ownCallId: string | undefined,
  ): Promise<PendingContent> {
    const { scope, logger } = this.#options;
    const at = new Date(since).toISOString();
    const by = { ...(callId !== undefined && { callId }), since: at };
    await logContent(
      { scope, outcome: "pending", ...hashed, callId: ownCallId, of: { callId, at }, retryAfterMs },
      logger,
    );
    return { verdict: "pending", ...hashed, by, retryAfterMs };
  }

  #unsettled(code: "in_doubt" | "in_progress", hashed: Hashed) {
    const { scope } = this.#options;
    const what =
      code === "in_doubt" ? "may have been published: an attempt ended without a word" : "is being published";
    const message = `The content for "${scope}" ${what} (key ${scope}/${hashed.sha256}). ${ADVICE[code]}`;
    return contentError(scope, code, message, hashed);
  }

  #hash(content: Content, callId: string | undefined): Hashed {
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
      const { store, giveBack } = await borrowLedger(this.#options.ledger);
      try {
        return await work(traceLedger(store));
      } finally {
        await giveBack();
      }
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error;
      if (error.code === "invalid_config") throw new ConfigError(scope, [error.message.replace(/\.$/, "")]);
      const message = `The content for "${scope}" could not be looked up: ${error.message}`;
      throw contentError(scope, "ledger_unavailable", message, { cause: error });
    }
  }
}

/** How a token begins, so that it cannot be used with other content by mistake. */
const prefixOf = ({ sha256 }: Hashed) => `${sha256.slice(0, 12)}-`;

/** None at all is one that is empty. */
const mayBeContent = (content: unknown) =>
  content === undefined || content === null || typeof content === "string" || content instanceof Uint8Array;

function ordinal(n: number): string {
  const rest = n % 100;
  const suffix = rest > 10 && rest < 14 ? "th" : (["th", "st", "nd", "rd"][n % 10] ?? "th");
  return `${n}${suffix}`;
}
