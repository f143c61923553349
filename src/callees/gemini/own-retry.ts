import { codeOfStatus } from "../../core/http-status.ts";
import type { ErrorCode } from "../../core/vocabulary.ts";
import { retryAfterMs } from "./api-error.ts";

/** As 0.61.0 tells on stderr that it will ask once more: with the HTTP status, without one, or with the API's own message. */
const STARTS =
  /^Attempt \d+ failed(?: with status (\d{3})| with (429|5xx) error[^.]*)?\. Retrying with backoff/;
const STARTS_WITH_MESSAGE = /^Attempt \d+ failed: /;
/** The end of a message, which may have several lines. "Max attempts reached" ends one after which there is no retry. */
const ENDS = /\. (?:Retrying after \d+ms\.\.\.|Max attempts reached)$/;

/** The API's message in the body that a line quotes. */
const OVERLOADED = /"message":"(?:The model is overloaded|This model is currently experiencing high demand)/;

const MOST_LINE = 4096;

/**
 * Whether gemini began to retry by itself, read from its stderr. There is no option for it: by default gemini asks up to 10 times,
 * which takes minutes. hardcall ends it there, and its own retries follow, which know the call's limits.
 */
export class OwnRetry {
  started = false;
  /** The HTTP status that made it retry, as far as it is told. */
  status: number | undefined;
  /** What the API said about when to ask again, in milliseconds. */
  retryAfterMs: number | undefined;
  #overloaded = false;
  #rest = "";
  #message: string | undefined;

  get code(): ErrorCode {
    if (this.#overloaded) return "overloaded";
    return (this.status === undefined ? undefined : codeOfStatus(this.status)) ?? "unavailable";
  }

  push(chunk: Uint8Array): void {
    if (this.started) return;
    const lines = (this.#rest + Buffer.from(chunk).toString("utf8")).split("\n");
    this.#rest = lines.pop()!.slice(0, MOST_LINE);
    for (const line of lines) this.#see(line.slice(0, MOST_LINE).trimEnd());
    // These lines go on with a stack; the retry has begun.
    if (STARTS.test(this.#rest)) this.#see(this.#rest);
  }

  #see(line: string): void {
    if (this.started) return;
    const plain = STARTS.exec(line);
    if (plain !== null) {
      this.started = true;
      const [, status, kind] = plain;
      this.#overloaded = OVERLOADED.test(line);
      this.status =
        status !== undefined ? Number(status) : kind === "429" ? 429 : kind === "5xx" ? 500 : undefined;
      return;
    }
    if (STARTS_WITH_MESSAGE.test(line)) this.#message = line;
    else if (this.#message !== undefined) this.#message = `${this.#message}\n${line}`.slice(0, MOST_LINE);
    if (this.#message === undefined) return;
    const end = ENDS.exec(line);
    if (end === null) return;
    this.started = end[0].startsWith(". Retrying");
    this.status = 429;
    this.retryAfterMs = retryAfterMs(this.#message);
    this.#message = undefined;
  }
}
