/**
 * Tries publish-once.mts on a service that publishes each post at once, but never answers in time:
 *
 *     node publish-once-try.mts
 *
 * A plain retry publishes the post three times. publish-once asks the service before it retries, and finds the post.
 */
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { json } from "node:stream/consumers";
import { publishOnce, type Post } from "./publish-once.mts";

const TIMEOUT_MS = 500;

const posts: Post[] = [];
const server = createServer((request, response) => {
  if (request.method === "POST") {
    // The post is published, but the client never gets an answer.
    json(request).then((post) => posts.push(post as Post), console.error);
    return;
  }
  const asked = decodeURIComponent(request.url ?? "");
  const found = posts.some(({ property, slot }) => asked === `/posts/${property}/${slot}`);
  response.writeHead(found ? 200 : 404).end();
}).listen(0, "127.0.0.1");
await once(server, "listening");
const service = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const folder = await mkdtemp(path.join(tmpdir(), "publish-once-"));

const postsOf = (slot: string) => posts.filter((post) => post.slot === slot).length;

try {
  const first = { property: "alpine-lodge", slot: "2026-11-20T18:00", text: "Fresh snow" };
  for (let attempt = 1; attempt <= 3; attempt++) {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    // ast-grep-ignore: js-retry-without-key, reason: the mistake that this example is about
    const request = fetch(`${service}/posts`, { method: "POST", body: JSON.stringify(first), signal });
    await request.catch(() => "timed out");
  }
  console.log(`a plain retry: 3 requests, ${postsOf(first.slot)} posts on the service`);

  const second = { ...first, slot: "2026-11-21T18:00" };
  const publish = publishOnce(service, {
    ledger: path.join(folder, "ledger.db"),
    attemptTimeout: `${TIMEOUT_MS}ms`,
  });
  for (const run of ["first run", "second run"]) {
    const { outcome, attempts } = await publish(second);
    const requests = attempts.length === 1 ? "1 request" : `${attempts.length} requests`;
    console.log(`publish-once, ${run}: ${outcome}, ${requests}, ${postsOf(second.slot)} post on the service`);
  }
} finally {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
}
