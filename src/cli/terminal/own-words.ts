import { parseForeignJson } from "../../core/foreign.ts";
import type { AgentEvent } from "../../callees/agent/events.ts";
import type { AgentKind } from "../../core/callee-kind.ts";
import { fieldsOf } from "./agent-events.ts";
import { startOf, visible } from "./visible.ts";

const CHARACTERS = 200;

/**
 * What an agent says about an error of its own, such as "Credit balance is too low". Only what it marks as that: the answer of the
 * model, and what came of the prompt, is not among it. For the person at the command line; no message, log or record holds it.
 */
export class OwnWords {
  readonly #kind: AgentKind;
  #read: Reader;
  #words: string | undefined;

  constructor(kind: AgentKind) {
    this.#kind = kind;
    this.#read = READERS[kind]();
  }

  see(event: AgentEvent): void {
    const words = this.#read(event);
    if (typeof words === "string" && words.trim() !== "") this.#words = words.trim();
  }

  /** The next attempt speaks for itself. */
  next(): void {
    this.#read = READERS[this.#kind]();
    this.#words = undefined;
  }

  /** A line to be shown below the reason of a failure, or nothing. */
  get line(): string {
    if (this.#words === undefined) return "";
    const shown = visible(this.#words);
    return `    ${this.#kind} says: ${shown.length > CHARACTERS ? `${startOf(shown, CHARACTERS)}…` : shown}\n`;
  }
}

/** What an event says of an error. */
type Reader = (event: AgentEvent) => unknown;

/** A reader for each run, as it may remember earlier events. */
const READERS: Readonly<Record<AgentKind, () => Reader>> = {
  claude: claudeReader,
  codex: () => codexWords,
  gemini: () => geminiWords,
};

function claudeReader(): Reader {
  let isApiError = false;
  return (event) => {
    // The message that stands for an API error; its text is the result's (observed on 2.1.329).
    if (event.type === "assistant") isApiError ||= typeof event["error"] === "string";
    if (event.type !== "result" || event["is_error"] !== true) return undefined;
    const { subtype, result, errors } = event;
    const isRunError = typeof subtype === "string" && subtype.startsWith("error_") && Array.isArray(errors);
    return isRunError ? (errors as unknown[])[0] : isApiError ? result : undefined;
  };
}

/** An `error` event before it may be about an attempt that codex repeats. */
const codexWords: Reader = (event) =>
  event.type === "turn.failed" ? fieldsOf(event["error"])["message"] : undefined;

const geminiWords: Reader = (event) => {
  if (event.type === "error" && event["severity"] === "error") return event["message"];
  if (event.type !== "result" || event["status"] !== "error") return undefined;
  const { message } = fieldsOf(event["error"]);
  return typeof message === "string" ? unwrapped(message) : undefined;
};

/** `[API Error: …]`, around a text or around the JSON of the service (observed on 0.61.0). */
function unwrapped(message: string): unknown {
  const [, inner = message] = /^\[API Error: ([^]*)\](?:\n|$)/.exec(message) ?? [];
  if (!inner.startsWith("{")) return inner;
  try {
    const told = fieldsOf(fieldsOf(parseForeignJson(inner))["error"])["message"];
    return typeof told === "string" ? told : inner;
  } catch {
    // No JSON after all, so the text is shown as it is.
    return inner;
  }
}
