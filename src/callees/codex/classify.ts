import { codeOfStatus } from "../../core/http-status.ts";
import { isObject } from "../../core/options.ts";
import type { ErrorCode } from "../../core/vocabulary.ts";

/**
 * How the errors of a turn begin, for they have no code. Read only in `turn.failed`, never in an answer, so that an answer about rate
 * limits stays an answer. The comments name the observed run (0.169.0).
 */
const BY_MESSAGE: readonly (readonly [RegExp, ErrorCode])[] = [
  // usage-limit, chatgpt-usage-limit
  [/^You[’']ve hit your usage limit/, "rate_limited"],
  // failed-rate-limit, 503-slow-down
  [/^rate limit exceeded: /, "rate_limited"],
  // 503, default-retries-503
  [/^Selected model is at capacity/, "overloaded"],
  // 500, tool-then-500, resume-500
  [/^We[’']re currently experiencing high demand/, "unavailable"],
  // quota, failed-quota
  [/^Quota exceeded\./, "billing"],
  // usage-not-included, chatgpt-usage-not-included
  [/^To use Codex with your ChatGPT plan, upgrade/, "billing"],
  // no-key, empty-key
  [/^Missing environment variable: /, "auth"],
  // A login that has run out: not observed, from codex's source.
  [/^Your access token could not be refreshed/, "auth"],
  // 400, failed-context
  [/^Codex ran out of room in the model's context window/, "invalid_request"],
  // 404: the server's words
  [/^The model `[^`]*` does not exist/, "invalid_request"],
  // failed-invalid-prompt, failed-policy: the server's words
  [/^Invalid prompt: /, "refused"],
  [/^This (?:request|content|prompt) (?:was|has been) flagged/, "refused"],
  // incomplete-filter
  [
    /^(?:stream disconnected before completion: )?Incomplete response returned, reason: content_filter/,
    "refused",
  ],
  // incomplete-max, incomplete-max-partial
  [
    /^(?:stream disconnected before completion: )?Incomplete response returned, reason: max_output_tokens/,
    "truncated_output",
  ],
  // no-completed, midreset, midhang, reset, failed-server, not-sse and others
  [/^stream disconnected before completion: /, "unavailable"],
  // connection-refused, once codex no longer waits for a network
  [/^(?:Connection failed|error sending request)\b/, "unavailable"],
];

/** 401, 403, 413, 502-html, 429, 429-retry-after: codex names the HTTP status. */
const STATUS = /^(?:unexpected status|exceeded retry limit, last status:) (\d{3})\b/;

/** The HTTP status that an error of a turn names. */
export function statusOfError(message: string): number | undefined {
  const status = STATUS.exec(message)?.[1];
  return status === undefined ? undefined : Number(status);
}

/** The body of an HTTP 400, which codex prints as it is, without the status. Other statuses it names. */
function isBodyOf400(message: string): boolean {
  try {
    return isObject(JSON.parse(message));
  } catch {
    return false;
  }
}

/** What an error of a turn is. Words of a server that hardcall does not know are `job_failed`. */
export function codexErrorCode(message: string): ErrorCode {
  const status = statusOfError(message);
  return (
    (status === undefined ? undefined : codeOfStatus(status)) ??
    BY_MESSAGE.find(([pattern]) => pattern.test(message))?.[1] ??
    (isBodyOf400(message) ? "invalid_request" : "job_failed")
  );
}

/**
 * How codex's errors begin before a turn begins: a line of plain text on stderr. A required MCP server that does not start may start
 * later, and another process that writes to the thread ends some day; everything else stays wrong until someone mends it.
 */
const BEFORE_THE_TURN: readonly (readonly [RegExp, ErrorCode])[] = [
  // mcp-server-required-missing
  [/^Error: .*required MCP servers failed to initialize/m, "unavailable"],
  // two processes that resume one thread (the genuine 0.169.0)
  [/^Error: .*\balready has an active writer\b/m, "unavailable"],
  // unknown-option, two-prompts, full-auto-flag, max-turns-flag
  [/^error: /m, "invalid_request"],
  // resume of an unknown id, fork-unknown-id; prompt-too-large-stdin
  [/^Error: (?:thread\/(?:resume|fork)|turn\/start: turn\/start failed: Input exceeds)/m, "invalid_request"],
  // cwd-missing, output-file-is-folder, tool-approval-untrusted, prompt-is-a-subcommand-name, no-arguments
  [
    /^Error: (?:No such file or directory|Failed to open last message file|approval_policy|Specify --|stdin is not a terminal)/m,
    "invalid_request",
  ],
  // config-not-toml, bad-config-type, wire-api-chat, bad-config-override, codex-home-missing
  [/^Error (?:loading config\.toml|parsing -c overrides|finding codex home)\b/m, "invalid_request"],
  // schema-file-missing, schema-file-not-json
  [/^(?:Failed to read output schema file|Output schema file) /m, "invalid_request"],
  // no-prompt, stdin-not-utf8
  [/^(?:No prompt provided via stdin|Failed to read prompt from stdin)/m, "invalid_request"],
  [/^Not inside a trusted directory/m, "invalid_request"],
];

/** What an error before the first turn is, if its text is one that codex prints then. */
export const codexStartCode = (stderr: string): ErrorCode | undefined =>
  BEFORE_THE_TURN.find(([pattern]) => pattern.test(stderr))?.[1];
