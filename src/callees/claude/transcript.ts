import { eventsOf, type ClaudeEvent } from "./events.ts";
import { readResult, type ResultEvent } from "./result-event.ts";

/** What a run printed, as far as its verdict needs it. Its size does not grow with the run's. */
export class Transcript {
  /** The first result is the run's; later ones are of turns that the CLI began by itself. */
  result: ResultEvent | undefined;
  /** A second result that claims to be the first turn's as well. */
  ambiguous = false;
  events = 0;
  /** Of the init event. */
  model: string | undefined;
  sessionId: string | undefined;
  /** A tool was asked for: something may have been done. */
  usedTools = false;
  /** `error` of the assistant message that stands for an API error. */
  apiError: string | undefined;
  /** Seconds since 1970, of a usage limit that rejected the request. */
  limitResetsAt: number | undefined;
  /** The last line was the beginning of an event, and no more. */
  cutOff = false;
  /** Lines that are no events: banners, warnings. */
  noise = 0;
  /** The first of them, for runs that print no events at all. */
  firstNoise: string | undefined;

  /** @returns the events of the line */
  take(line: string): ClaudeEvent[] {
    const events = eventsOf(line);
    this.cutOff = events.length === 0 && /^[{[]\s*"?/.test(line) && !/[}\]]$/.test(line);
    if (events.length === 0) {
      this.noise++;
      this.firstNoise ??= line.slice(0, 500);
    }
    for (const event of events) this.#see(event);
    return events;
  }

  #see(event: ClaudeEvent): void {
    this.events++;
    if (typeof event["session_id"] === "string") this.sessionId = event["session_id"];
    switch (event.type) {
      case "system":
        if (event.subtype === "init" && typeof event["model"] === "string") this.model = event["model"];
        break;
      case "assistant":
        this.#seeAssistant(event);
        break;
      case "rate_limit_event":
        this.#seeRateLimit(event["rate_limit_info"]);
        break;
      case "result":
        this.#seeResult(readResult(event));
        break;
      default:
      // New kinds of events come with every version.
    }
  }

  #seeAssistant(event: ClaudeEvent): void {
    if (typeof event["error"] === "string") this.apiError = event["error"];
    const content = (event["message"] as { content?: unknown } | undefined)?.content;
    if (!Array.isArray(content)) return;
    for (const block of content as { type?: unknown; name?: unknown }[]) {
      // StructuredOutput is how the answer to --json-schema is given; it does nothing.
      if (block?.type === "tool_use" && block.name !== "StructuredOutput") this.usedTools = true;
    }
  }

  #seeRateLimit(info: unknown): void {
    const { status, resetsAt } = (info ?? {}) as { status?: unknown; resetsAt?: unknown };
    if (status === "rejected" && typeof resetsAt === "number") this.limitResetsAt = resetsAt;
  }

  #seeResult(result: ResultEvent): void {
    if (this.result === undefined) this.result = result;
    else if (result.index === 0 && this.result.index === 0) this.ambiguous = true;
  }
}
