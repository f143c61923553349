import type { AgentTranscript } from "../agent/agent.ts";
import { EventLines } from "../agent/event-lines.ts";
import type { GeminiEvent } from "./events.ts";

/** The facts of a run's events that its verdict needs. */
export class GeminiTranscript extends EventLines<GeminiEvent> implements AgentTranscript<GeminiEvent> {
  /** What the model has said since the last tool result. */
  text = "";
  sessionId: string | undefined;
  result: GeminiEvent | undefined;

  get answered(): boolean {
    return this.result !== undefined;
  }

  protected override see(event: GeminiEvent): void {
    if (event.type === "init") this.sessionId = event.session_id;
    if (event.type === "tool_result") this.text = "";
    if (event.type === "message" && event.role === "assistant") this.text += String(event.content);
    if (event.type === "result") this.result = event;
  }
}
