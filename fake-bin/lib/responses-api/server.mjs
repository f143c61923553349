import { sendJson, startApiServer } from "../shared/api-server.mjs";
import { readRequest, refusedHeaders, tooLarge } from "./check-request.mjs";
import { endpointOf, modelsAnswer } from "./endpoints.mjs";
import { itemsOf } from "./items.mjs";
import { MODES } from "./modes.mjs";
import { reply, sendError } from "./respond.mjs";

// More than any request that the real API takes.
const MAX_BODY_BYTES = 64 * 1024 * 1024;

/** @returns its URL */
export const startServer = (options) =>
  startApiServer(options, {
    counted: "responses",
    maxBodyBytes: MAX_BODY_BYTES,
    serve: (exchange) => serve(exchange, options),
  });

function serve({ request, response, pathname, body, record }, options) {
  const endpoint = endpointOf(request, pathname);
  const isForModel = endpoint.name === "/v1/responses";
  const entry = record(isForModel);
  response.setHeader("x-request-id", `req_${entry.n}`);
  const refusal =
    endpoint.refusal ?? refusedHeaders(request.headers) ?? (body === undefined ? tooLarge : undefined);
  if (refusal) return refuse(response, entry, refusal);
  if (!isForModel) return sendJson(response, 200, modelsAnswer(pathname));

  const read = readRequest(body);
  if (read.refusal) return refuse(response, entry, read.refusal);
  const { asked } = read;
  Object.assign(entry, { stream: asked.stream === true, items: itemsOf(asked).length });
  return reply(request, response, asked, MODES[entry.mode](asked, options));
}

/** No mode answered, so the list of requests says so. */
function refuse(response, entry, refusal) {
  entry.refused = refusal.status;
  return sendError(response, refusal);
}
