// What the real API refuses, in its words as users reported them, so that a request that fails there fails here too.
// What depends on the model or on the account is not checked: the fake answers it.
import { firstOf, isObject } from "../shared/checks.mjs";
import { countOf, functionsOf, isCall, isResponse } from "./conversation.mjs";

const NAME = /^[A-Za-z_][A-Za-z0-9_.:-]{0,63}$/;
// Fields of other APIs, and those of generationConfig in the wrong place.
const STRANGERS = ["messages", "prompt", "input", "max_tokens", "maxOutputTokens", "temperature", "stream"];
const AFTER_USER =
  "Please ensure that function call turn comes immediately after a user turn or after a function response turn.";
const AFTER_CALL = "Please ensure that function response turn comes immediately after a function call turn.";
const SAME_NUMBER =
  "Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.";

export function problem(code, status, message) {
  return { error: { code, message, status } };
}

const invalid = (message) => problem(400, "INVALID_ARGUMENT", message);

export const tooLarge = invalid("Request payload size exceeds the limit: 20971520 bytes.");

/** Why the real API would not read the body of such a request. */
export function refusedHeaders({ "x-goog-api-key": key, authorization }, searchParams) {
  if (key || searchParams.get("key") || authorization) return undefined;
  const message =
    "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.";
  return problem(403, "PERMISSION_DENIED", message);
}

/** The request in a body as `{ asked }`, or `{ refusal }`. */
export function readRequest(body) {
  let asked;
  try {
    asked = JSON.parse(body.toString());
  } catch {
    asked = undefined;
  }
  if (!isObject(asked)) return { refusal: invalid("Invalid JSON payload received. Unexpected token.") };
  const message = problemOf(asked);
  return message === undefined ? { asked } : { refusal: invalid(message) };
}

function problemOf(asked) {
  const stranger = STRANGERS.find((name) => Object.hasOwn(asked, name));
  if (stranger !== undefined) {
    return `Invalid JSON payload received. Unknown name "${stranger}": Cannot find field.`;
  }
  const { contents } = asked;
  if (contents === undefined || contents?.length === 0) {
    return "* GenerateContentRequest.contents: contents is not specified\n";
  }
  if (!Array.isArray(contents)) return 'Invalid value at "contents"';
  return (
    firstOf(contents, contentProblem) ??
    firstOf(contents, (turn, n) => orderProblem(turn, contents[n - 1], n === contents.length - 1)) ??
    functionsProblem(functionsOf(asked))
  );
}

function contentProblem({ role = "user", parts }, n) {
  if (!["user", "model", "function"].includes(role)) return "Please use a valid role: user, model.";
  if (!Array.isArray(parts) || parts.length === 0) {
    return `* GenerateContentRequest.contents[${n}].parts: contents.parts must not be empty.\n`;
  }
  return firstOf(parts, (part, at) =>
    isObject(part) && Object.keys(part).length > 0
      ? undefined
      : `* GenerateContentRequest.contents[${n}].parts[${at}].data: required oneof field 'data' must have one initialized field\n`,
  );
}

/** Calls come after the user, and the next turn has as many results. */
function orderProblem(turn, before, isLast) {
  const calls = countOf(turn, isCall);
  const results = countOf(turn, isResponse);
  const asked = before === undefined ? 0 : countOf(before, isCall);
  if (calls > 0 && (before === undefined || before.role === "model")) return AFTER_USER;
  if (results > 0 && asked === 0) return AFTER_CALL;
  if (asked !== results && (asked > 0 || results > 0)) return SAME_NUMBER;
  return isLast && calls > 0 ? SAME_NUMBER : undefined;
}

function functionsProblem(functions) {
  const names = functions.map(({ name }) => name);
  const wrong = names.findIndex((name) => !NAME.test(name ?? ""));
  if (wrong !== -1) {
    return `* GenerateContentRequest.tools[0].function_declarations[${wrong}].name: Invalid function name. Must start with a letter or an underscore. Must be alphanumeric (a-z, A-Z, 0-9), underscores (_), dots (.), colons (:), or dashes (-), with a maximum length of 64.\n`;
  }
  const twice = names.find((name, n) => names.indexOf(name) !== n);
  return twice && `Duplicate function declaration found: ${twice}`;
}
