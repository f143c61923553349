import { createServer } from "node:http";
import { once } from "node:events";
import { urlOf } from "../shared/request-url.mjs";
import { readRequest, refusedHeaders } from "./check-request.mjs";
import { endpointOf, modelsAnswer } from "./endpoints.mjs";
import { Journal } from "./journal.mjs";
import { MODES } from "./modes.mjs";
import { reply, sendError, sendJson } from "./respond.mjs";

// The size at which the real API answers 413.
const MAX_BODY_BYTES = 32 * 1024 * 1024;
const TOO_LARGE = { status: 413, type: "request_too_large", message: "Request exceeds the maximum size" };

/**
 * Listens on the loopback interface only: another machine must not read the answers to the user's prompts.
 *
 * @returns its URL
 */
export async function startServer(options) {
  const journal = new Journal(options.modes);
  const server = createServer((request, response) => {
    // A client that hangs up in the middle of a request must not end the server for the others.
    serve(request, response, options, journal).catch(() => response.destroy());
  });
  // No limits of the server's own: in the modes hang and stall the client has to give up by itself.
  server.requestTimeout = 0;
  server.headersTimeout = 0;
  // Nor does it close an idle connection: a client that is slow between two requests would find it broken.
  server.keepAliveTimeout = 0;
  server.listen(options.port, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${server.address().port}`;
}

async function serve(request, response, options, journal) {
  const { pathname, searchParams } = urlOf(request);
  const { method, headers } = request;
  if (`${method} ${pathname}` === "GET /__requests") {
    await journal.reached(Number(searchParams.get("wait") ?? 0));
    return sendJson(response, 200, journal.report());
  }

  const body = await readBody(request);
  const endpoint = endpointOf(method, pathname);
  const isMessages = endpoint.name === "/v1/messages";
  const entry = journal.add({ method, path: pathname, bytes: body.length, isMessages });
  response.setHeader("request-id", `req_${entry.n}`);
  const refusal =
    endpoint.refusal ?? refusedHeaders(headers) ?? (body.length > MAX_BODY_BYTES ? TOO_LARGE : undefined);
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

/** Reads to the end even when too large: a client that is still sending would see a reset, not our answer. */
async function readBody(request) {
  const chunks = [];
  let kept = 0;
  for await (const chunk of request) {
    if (kept <= MAX_BODY_BYTES) chunks.push(chunk);
    kept += chunk.length;
  }
  return Buffer.concat(chunks);
}
