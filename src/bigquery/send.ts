import { abortable } from "./abortable.ts";
import type { BigQueryClient, RestCallback, RestRequest } from "./client.ts";
import { garbled, meaningOf } from "./http-failure.ts";

/**
 * One request through the client's own transport (its credentials, proxies and interceptors), once: repeats are the runtime's to
 * decide. Never hands on anything but an object, as the client's high-level methods throw on less, out of reach of any catch.
 */
export function send(client: BigQueryClient, request: RestRequest, signal: AbortSignal): Promise<object> {
  const { promise, resolve, reject } = Promise.withResolvers<object>();
  const onAnswer: RestCallback = (error, body) => {
    if (error) reject(meaningOf(error));
    else if (typeof body === "object" && body !== null && !Array.isArray(body)) resolve(body);
    else reject(garbled(`to ${request.uri.split("/")[1] ?? ""}`));
  };
  // A number for one request; the client's own `maxRetries: 0` would be taken for "not set".
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
