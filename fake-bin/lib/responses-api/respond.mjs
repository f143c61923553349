import { setTimeout as delay } from "node:timers/promises";
import { sendJson } from "../shared/api-server.mjs";
import { endStream, sendFault, sendHalf, SSE_HEADERS } from "../shared/broken-answers.mjs";
import { streamEvents, wholeResponse } from "./events.mjs";

/**
 * Answers a request as its mode says: whole, as a stream, with an error, or not to the end. The answer of a mode is
 * `{ fault }`, `{ status, error }`, `{ status, page }`, or `{ output, ending }` with, optionally, `unfinished`,
 * `before` and `after` (raw text around the events), `afterwards` (what comes of the connection), `drip` (what it then
 * says for ever), `pauseMs` and `isWhole`.
 */
export async function reply(request, response, asked, answer) {
  if (sendFault(request, response, answer)) return;
  if (answer.error && answer.status) return sendError(response, answer);
  await delay(answer.pauseMs ?? 0);
  if (answer.isWhole || !asked.stream) return sendWhole(request, response, asked, answer);

  response.writeHead(200, SSE_HEADERS);
  const events = [...streamEvents(asked, answer)].map(toSse);
  response.write([answer.before ?? "", ...events, answer.after ?? ""].join(""));
  return endStream(request, response, answer.afterwards, answer.drip);
}

function sendWhole(request, response, asked, answer) {
  if (answer.ending === "error") return sendError(response, { status: 500, ...answer });
  if (answer.ending !== "none") return sendJson(response, 200, wholeResponse(asked, answer));
  const body = wholeResponse(asked, { ...answer, ending: "completed" });
  return sendHalf(request, response, body, answer.afterwards);
}

export function toSse(event) {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

export function sendError(response, { status, error, headers }) {
  return sendJson(response, status, { error }, headers);
}
