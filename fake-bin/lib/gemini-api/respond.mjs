import { setTimeout as delay } from "node:timers/promises";
import { sendJson } from "../shared/api-server.mjs";
import { endStream, sendFault, sendHalf, SSE_HEADERS } from "../shared/broken-answers.mjs";
import { chunkBody, wholeBody } from "./chunks.mjs";

/**
 * Answers a request as its mode says: whole, as a stream, with an error, or not to the end. The answer of a mode is
 * `{ fault }`, `{ error }`, `{ status, page }`, or `{ chunks }` with, optionally, `isUnfinished`, `before` (raw text
 * before the events), `afterwards` (what comes of the connection), `drip` (what it then says for ever), `pauseMs` and
 * `isWhole`.
 *
 * @param isStream `sse`, `array` for a stream that is one JSON array, or undefined
 */
export async function reply(request, response, { isStream, modelVersion }, answer) {
  if (sendFault(request, response, answer)) return;
  if (answer.error) return sendError(response, answer);
  await delay(answer.pauseMs ?? 0);
  if (answer.isWhole || !isStream) {
    const body = wholeBody(answer.chunks, modelVersion);
    return answer.isUnfinished
      ? sendHalf(request, response, body, answer.afterwards)
      : sendJson(response, 200, body);
  }
  const bodies = answer.chunks.map((one) => JSON.stringify(chunkBody(one, modelVersion)));
  if (isStream === "array") {
    response.writeHead(200, { "content-type": "application/json" });
    response.write(`[${bodies.join("\n,\r\n")}${answer.isUnfinished ? "" : "\n]"}`);
    return endStream(request, response, answer.afterwards, " ");
  }
  response.writeHead(200, SSE_HEADERS);
  response.write((answer.before ?? "") + bodies.map((body) => `data: ${body}\r\n\r\n`).join(""));
  return endStream(request, response, answer.afterwards, answer.drip);
}

export function sendError(response, { error, headers }) {
  return sendJson(response, error.code, { error }, headers);
}
