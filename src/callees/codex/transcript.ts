import type { AgentTranscript } from "../agent/agent.ts";
import { EventLines } from "../agent/event-lines.ts";
import type { CodexEvent } from "./events.ts";

/** The facts of a run's events that its verdict needs. */
export class CodexTranscript extends EventLines<CodexEvent> implements AgentTranscript<CodexEvent> {
  /** The last message of the agent. */
  text: string | undefined;
  threadId: string | undefined;
  usage: Readonly<Record<string, unknown>> | undefined;
  ended: "completed" | "failed" | undefined;

  get answered(): boolean {
    return this.ended !== undefined;
  }

  protected override see(event: CodexEvent): void {
    if (event.type === "thread.started") this.threadId = event.thread_id;
    if (event.type === "item.completed" && event.item?.["type"] === "agent_message")
      this.text = String(event.item["text"]);
    if (event.type === "turn.failed") this.ended = "failed";
    if (event.type === "turn.completed") {
      this.ended = "completed";
      this.usage = event["usage"] as Readonly<Record<string, unknown>>;
    }
  }
}
