import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";

/** What gemini's own records tell of the answers of a run; its output does not. */
export interface FinishReasons {
  /** Why the last answer ended, by OpenTelemetry's names: "stop", "length", "content_filter", "error". */
  readonly last: string | undefined;
  /** When gemini last asked once more because an answer had broken off, in milliseconds since 1970. */
  readonly retriedAt: number | undefined;
}

/** gemini asks once more: the answer was none, or the connection broke in the middle of it. */
const RETRIES: ReadonlySet<string> = new Set([
  "gemini_cli.chat.content_retry",
  "gemini_cli.network_retry_attempt",
]);

/**
 * Reads the log records that gemini writes to `GEMINI_TELEMETRY_OUTFILE`: JSON over many lines, one after the other (0.61.0). hardcall
 * looks at a few lines of them, so that a change of the rest costs nothing.
 */
export class FinishReasonReader {
  #event: string | undefined;

  #inReasons = false;
  #before: string | undefined;
  #last: string | undefined;
  #retriedAt: number | undefined;

  take(line: string): void {
    const field = /^\s*"(event\.name|event\.timestamp|finish_reasons|role)": (?:"([^"]*)"|\[)/.exec(line);
    if (field === null) {
      this.#seeReason(line);
      return;
    }
    const [, name, value] = field;
    if (name === "event.name") {
      this.#event = value;
      this.#before = this.#last;
    } else if (name === "event.timestamp") this.#seeTime(value);
    else if (name === "finish_reasons") this.#inReasons = true;
    // Answers to requests that gemini makes for itself, such as which model to ask, have another role.
    else if (value !== "main") this.#last = this.#before;
  }

  #seeTime(value: string | undefined): void {
    const at = Date.parse(value ?? "");
    if (RETRIES.has(this.#event ?? "") && Number.isFinite(at)) this.#retriedAt = at;
  }

  #seeReason(line: string): void {
    if (!this.#inReasons) return;
    const reason = /^\s*"(\w{1,40})",?$/.exec(line)?.[1];
    if (reason === undefined) this.#inReasons = false;
    else if (this.#event === "gemini_cli.api_response") this.#last = reason;
  }

  get found(): FinishReasons {
    return { last: this.#last, retriedAt: this.#retriedAt };
  }
}

/** @returns `undefined` without such a file: another version, a sandbox, or a process that was killed */
export async function readFinishReasons(file: string): Promise<FinishReasons | undefined> {
  const reader = new FinishReasonReader();
  try {
    for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity }))
      reader.take(line);
  } catch {
    // The records are one check more. Without them, the output alone decides.
    return undefined;
  }
  return reader.found;
}
