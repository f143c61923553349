import { createServer } from "node:http";
import { once } from "node:events";
import { Journal } from "./journal.mjs";
import { urlOf } from "./request-url.mjs";

/**
 * The server of a fake API, with its list of requests. It listens on the loopback interface only: another machine must
 * not read the answers to the user's prompts.
 *
 * @param options `port`, and `modes` in the order in which they answer
 * @param counted what the list of requests calls the number of requests to the model
 * @param maxBodyBytes the size above which the API refuses a request
 * @param serve answers one request; `body` is undefined when it is too large
 * @returns its URL
 */
export async function startApiServer({ port, modes }, { counted, maxBodyBytes, serve }) {
  const journal = new Journal(modes, counted);
  const server = createServer((request, response) => {
    // A client that hangs up in the middle of a request must not end the server for the others.
    answer(request, response).catch(() => response.destroy());
  });

  async function answer(request, response) {
    const { pathname, searchParams } = urlOf(request);
    if (`${request.method} ${pathname}` === "GET /__requests") {
      await journal.reached(Number(searchParams.get("wait") ?? 0));
      return sendJson(response, 200, journal.report());
    }
    const { body, bytes } = await readBody(request, maxBodyBytes);
    const record = (isForModel) => journal.add({ method: request.method, path: pathname, bytes, isForModel });
    return serve({ request, response, pathname, searchParams, body, record });
  }

  // No limits of the server's own: in the modes that hang the client has to give up by itself.
  server.requestTimeout = 0;
  server.headersTimeout = 0;
  // Nor does it close an idle connection: a client that is slow between two requests would find it broken.
  server.keepAliveTimeout = 0;
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${server.address().port}`;
}

/** Reads to the end even when too large: a client that is still sending would see a reset, not our answer. */
async function readBody(request, maxBytes) {
  const chunks = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes <= maxBytes) chunks.push(chunk);
  }
  return { bytes, body: bytes > maxBytes ? undefined : Buffer.concat(chunks) };
}

export function sendJson(response, status, body, headers = {}) {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}
