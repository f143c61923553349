// Which requests the fake answers, and what it says to the others.
import { invalid } from "./check-request.mjs";

const ENDPOINTS = { "/v1/responses": "POST", "/v1/models": "GET" };
const ANSWERED = "POST /v1/responses, GET /v1/models and GET /v1/models/{id}";

/** `{ name }` of an endpoint, or the `{ refusal }` of a request that has none. */
export function endpointOf({ method, headers }, pathname) {
  const name = /^\/v1\/models\/[^/]+$/.test(pathname) ? "/v1/models" : pathname;
  const allowed = Object.hasOwn(ENDPOINTS, name) ? ENDPOINTS[name] : undefined;
  if (allowed === method) return { name };
  // codex asks its built-in provider for a WebSocket first, and after this answer goes on over HTTP.
  if (name === "/v1/responses" && headers.upgrade?.toLowerCase() === "websocket") {
    const message = "hardcall's fake of the Responses API has no WebSocket. Use HTTP";
    return { refusal: { ...invalid(message), status: 426 } };
  }
  if (allowed !== undefined) {
    const message = `Not allowed to ${method} on ${pathname}`;
    return {
      refusal: { ...invalid(message, "method_not_supported"), status: 405, headers: { allow: allowed } },
    };
  }
  const message = `this is hardcall's fake of OpenAI's Responses API, and it has no ${method} ${pathname}. It answers ${ANSWERED}. See fake-bin/README.md`;
  return { refusal: { ...invalid(message, "unknown_url"), status: 404 } };
}

const model = (id) => ({ id, object: "model", created: 1_767_225_600, owned_by: "openai" });

/** Every model exists: which ones do on the real servers changes, and differs between accounts. */
export function modelsAnswer(pathname) {
  const id = /^\/v1\/models\/(.+)$/.exec(pathname)?.[1];
  return id === undefined ? { object: "list", data: ["gpt-5.5", "gpt-5.5-mini"].map(model) } : model(id);
}
