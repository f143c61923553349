import { abortable } from "./abortable.ts";
import type { BigQueryClient, RestCallback, RestRequest } from "./client.ts";
import { garbled, meaningOf } from "./http-failure.ts";

/**
 * Sends one request through the client's own transport (credentials, proxies, interceptors), without retries: hardcall decides about
 * those. It resolves only to an object, because the client's high-level methods throw on anything else where no catch can reach.
 */
export function send(client: BigQueryClient, request: RestRequest, signal: AbortSignal): Promise<object> {
  const { promise, resolve, reject } = Promise.withResolvers<object>();
  const onAnswer: RestCallback = (error, body) => {
    if (error) reject(meaningOf(error));
    else if (typeof body === "object" && body !== null && !Array.isArray(body)) resolve(body);
    else reject(garbled(`to ${request.uri.split("/")[1] ?? ""}`));
  };
  // Set for each request, because the client takes `maxRetries: 0` in its own options for "not set".
  const once = { ...request, maxRetries: 0 };
  const start = () => {
    try {
      client.request(once as never, onAnswer as never);
    } catch (error) {
      onAnswer(error);
    }
  };
  abortable(signal, start, onAnswer);
  return promise;
}
