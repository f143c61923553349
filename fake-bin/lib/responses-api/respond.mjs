import { setTimeout as delay } from "node:timers/promises";
import { sendJson } from "../shared/api-server.mjs";
import { streamEvents, wholeResponse } from "./events.mjs";

const DRIP_EVERY_MS = 500;
// A client that reads data and end at once may drop the data, so the half answer is sent alone and the connection ends
// later.
const RESET_AFTER_MS = 100;

/**
 * Answers a request as its mode says: whole, as a stream, with an error, or not to the end. The answer of a mode is
 * `{ fault }`, `{ status, error }`, `{ status, page }`, or `{ output, ending }` with, optionally, `unfinished`,
 * `before` and `after` (raw text around the events), `afterwards` (what comes of the connection), `pauseMs` and `isWhole`.
 */
export async function reply(request, response, asked, answer) {
  if (answer.fault === "reset") return request.socket.resetAndDestroy();
  if (answer.fault === "hang") return undefined;
  if (answer.error && answer.status) return sendError(response, answer);
  if (answer.page !== undefined) return sendPage(response, answer);
  await delay(answer.pauseMs ?? 0);
  if (answer.isWhole || !asked.stream) return sendWhole(request, response, asked, answer);

  response.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache",
  });
  if (answer.fault === "hang-headers") return response.flushHeaders();
  const events = [...streamEvents(asked, answer)].map(toSse);
  response.write([answer.before ?? "", ...events, answer.after ?? ""].join(""));
  return endAs(answer.afterwards ?? "close", request, response);
}

function endAs(afterwards, request, response) {
  if (afterwards === "close") return response.end();
  if (afterwards === "silence") return undefined;
  if (afterwards === "reset") return setTimeout(() => request.socket.resetAndDestroy(), RESET_AFTER_MS);
  const delta = { type: "response.output_text.delta", item_id: "msg_1", output_index: 0, content_index: 0 };
  const said = afterwards === "comments" ? ": keep-alive\n\n" : toSse({ ...delta, delta: "." });
  const drip = setInterval(() => response.write(said), DRIP_EVERY_MS);
  return response.on("close", () => clearInterval(drip));
}

/** Without streaming, an answer that breaks off in a stream is half of a body. */
function sendWhole(request, response, asked, answer) {
  if (answer.fault === "hang-headers") return void response.writeHead(200).flushHeaders();
  if (answer.ending === "error") return sendError(response, { status: 500, ...answer });
  const isBroken = answer.ending === "none";
  const body = JSON.stringify(wholeResponse(asked, isBroken ? { ...answer, ending: "completed" } : answer));
  response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
  if (!isBroken) return response.end(body);
  response.write(body.slice(0, body.length / 2));
  if (answer.afterwards && answer.afterwards !== "reset") return undefined;
  return setTimeout(() => request.socket.resetAndDestroy(), RESET_AFTER_MS);
}

function toSse(event) {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

export function sendError(response, { status, error, headers }) {
  return sendJson(response, status, { error }, headers);
}

function sendPage(response, { status, page }) {
  response.writeHead(status, { "content-type": "text/html" });
  response.end(page);
}
