import type { SeenStderr } from "../agent/agent.ts";
import type { PermissionDenial } from "../agent/details.ts";
import { addLogged, type CodexTokens } from "./tokens.ts";

/**
 * What codex is asked to log on stderr, beside errors. Without it hardcall would not know two things, for no event tells them:
 * whether the model writes (codex prints nothing until a message is complete), and whether a tool ran (a command that the sandbox
 * stops has no event, although it may have written files before; observed on 0.169.0). No line of these logs a prompt, an answer or
 * an argument. Of `log_only`, which has others that do, the filter takes those with an `event.kind`: one for each piece of the
 * stream. A tool call that the model writes, such as a long patch, shows in them only.
 */
export const RUST_LOG =
  "error,codex_otel.trace_safe=info,codex_otel.log_only[{event.kind}]=info,codex_app_server::outgoing_message=trace";

const LOGGED =
  /^\d{4}-\d\d-\d\dT[\d:.]+Z +(?:TRACE|DEBUG|INFO) (?:.*: )?(codex_otel\.trace_safe|codex_otel\.log_only|codex_app_server::outgoing_message): (.*)$/;
const NAMED = /^event\.name="codex\.(\w+)"/;
/** An answer or a thought of the model grows, or a tool prints. */
const PROGRESS =
  /^app-server event: (?:item|turn)\/|^event\.name="codex\.\w+" event\.kind="?response\.[\w.]+\.delta\b/;
/**
 * A request over HTTP that failed. codex repeats such a request four times before any event says so. What a 503 or a 4xx is, only their
 * text tells, which the log has not.
 */
const FAILED_REQUEST = / http\.response\.status_code=(50[^3]|5[1-9]\d) (?:.* )?endpoint="\/responses"/;
const REFUSED = /^\d{4}-\d\d-\d\dT[\d:.]+Z ERROR (?:.*: )?codex_core::tools::router: error=(.*)$/;

/** How a tool call that was not allowed begins in the log. Calls of tools that do not exist, and patches that do not fit, are none. */
const REFUSALS: readonly (readonly [RegExp, string])[] = [
  [/^approval policy is Never; reject command/, "exec_command"],
  [/^exec_command failed: CreateProcess \{ message: "Rejected\(/, "exec_command"],
  [/^patch rejected: /, "apply_patch"],
];

/** The longest line that is held back until it is complete; the log's own are shorter. */
const MOST_HELD = 16_384;
const HEAD_CHARACTERS = 8192;

/** Reads codex's log on stderr, and leaves of stderr what is for people. Its size stays the same however much is printed. */
export class StderrLog {
  /** codex logs what it is asked for: a version that does not, or a RUST_LOG of the caller's, leaves it false. */
  works = false;
  /** How many tools the model called, also those that were refused. */
  toolCalls = 0;
  /** As codex names it. */
  model: string | undefined;
  /** Of this run alone, also where `turn.completed` tells those of the whole thread. */
  tokens: CodexTokens | undefined;
  /** HTTP status of the last request that failed in a way that codex repeats. */
  failedStatus: number | undefined;
  readonly denials: PermissionDenial[] = [];
  /** How stderr begins, for runs that end before they begin. */
  head = "";
  #rest: Buffer = Buffer.alloc(0);

  take(chunk: Buffer): SeenStderr {
    let bytes = Buffer.concat([this.#rest, chunk]);
    const shown: Buffer[] = [];
    let isSignOfLife = false;
    for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10)) {
      const line = bytes.subarray(0, end + 1);
      bytes = bytes.subarray(end + 1);
      const read = this.#read(line.subarray(0, end).toString("utf8"));
      if (read === undefined) shown.push(line);
      else isSignOfLife ||= read === "progress";
    }
    // A part of a line is held back only while it can become one of the log.
    const held = bytes.length <= MOST_HELD && /^(?:$|\d)/.test(bytes.subarray(0, 1).toString("latin1"));
    if (!held) shown.push(bytes);
    this.#rest = held ? bytes : Buffer.alloc(0);
    return { shown: this.#seen(Buffer.concat(shown)), isSignOfLife };
  }

  /** The rest of a line that stderr ends within. */
  end(): Buffer {
    const rest = this.#rest;
    this.#rest = Buffer.alloc(0);
    return this.#read(rest.toString("utf8")) === undefined ? this.#seen(rest) : Buffer.alloc(0);
  }

  #seen(shown: Buffer): Buffer {
    if (this.head.length < HEAD_CHARACTERS)
      this.head = (this.head + shown.toString("utf8")).slice(0, HEAD_CHARACTERS);
    return shown;
  }

  #read(line: string): "progress" | "log" | undefined {
    const [, refused] = REFUSED.exec(line) ?? [];
    const tool = REFUSALS.find(([pattern]) => refused !== undefined && pattern.test(refused))?.[1];
    if (tool !== undefined) this.deny(tool);
    const [, target, text = ""] = LOGGED.exec(line) ?? [];
    if (target === undefined) return undefined;
    if (target !== "codex_otel.trace_safe") return PROGRESS.test(text) ? "progress" : "log";
    this.#seeEvent(NAMED.exec(text)?.[1], text);
    return "log";
  }

  #seeEvent(name: string | undefined, text: string): void {
    if (name === "conversation_starts") {
      this.works = true;
      this.model ??= / model="?([^\s"]+)/.exec(text)?.[1];
    }
    if (name === "tool_call_received") this.toolCalls++;
    if (name === "api_request") {
      const status = FAILED_REQUEST.exec(text)?.[1];
      this.failedStatus = status === undefined ? undefined : Number(status);
    }
    if (name === "sse_event") this.tokens = addLogged(this.tokens, text);
  }

  /** A tool call that was not allowed. */
  deny(tool: string): void {
    // A model that is refused again and again would fill the memory.
    if (this.denials.length < 1000) this.denials.push({ tool_name: tool });
  }
}
