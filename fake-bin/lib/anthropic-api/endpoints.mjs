// Which requests the fake answers, and what it says to the others.
import { invalid } from "./check-request.mjs";

const ENDPOINTS = {
  "/v1/messages": "POST",
  "/v1/messages/count_tokens": "POST",
  "/v1/models": "GET",
};
const ANSWERED = "POST /v1/messages, POST /v1/messages/count_tokens, GET /v1/models and GET /v1/models/{id}";

// With and without /v1: which of them a client asks for depends on the base URL that it was given.
const OPENAI = /^(?:\/v1)?\/(?:chat\/completions|completions|responses|embeddings)\b/;

/** `{ name }` of an endpoint, or the `{ refusal }` of a request that has none. */
export function endpointOf(method, pathname) {
  const name = /^\/v1\/models\/[^/]+$/.test(pathname) ? "/v1/models" : pathname;
  const allowed = Object.hasOwn(ENDPOINTS, name) ? ENDPOINTS[name] : undefined;
  if (allowed === method) return { name };
  if (allowed !== undefined) {
    return { refusal: { ...invalid("Method Not Allowed"), status: 405, headers: { allow: allowed } } };
  }
  if (OPENAI.test(pathname)) return { refusal: { status: 404, body: forOpenAi(pathname) } };
  const message = `this is hardcall's fake of the Messages API, and it has no ${method} ${pathname}. It answers ${ANSWERED}. See fake-bin/README.md`;
  return { refusal: { status: 404, type: "not_found_error", message } };
}

/** In OpenAI's own shape, the only one from which OpenAI's clients print the message. */
function forOpenAi(pathname) {
  const message = `this is hardcall's fake of Anthropic's Messages API, and it has no ${pathname}, which is a path of OpenAI's API. Ask POST /v1/messages with a client of Anthropic, or start a fake of OpenAI's API: responses-api, beside this one, has POST /v1/responses (for the other paths the npm package @copilotkit/aimock has one). See fake-bin/README.md`;
  return { error: { message, type: "invalid_request_error", param: null, code: "unknown_url" } };
}

const model = (id) => ({ type: "model", id, display_name: id, created_at: "2026-01-01T00:00:00Z" });

/** Every model exists: which ones do on the real servers changes, and differs between accounts. */
export function modelsAnswer(pathname) {
  const id = /^\/v1\/models\/(.+)$/.exec(pathname)?.[1];
  if (id !== undefined) return model(id);
  const data = ["claude-opus-5-5", "claude-sonnet-5-5", "claude-haiku-5-5"].map(model);
  return { data, has_more: false, first_id: data[0].id, last_id: data.at(-1).id };
}
