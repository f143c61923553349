import { isBytes } from "../core/foreign.ts";
import { randomUUID } from "node:crypto";
import { advise } from "../core/wording.ts";
import { ConfigError } from "../core/errors.ts";
import { show } from "../core/options.ts";
import { LedgerError } from "../database/errors.ts";
import { checkText } from "../ledger/key/key.ts";
import { openStore } from "../ledger/open.ts";
import { logContent } from "../telemetry/log.ts";
import { traceLedger, type UsedLedger } from "../telemetry/trace-ledger.ts";
import { hashContent, type Hashed } from "./content.ts";
import { contentError } from "./content-error.ts";
import type {
  Claimant,
  CommitAnswer,
  ReleaseAnswer,
  CheckContentAnswer,
  CheckContentRequest,
} from "../ledger/contents/contents.ts";
import type { DeduplicatorOptions } from "./deduplicator-options.ts";
import { reportDuplicate, reportPending, unsettled } from "./report.ts";
import type { DedupeVerdict, NewContent } from "./verdict.ts";

export type Content = string | Uint8Array;
export type Check = Omit<Claimant, "token" | "process"> &
  Pick<CheckContentRequest, "outlives" | "once"> & { readonly holdMs?: number | undefined };

/** The working part of `dedupe`. */
export class Deduplicator {
  readonly options: DeduplicatorOptions;

  constructor(options: DeduplicatorOptions) {
    this.options = options;
  }

  async check(content: Content, check: Check): Promise<DedupeVerdict> {
    const { owner, callId } = check;
    const hashed = this.hash(content, callId);
    const { answer, token } = await this.reserve(hashed, check);
    switch (answer.kind) {
      case "new":
        return this.#reserved(hashed, { owner, callId, token });
      case "duplicate":
        return await reportDuplicate(this.options, hashed, answer, callId);
      case "pending":
        return await reportPending(this.options, hashed, answer, callId);
      case "in_doubt":
        throw unsettled(this.options.scope, "in_doubt", hashed);
      default:
        return answer satisfies never;
    }
  }

  /** Reserves the content under a new token, if it is new. */
  async reserve(
    hashed: Hashed,
    { holdMs, ...check }: Check,
  ): Promise<{ readonly answer: CheckContentAnswer; readonly token: string }> {
    const { scope } = this.options;
    const token = `${prefixOf(hashed)}${randomUUID()}`;
    this.#checkCall(check);
    const request = { scope, ...hashed, ...check, token, holdMs: holdMs ?? this.options.holdMs };
    return { answer: await this.#use((ledger) => ledger.checkContent(request)), token };
  }

  async commit(content: Content | Hashed, whose: Claimant): Promise<CommitAnswer> {
    const { scope, logger } = this.options;
    const hashed = this.#hashedFor(content, whose);
    const answer = await this.#use((ledger) => ledger.commitContent({ scope, ...hashed, ...whose }));
    if (answer.kind === "duplicate") {
      const { callId, firstAt } = answer.seen;
      const of = { callId, at: new Date(firstAt).toISOString() };
      await logContent({ scope, outcome: "published_twice", ...hashed, callId: whose.callId, of }, logger);
    }
    return answer;
  }

  async release(content: Content | Hashed, whose: Claimant): Promise<ReleaseAnswer["kind"]> {
    const { scope } = this.options;
    const { sha256 } = this.#hashedFor(content, whose);
    return (await this.#use((ledger) => ledger.releaseContent({ scope, sha256, ...whose }))).kind;
  }

  async forget(content: Content): Promise<boolean> {
    const { scope } = this.options;
    const hashed = this.hash(content, undefined);
    const { kind } = await this.#use((ledger) => ledger.forget({ scope, sha256: hashed.sha256 }));
    if (kind === "in_doubt" || kind === "in_progress") throw unsettled(scope, kind, hashed);
    return kind === "forgotten";
  }

  /** @throws CallError `empty_output` for blank content and the hash of empty content */
  hash(content: Content, callId: string | undefined): Hashed {
    const { scope } = this.options;
    if (!mayBeContent(content))
      throw new ConfigError(scope, [`the content must be a string or bytes, not ${show(content)}`]);
    const hashed = hashContent(content);
    if (!("nothing" in hashed)) return hashed;
    const message = `The content for "${scope}" is ${hashed.nothing}. ${advise("empty_output")}`;
    throw contentError(scope, "empty_output", message, { callId });
  }

  #reserved(hashed: Hashed, whose: Claimant & { readonly token: string }): NewContent {
    return {
      verdict: "new",
      ...hashed,
      token: whose.token,
      commit: async () => (await this.commit(hashed, whose)).kind === "committed",
      release: async () => (await this.release(hashed, whose)) === "released",
    };
  }

  /** The token holds a hash of the content. Without this check, content that changed since its check would be committed, and the published one would stay new. */
  #hashedFor(content: Content | Hashed, { token, callId }: Claimant): Hashed {
    this.#checkCall({ callId });
    const hashed = isHashed(content) ? content : this.hash(content, callId);
    if (token === undefined || token.startsWith(prefixOf(hashed))) return hashed;
    throw new ConfigError(this.options.scope, ["the token belongs to other content"]);
  }

  /** Refuses a blank id: all calls with a blank id would be one owner and take over each other's reservations. */
  #checkCall({ callId }: Claimant): void {
    try {
      if (callId !== undefined) checkText(callId, "the call's id");
    } catch (error) {
      throw this.#asConfigError(error);
    }
  }

  #asConfigError(error: unknown): unknown {
    if (!(error instanceof LedgerError) || error.code !== "invalid_config") return error;
    return new ConfigError(this.options.scope, [error.message.replace(/\.$/, "")]);
  }

  async #use<T>(work: (ledger: UsedLedger) => Promise<T>): Promise<T> {
    const { scope } = this.options;
    try {
      return await work(traceLedger(await openStore(this.options.ledger)));
    } catch (error) {
      if (!(error instanceof LedgerError) || error.code === "invalid_config")
        throw this.#asConfigError(error);
      const message = `The content for "${scope}" could not be looked up in the ledger: ${error.message}`;
      throw contentError(scope, "ledger_unavailable", message, { cause: error });
    }
  }
}

/** The beginning of a token, so that a token of other content is noticed. */
const prefixOf = ({ sha256 }: Hashed) => `${sha256.slice(0, 12)}-`;

const isHashed = (content: Content | Hashed): content is Hashed =>
  typeof content === "object" && content !== null && "sha256" in content;

/** `undefined` and `null` count as empty content here. */
const mayBeContent = (content: unknown) =>
  content === undefined || content === null || typeof content === "string" || isBytes(content);
