import { sendJson, startApiServer } from "../shared/api-server.mjs";
import { readRequest, refusedHeaders } from "./check-request.mjs";
import { endpointOf, modelsAnswer } from "./endpoints.mjs";
import { MODES } from "./modes.mjs";
import { reply, sendError } from "./respond.mjs";

// The size at which the real API answers 413.
const MAX_BODY_BYTES = 32 * 1024 * 1024;
const TOO_LARGE = { status: 413, type: "request_too_large", message: "Request exceeds the maximum size" };

/** @returns its URL */
export const startServer = (options) =>
  startApiServer(options, {
    counted: "messages",
    maxBodyBytes: MAX_BODY_BYTES,
    serve: (exchange) => serve(exchange, options),
  });

function serve({ request, response, pathname, body, record }, options) {
  const { method, headers } = request;
  const endpoint = endpointOf(method, pathname);
  const isMessages = endpoint.name === "/v1/messages";
  const entry = record(isMessages);
  response.setHeader("request-id", `req_${entry.n}`);
  const refusal = endpoint.refusal ?? refusedHeaders(headers) ?? (body === undefined ? TOO_LARGE : undefined);
  if (refusal) return refuse(response, entry, refusal);
  if (endpoint.name === "/v1/models") return sendJson(response, 200, modelsAnswer(pathname));

  const read = readRequest(body, { isCount: !isMessages });
  if (read.refusal) return refuse(response, entry, read.refusal);
  if (!isMessages) return sendJson(response, 200, { input_tokens: Math.ceil(body.length / 4) });
  const { asked } = read;
  Object.assign(entry, { stream: asked.stream === true, messages: asked.messages.length });
  return reply(request, response, asked, MODES[entry.mode](asked, options));
}

/** No mode answered, so the list of requests says so. */
function refuse(response, entry, refusal) {
  entry.refused = refusal.status;
  return sendError(response, refusal);
}
