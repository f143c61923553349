import type { AgentTranscript, SeenStderr } from "../agent/agent.ts";
import type { PermissionDenial } from "../agent/details.ts";
import { EventLines } from "../agent/event-lines.ts";
import { AnswerPieces } from "./answer-pieces.ts";
import { isDenied } from "./denials.ts";
import type { GeminiEvent } from "./events.ts";
import { OwnRetry } from "./own-retry.ts";
import { objectIn, readGeminiResult, stringIn, type GeminiResult } from "./result-event.ts";

/** Tools of gemini's own that change nothing outside it. Its system prompt asks for `update_topic` in every run. */
const ONLY_READS: ReadonlySet<string> = new Set([
  "glob",
  "grep_search",
  "list_directory",
  "read_file",
  "read_many_files",
  "update_topic",
  "write_todos",
]);

/** The facts of a run's events that its verdict needs. Without the answer, its size stays the same however long the run is. */
export class GeminiTranscript extends EventLines<GeminiEvent> implements AgentTranscript<GeminiEvent> {
  readonly answer = new AnswerPieces();
  readonly denials: PermissionDenial[] = [];
  readonly notes: string[] = [];
  readonly #asked: string | undefined;
  readonly #ownRetry = new OwnRetry();
  /** Calls that have no result yet, by their id. */
  readonly #calls = new Map<string, PermissionDenial>();
  result: GeminiResult | undefined;
  /** There was a second result, which no known version prints. */
  ambiguous = false;
  model: string | undefined;
  sessionId: string | undefined;
  /** A tool ran, so the run may have had an effect. */
  usedTools = false;
  /** The last error event that is no mere warning: gemini gives up. */
  problem: string | undefined;
  /** The last warning, such as the one about a loop, after which gemini stops. */
  warning: string | undefined;

  /** @param asked the session to continue */
  constructor(asked?: string) {
    super();
    this.#asked = asked;
  }

  get answered(): boolean {
    return this.result !== undefined;
  }

  /** It continues another session than the one that it was asked for. */
  get otherSession(): boolean {
    const { sessionId } = this;
    return this.#asked !== undefined && sessionId !== undefined && sessionId !== this.#asked;
  }

  /** gemini's own retry, which hardcall does not wait for: after a tool call it does, since only gemini knows what the tools did. */
  get ownRetry(): OwnRetry | undefined {
    return this.#ownRetry.started && !this.answered && !this.mayHaveActed ? this.#ownRetry : undefined;
  }

  get abandoned(): boolean {
    return this.otherSession || this.ownRetry !== undefined;
  }

  takeStderr(chunk: Buffer): SeenStderr {
    // What follows a tool call is gemini's to retry, and needs no look.
    if (!this.usedTools) this.#ownRetry.push(chunk);
    return { shown: chunk, isSignOfLife: false };
  }

  protected override see(event: GeminiEvent): void {
    switch (event.type) {
      case "init":
        this.sessionId = stringIn(event.session_id);
        this.model = stringIn(event["model"]);
        break;
      case "message":
        if (event.role === "assistant") this.answer.add(stringIn(event.content) ?? "", timeOf(event));
        break;
      case "tool_use":
        this.#seeCall(event);
        break;
      case "tool_result":
        this.#seeToolResult(event);
        break;
      case "error":
        if (event["severity"] === "warning") this.warning = stringIn(event["message"]) ?? "";
        else this.problem = stringIn(event["message"]) ?? "";
        break;
      case "result":
        if (this.result === undefined) this.result = readGeminiResult(event);
        else this.ambiguous = true;
        break;
      default:
      // New kinds of events come with every version.
    }
  }

  #seeCall(event: GeminiEvent): void {
    this.answer.clear();
    const [tool_name, tool_use_id] = [stringIn(event["tool_name"]) ?? "", stringIn(event["tool_id"]) ?? ""];
    this.#calls.set(tool_use_id, { tool_name, tool_use_id, tool_input: event["parameters"] });
  }

  #seeToolResult(event: GeminiEvent): void {
    this.answer.clear();
    const id = stringIn(event["tool_id"]) ?? "";
    const call = this.#calls.get(id) ?? { tool_name: "", tool_use_id: id };
    this.#calls.delete(id);
    const error = objectIn(event["error"]);
    const tool = call.tool_name ?? "";
    const type = stringIn(error?.["type"]);
    if (isDenied(tool, type, stringIn(error?.["message"]) ?? "")) this.denials.push(call);
    // A tool that does not exist did nothing.
    else if (!ONLY_READS.has(tool) && type !== "tool_not_registered") this.usedTools = true;
  }

  /** A tool ran or is running: what the run changed is not known. */
  get mayHaveActed(): boolean {
    return (
      this.usedTools || [...this.#calls.values()].some(({ tool_name = "" }) => !ONLY_READS.has(tool_name))
    );
  }
}

/** Milliseconds since 1970; `NaN` if the event does not tell. */
const timeOf = ({ timestamp }: GeminiEvent) => Date.parse(typeof timestamp === "string" ? timestamp : "");
