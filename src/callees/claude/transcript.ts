import { EventLines } from "../agent/event-lines.ts";
import type { AgentTranscript } from "../agent/agent.ts";
import type { ClaudeEvent } from "./events.ts";
import { readResult, type ResultEvent } from "./result-event.ts";

/** The facts of a run's events that its verdict needs. */
export class ClaudeTranscript extends EventLines<ClaudeEvent> implements AgentTranscript<ClaudeEvent> {
  /** The first result. Later ones belong to turns that the CLI began by itself. */
  result: ResultEvent | undefined;
  /** A second result also says that it ends the first turn. */
  ambiguous = false;
  /** US dollars: the highest total that a result told. Each counts from the start of the run, also those of turns that followed. */
  costUsd: number | undefined;
  /** From the init event. */
  model: string | undefined;
  sessionId: string | undefined;
  /** The model called a tool, so the run may have had an effect. */
  usedTools = false;
  /** `error` of the assistant message that stands for an API error. */
  apiError: string | undefined;
  /** When the usage limit that rejected the request ends, in seconds since 1970. */
  limitResetsAt: number | undefined;
  get answered(): boolean {
    return this.result !== undefined;
  }

  protected override see(event: ClaudeEvent): void {
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
    if (result.costUsd !== undefined && result.costUsd >= (this.costUsd ?? 0)) this.costUsd = result.costUsd;
    if (this.result === undefined) this.result = result;
    else if (result.index === 0 && this.result.index === 0) this.ambiguous = true;
  }
}
