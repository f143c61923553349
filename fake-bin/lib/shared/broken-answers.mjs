// How a fake API answers where the real one, or what stands before it, breaks off.

const DRIP_EVERY_MS = 500;
// A client that reads data and end at once may drop the data, so the half answer is sent alone and the connection ends
// later.
const BREAK_AFTER_MS = 100;

/**
 * Answers with what is no answer of the API at all: `{ fault }` or `{ status, page }`.
 *
 * @returns whether `answer` is such a one
 */
export function sendFault(request, response, { fault, status, page }) {
  if (fault === "reset") request.socket.resetAndDestroy();
  else if (fault === "hang-headers") response.writeHead(200).flushHeaders();
  else if (page !== undefined) response.writeHead(status, { "content-type": "text/html" }).end(page);
  return fault !== undefined || page !== undefined;
}

/**
 * What comes after the events of a stream.
 *
 * @param how `close`, `silence`, `cut` (the connection ends in the middle of the body), `reset` (the same by a TCP reset,
 *   which clients may tell from a cut), or `drip`: `said`, for ever
 */
export function endStream(request, response, how = "close", said = "") {
  if (how === "close") response.end();
  if (how === "cut") setTimeout(() => request.socket.destroy(), BREAK_AFTER_MS);
  if (how === "reset") setTimeout(() => request.socket.resetAndDestroy(), BREAK_AFTER_MS);
  if (how !== "drip") return;
  const drip = setInterval(() => response.write(said), DRIP_EVERY_MS);
  response.on("close", () => clearInterval(drip));
}

/** Where a stream would break off, half of a body: then silence if that is `how` the stream ends, else a reset. */
export function sendHalf(request, response, body, how) {
  const text = JSON.stringify(body);
  response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
  response.write(text.slice(0, text.length / 2));
  endStream(request, response, how === "silence" || how === "drip" ? "silence" : "reset");
}

export const SSE_HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-cache",
};
