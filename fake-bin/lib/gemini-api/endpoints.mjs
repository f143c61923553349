// Which requests the fake answers, and what it says to the others.
import { problem } from "./check-request.mjs";

const VERBS = ["generateContent", "streamGenerateContent", "countTokens"];
const ANSWERED = `GET /v1beta/models, GET /v1beta/models/{id} and POST /v1beta/models/{id}:{${VERBS.join(",")}}`;
const PATH = /^\/v1(?:beta)?\/models(?:\/([^/:]+)(?::(\w+))?)?$/;

/** `{ model, verb }` of an endpoint, both undefined for the list of models, or the `{ refusal }` of a request that has none. */
export function endpointOf(method, pathname) {
  const [path, model, verb] = PATH.exec(pathname) ?? [];
  const isKnown = path !== undefined && (verb === undefined || VERBS.includes(verb));
  if (isKnown && method === (verb === undefined ? "GET" : "POST")) return { model, verb };
  const message = `this is hardcall's fake of the Gemini API, and it has no ${method} ${pathname}. It answers ${ANSWERED}. See fake-bin/README.md`;
  return { refusal: problem(404, "NOT_FOUND", message) };
}

const describe = (id) => ({
  name: `models/${id}`,
  version: "001",
  displayName: id,
  inputTokenLimit: 1_048_576,
  outputTokenLimit: 65_536,
  supportedGenerationMethods: ["generateContent", "countTokens"],
});

/** Every model exists: which ones do on the real servers changes, and differs between accounts. */
export const modelsAnswer = (id) =>
  id === undefined ? { models: ["gemini-2.5-pro", "gemini-2.5-flash"].map(describe) } : describe(id);
