import { sendJson } from "../shared/api-server.mjs";
import { partialEvents, streamEvents, wholeMessage } from "./message.mjs";

const CUT_AFTER_MS = 100;

/** Answers a request for a message as its mode says: whole, as a stream, with an error, or not to the end. */
export function reply(request, response, asked, answer) {
  if (answer.fault === "reset") return request.socket.resetAndDestroy();
  if (answer.fault === "hang") return undefined;
  if (answer.status) return sendError(response, answer);
  if (!asked.stream) return sendWhole(response, wholeMessage(asked, answer), answer.fault);

  response.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache",
  });
  if (!answer.fault) return response.end([...streamEvents(asked, answer)].map(toSse).join(""));
  const share = answer.fault === "cut" ? 0.5 : 1;
  for (const event of partialEvents(asked, answer, share)) response.write(toSse(event));
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

/** An error of the API, or of another shape where `body` is given. */
export function sendError(response, { status, type, message, headers, body }) {
  const error = { type: "error", error: { type, message }, request_id: response.getHeader("request-id") };
  return sendJson(response, status, body ?? error, headers);
}
