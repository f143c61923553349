// What the real API refuses, in its words as users reported them, so that a request that fails there fails here too.
// What depends on the model, on the account or on a beta is not checked: the fake answers it.
import { choiceProblem, toolOrderProblem, toolsProblem } from "./check-tools.mjs";
import { optionsProblem } from "./check-options.mjs";
import { firstOf, isObject } from "../shared/checks.mjs";
import { blocksOf } from "./conversation.mjs";

const ROLES = ["user", "assistant", "system"];

/** Why the real API would not read the body of such a request: `{ status, type, message }`. */
export function refusedHeaders(headers) {
  const { "x-api-key": key = "", authorization = "" } = headers;
  if (key.trim() === "" && !/^bearer +\S/i.test(authorization)) {
    return { status: 401, type: "authentication_error", message: "x-api-key header is required" };
  }
  return headers["anthropic-version"] ? undefined : invalid("anthropic-version: header is required");
}

export function invalid(message) {
  return { status: 400, type: "invalid_request_error", message };
}

/** The request in a body as `{ asked }`, or `{ refusal }`. */
export function readRequest(body, { isCount }) {
  let asked;
  try {
    asked = JSON.parse(body.toString());
  } catch {
    return { refusal: invalid("The request body is not valid JSON") };
  }
  if (!isObject(asked)) return { refusal: invalid("Input should be an object") };
  // A field that is null counts as one that was left out.
  asked = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== null));
  const problem = problemOf(asked, isCount);
  return problem === undefined ? { asked } : { refusal: invalid(problem) };
}

function problemOf(asked, isCount) {
  return (
    field(asked, "model", (model) => typeof model === "string", "a valid string") ??
    (isCount ? undefined : field(asked, "max_tokens", Number.isInteger, "a valid integer")) ??
    (asked.max_tokens < 0 ? "max_tokens: Input should be greater than or equal to 0" : undefined) ??
    optionsProblem(asked) ??
    field(asked, "messages", Array.isArray, "a valid list") ??
    (asked.messages.length === 0 ? "messages: at least one message is required" : undefined) ??
    firstOf(asked.messages, (message, n) => messageProblem(message, n, asked.messages)) ??
    toolOrderProblem(asked.messages) ??
    toolsProblem(asked.tools ?? []) ??
    choiceProblem(asked)
  );
}

function messageProblem(message, n, messages) {
  if (!isObject(message)) return `messages.${n}: Input should be an object`;
  const { role, content } = message;
  if (role === undefined) return `messages.${n}.role: Field required`;
  // Models since Opus 4.8 take a system message, but not as the first.
  if (role === "system" && n === 0) {
    return 'messages: Unexpected role "system". The Messages API accepts a top-level `system` parameter, not "system" as an input message role.';
  }
  if (!ROLES.includes(role)) {
    return `messages: Unexpected role "${role}". Allowed roles are "user" or "assistant".`;
  }
  if (n === 0 && role !== "user") return 'messages: first message must use the "user" role';
  if (content === undefined) return `messages.${n}.content: Field required`;
  if (typeof content !== "string" && !Array.isArray(content)) {
    return `messages.${n}.content: Input should be a valid list`;
  }
  return contentProblem(message, n, role === "assistant" && n === messages.length - 1);
}

function contentProblem(message, n, mayBeEmpty) {
  if (message.content.length === 0) {
    const rule = "all messages must have non-empty content except for the optional final assistant message";
    return mayBeEmpty ? undefined : `messages.${n}: ${rule}`;
  }
  return firstOf(blocksOf(message), (block, at) => {
    if (typeof block?.type !== "string") return `messages.${n}.content.${at}.type: Field required`;
    return block.type === "text" && !block.text
      ? "messages: text content blocks must be non-empty"
      : undefined;
  });
}

function field(asked, name, isGood, should) {
  if (asked[name] === undefined) return `${name}: Field required`;
  return isGood(asked[name]) ? undefined : `${name}: Input should be ${should}`;
}
