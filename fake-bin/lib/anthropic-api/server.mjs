import { createServer } from "node:http";
import { once } from "node:events";
import { Journal } from "./journal.mjs";
import { partialEvents, streamEvents, wholeMessage } from "./message.mjs";
import { MODES } from "./modes.mjs";

// The size at which the real API answers 413.
const MAX_BODY_BYTES = 32 * 1024 * 1024;
const CUT_AFTER_MS = 100;

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
  server.listen(options.port, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${server.address().port}`;
}

async function serve(request, response, options, journal) {
  const { pathname, searchParams } = new URL(request.url, "http://127.0.0.1");
  const route = `${request.method} ${pathname}`;
  if (route === "GET /__requests") {
    await journal.reached(Number(searchParams.get("wait") ?? 0));
    return sendJson(response, 200, journal.report());
  }

  const body = await readBody(request);
  const isMessages = route === "POST /v1/messages";
  const entry = journal.add({ method: request.method, path: pathname, bytes: body.length, isMessages });
  response.setHeader("request-id", `req_${entry.n}`);
  if (!isMessages && route !== "POST /v1/messages/count_tokens") {
    return sendError(response, { status: 404, type: "not_found_error", message: "Not Found" });
  }
  if (body.length > MAX_BODY_BYTES) {
    return sendError(response, {
      status: 413,
      type: "request_too_large",
      message: "Request exceeds the maximum size",
    });
  }
  const asked = parseRequest(body);
  if (asked.problem) {
    return sendError(response, { status: 400, type: "invalid_request_error", message: asked.problem });
  }
  if (!isMessages) return sendJson(response, 200, { input_tokens: Math.ceil(body.length / 4) });

  Object.assign(entry, { stream: asked.stream === true, messages: asked.messages.length });
  return reply(request, response, asked, MODES[entry.mode](asked, options));
}

function reply(request, response, asked, answer) {
  if (answer.fault === "reset") return request.socket.resetAndDestroy();
  if (answer.fault === "hang") return undefined;
  if (answer.status) return sendError(response, answer);
  if (!asked.stream) return sendWhole(response, wholeMessage(asked, answer), answer.fault);

  response.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache",
  });
  if (!answer.fault) return response.end([...streamEvents(asked, answer)].map(toSse).join(""));
  const { text } = answer.content[0];
  const said = answer.fault === "cut" ? text.slice(0, Math.ceil(text.length / 2)) : text;
  for (const event of partialEvents(asked, answer, said)) response.write(toSse(event));
  // A client that reads data and end at once may drop the data, so the half answer is sent alone and the connection
  // ends later. A stall never ends it.
  if (answer.fault === "cut") setTimeout(() => response.destroy(), CUT_AFTER_MS);
  return undefined;
}

function sendWhole(response, message, fault) {
  if (fault !== "stall") return sendJson(response, 200, message);
  const body = JSON.stringify(message);
  response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
  return response.write(body.slice(0, body.length / 2));
}

function toSse(event) {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

function parseRequest(body) {
  let parsed;
  try {
    parsed = JSON.parse(body.toString());
  } catch {
    return { problem: "The request body is not valid JSON" };
  }
  if (typeof parsed?.model !== "string") return { problem: "model: Field required" };
  if (!Array.isArray(parsed.messages)) return { problem: "messages: Field required" };
  return parsed;
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

function sendError(response, { status, type, message, headers }) {
  const body = { type: "error", error: { type, message }, request_id: response.getHeader("request-id") };
  return sendJson(response, status, body, headers);
}

function sendJson(response, status, body, headers = {}) {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}
