import { type IncomingMessage, request } from "node:http";
import { json } from "node:stream/consumers";
import type { Effects, ProbeAnswer } from "../../../src/core/vocabulary.ts";

/** What the server answers to a post that it has published. */
export interface Post {
  readonly id: string;
}

/** @throws an error with the `status` of an answer that is none of 2xx */
export async function post(url: string, key: string, effects: Effects, body: string, signal?: AbortSignal) {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const headers = {
    "idempotency-key": key,
    "x-pid": String(process.pid),
    "x-honour-key": effects === "keyed" ? "yes" : "no",
  };
  const sent = request(url, { method: "POST", headers, signal, agent: false }, resolve);
  sent.once("error", reject);
  sent.end(body);
  const response = await promise;
  const { statusCode: status = 0 } = response;
  const answer = await json(response);
  if (status < 200 || status > 299) throw Object.assign(new Error("the service said no"), { status });
  return answer as Post;
}

export async function look(url: string, key: string, signal?: AbortSignal): Promise<ProbeAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<ProbeAnswer>();
  request(`${url}/posts/${encodeURIComponent(key)}`, { agent: false, signal }, (response) => {
    response.resume();
    resolve(response.statusCode === 200 ? "present" : "absent");
  })
    .once("error", reject)
    .end();
  return await promise;
}
