/** Sends an answer: `{ status, body }` with a body for JSON, or none. */
export function send(response, { status, body }) {
  if (body === undefined) {
    response.writeHead(status);
    return response.end();
  }
  response.writeHead(status, { "content-type": "application/json; charset=UTF-8" });
  return response.end(JSON.stringify(body));
}
