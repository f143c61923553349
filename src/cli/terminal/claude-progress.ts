import type { AgentEvent } from "../../callees/agent/events.ts";
import { fieldsOf, numberOf, toolName, type Fields, type AgentProgress } from "./agent-events.ts";
import type { AgentStatus } from "./status-line.ts";

/** How far a claude run has come. */
export class ClaudeProgress implements AgentProgress {
  #tool: string | undefined;
  #costUsd: number | undefined;
  /** Of attempts that are over. */
  #spentUsd = 0;
  /** A message comes in several events, each with the tokens so far. */
  readonly #tokensByMessage = new Map<string, number>();
  /** The ids of the main run's messages. */
  readonly #turns = new Set<unknown>();

  see(event: AgentEvent): void {
    // A subagent's events carry the id of the tool call that it works for; the main run is what is shown.
    const isMain = typeof event["parent_tool_use_id"] !== "string";
    if (event.type === "result" && typeof event["total_cost_usd"] === "number")
      this.#costUsd = event["total_cost_usd"];
    if (event.type === "user" && isMain) this.#tool = undefined;
    if (event.type !== "assistant") return;
    const message = fieldsOf(event["message"]);
    this.#countTokens(message);
    if (!isMain) return;
    this.#turns.add(message["id"]);
    this.#tool = toolOf(message["content"]);
  }

  next(): void {
    this.#spentUsd += this.#costUsd ?? 0;
    this.#costUsd = undefined;
    this.#tool = undefined;
    this.#tokensByMessage.clear();
    this.#turns.clear();
  }

  get status(): AgentStatus {
    const spent = this.#spentUsd + (this.#costUsd ?? 0);
    return {
      tool: this.#tool,
      turns: this.#turns.size,
      tokens: [...this.#tokensByMessage.values()].reduce((sum, tokens) => sum + tokens, 0),
      costUsd: spent > 0 ? spent : undefined,
    };
  }

  #countTokens({ id, usage }: Fields): void {
    if (typeof id !== "string") return;
    const fields = fieldsOf(usage);
    const tokens = TOKENS.reduce((sum, name) => sum + numberOf(fields[name]), 0);
    this.#tokensByMessage.set(id, Math.max(tokens, this.#tokensByMessage.get(id) ?? 0));
  }
}

const TOKENS = [
  "input_tokens",
  "output_tokens",
  "cache_creation_input_tokens",
  "cache_read_input_tokens",
] as const;

/** The last tool that a message asks for. */
function toolOf(content: unknown): string | undefined {
  if (!Array.isArray(content)) return undefined;
  const last = fieldsOf(content.map(fieldsOf).findLast(({ type }) => type === "tool_use"));
  return toolName(last["name"]);
}
