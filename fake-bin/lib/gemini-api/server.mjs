import { sendJson, startApiServer } from "../shared/api-server.mjs";
import { readRequest, refusedHeaders, tooLarge } from "./check-request.mjs";
import { endpointOf, modelsAnswer } from "./endpoints.mjs";
import { MODES } from "./modes.mjs";
import { reply, sendError } from "./respond.mjs";

// The size of requests with inline data that the real API takes at most.
const MAX_BODY_BYTES = 20 * 1024 * 1024;

/** @returns its URL */
export const startServer = (options) =>
  startApiServer(options, {
    counted: "generations",
    maxBodyBytes: MAX_BODY_BYTES,
    serve: (exchange) => serve(exchange, options),
  });

function serve({ request, response, pathname, searchParams, body, record }, options) {
  const endpoint = endpointOf(request.method, pathname);
  const { model, verb } = endpoint;
  const isForModel = verb === "generateContent" || verb === "streamGenerateContent";
  const entry = record(isForModel);
  const refusal =
    endpoint.refusal ??
    refusedHeaders(request.headers, searchParams) ??
    (body === undefined ? tooLarge : undefined);
  if (refusal) return refuse(response, entry, refusal);
  if (verb === undefined) return sendJson(response, 200, modelsAnswer(model));
  if (verb === "countTokens") return sendJson(response, 200, { totalTokens: Math.ceil(body.length / 4) });

  const read = readRequest(body);
  if (read.refusal) return refuse(response, entry, read.refusal);
  const { asked } = read;
  const isStream = verb === "streamGenerateContent" && (searchParams.get("alt") === "sse" ? "sse" : "array");
  Object.assign(entry, { stream: isStream !== false, contents: asked.contents.length });
  const answer = MODES[entry.mode]({ model, asked }, options);
  const modelVersion = options.modelVersion ?? model;
  return reply(request, response, { isStream, modelVersion }, answer);
}

/** No mode answered, so the list of requests says so. */
function refuse(response, entry, refusal) {
  entry.refused = refusal.error.code;
  return sendError(response, refusal);
}
