import type { AgentTranscript, SeenStderr } from "../agent/agent.ts";
import type { PermissionDenial } from "../agent/details.ts";
import { EventLines } from "../agent/event-lines.ts";
import type { CodexEvent } from "./events.ts";
import type { CodexSandbox } from "./options.ts";
import { StderrLog } from "./stderr-log.ts";
import { tokensOf, type CodexTokens } from "./tokens.ts";

/** How the newest turn ended. */
export type CodexTurnEnd =
  | { readonly kind: "completed"; readonly usage: CodexTokens | undefined }
  | { readonly kind: "failed"; readonly message: string };

/** Items that stand for something that the model had codex do. A list of plans, a thought or a warning does nothing. */
const TOOLS: ReadonlySet<unknown> = new Set([
  "command_execution",
  "file_change",
  "mcp_tool_call",
  "web_search",
  "collab_tool_call",
]);

/** codex tries the request again: what it has printed of the broken answer comes again. */
const BROKEN_ATTEMPT = /^(?:Reconnecting\.\.\.|Falling back from )/;
/**
 * It asks again over HTTP, and names the reason. Over WebSocket the first repeat is silent and the second one has the number 2: there
 * codex goes on to HTTP in the end, which is the only way through many a proxy.
 */
const OWN_RETRY = /^Reconnecting\.\.\. 1\/\d+ \((.*)\)$/s;
/** It could not connect, and waits for ever (600 s seen). Its settings of retries do not count here. */
const WAITS = /^Reconnecting\.\.\. waiting for network\b/;

/** Of an MCP server's tool; codex prints other refusals on stderr only. */
const REFUSED_CALL = /^MCP tool call requires approval\b/;

/** The facts of a run that its verdict needs. Its size stays the same however long the run is. */
export class CodexTranscript extends EventLines<CodexEvent> implements AgentTranscript<CodexEvent> {
  readonly log = new StderrLog();
  /** The last message of the newest turn, since the last broken attempt and the last tool. */
  message: string | undefined;
  threadId: string | undefined;
  /** The newest turn has begun. */
  turnStarted = false;
  turnEnd: CodexTurnEnd | undefined;
  /** An event tells of a tool. Without such an event a tool may have run all the same: see `StderrLog.toolCalls`. */
  usedTools = false;
  readonly #asked: string | undefined;
  readonly #sandbox: CodexSandbox | undefined;
  readonly #open = new Set<unknown>();
  #ownRetry: string | undefined;
  #ownRetries = 0;
  #waits = false;

  /**
   * @param asked the thread to continue
   * @param sandbox as the definition sets it
   */
  constructor(asked?: string, sandbox?: CodexSandbox) {
    super();
    this.#asked = asked?.toLowerCase();
    this.#sandbox = sandbox;
  }

  get answered(): boolean {
    return this.turnEnd?.kind === "completed";
  }

  /** codex began another thread than the one that it was to continue: it knows nothing of what came before. */
  get otherThread(): boolean {
    return (
      this.#asked !== undefined && this.threadId !== undefined && this.threadId.toLowerCase() !== this.#asked
    );
  }

  /** Why codex began to repeat a request before it had called a tool: hardcall ends it there. Its log may tell of the tool later. */
  get ownRetry(): string | undefined {
    return this.mayHaveActed ? undefined : this.#ownRetry;
  }

  get abandoned(): boolean {
    return this.otherThread || this.ownRetry !== undefined;
  }

  /**
   * An error before the first tool means that codex changed nothing. That no event tells of a tool proves nothing: a command that a
   * sandbox stops has none, and may have written where it may write. codex's log tells of it; without the log only two sandboxes are
   * clear: in one nothing can be written, and the other one stops nothing.
   */
  get mayHaveActed(): boolean {
    if (!this.turnStarted) return false;
    if (this.usedTools || this.log.toolCalls > 0) return true;
    return !(this.log.works || this.#sandbox === "read-only" || this.#sandbox === "danger-full-access");
  }

  get denials(): readonly PermissionDenial[] {
    return this.log.denials;
  }

  get notes(): readonly string[] {
    const times = this.#ownRetries === 1 ? "once" : `${this.#ownRetries} times`;
    return [
      ...(this.#ownRetries > 0 ? [`codex repeated its request ${times} by itself`] : []),
      ...(this.#waits ? ["codex could not connect to its API, and waited for a network"] : []),
    ];
  }

  takeStderr(chunk: Buffer): SeenStderr {
    const seen = this.log.take(chunk);
    if (this.log.failedStatus !== undefined) this.#seeRetry(`unexpected status ${this.log.failedStatus}`);
    return seen;
  }

  endStderr(): Buffer {
    return this.log.end();
  }

  /** While codex waits for a network or repeats a request, it makes no headway. */
  isSignOfLife({ type, item }: CodexEvent): boolean {
    return type !== "error" && item?.["type"] !== "error";
  }

  protected override see(event: CodexEvent): void {
    switch (event.type) {
      case "thread.started":
        if (typeof event.thread_id === "string") this.threadId ??= event.thread_id;
        break;
      case "turn.started":
        this.turnStarted = true;
        this.turnEnd = undefined;
        this.message = undefined;
        break;
      case "turn.completed":
        this.#waits = false;
        this.turnEnd = { kind: "completed", usage: tokensOf(event["usage"]) };
        break;
      case "turn.failed":
        this.turnEnd = { kind: "failed", message: messageOf(event["error"]) };
        break;
      case "error":
        // Not final: only turn.failed is.
        this.#seeError(messageOf(event));
        break;
      case "item.started":
      case "item.completed":
        this.#seeItem(event.type, event.item ?? {});
        break;
      default:
      // New kinds of events come with every version.
    }
  }

  #seeError(message: string): void {
    if (!BROKEN_ATTEMPT.test(message)) return;
    this.message = undefined;
    this.#waits = WAITS.test(message);
    const reason = OWN_RETRY.exec(message)?.[1];
    if (reason !== undefined) this.#seeRetry(reason);
    if (!this.#waits && this.ownRetry === undefined) this.#ownRetries++;
  }

  /** After a tool codex alone knows what was done, so it may repeat its request. */
  #seeRetry(reason: string): void {
    if (!this.mayHaveActed) this.#ownRetry ??= reason;
  }

  #seeItem(type: string, item: Readonly<Record<string, unknown>>): void {
    const { type: kind, id } = item;
    if (kind === "error") this.#seeError(messageOf(item));
    if (type === "item.completed" && kind === "agent_message" && typeof item["text"] === "string")
      this.message = item["text"];
    if (!TOOLS.has(kind)) return;
    this.usedTools = true;
    // A message before a tool announces it: "I will run the tests." It is no answer.
    if (!this.#open.has(id)) this.message = undefined;
    if (type === "item.started") this.#open.add(id);
    else this.#open.delete(id);
    if (kind === "mcp_tool_call" && REFUSED_CALL.test(messageOf(item["error"])))
      this.log.deny(`${String(item["server"])}/${String(item["tool"])}`);
  }
}

function messageOf(value: unknown): string {
  const message = (value as { message?: unknown } | null | undefined)?.message;
  return typeof message === "string" ? message : "";
}
