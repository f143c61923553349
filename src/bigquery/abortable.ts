import { AsyncLocalStorage } from "node:async_hooks";
import { subscribe } from "node:diagnostics_channel";
import type { ClientRequest } from "node:http";

/** The HTTP requests that one piece of work has open. */
class Requests {
  readonly #open = new Set<ClientRequest>();
  readonly #onError: (error: unknown) => void;
  #aborted = false;

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  add(request: ClientRequest): void {
    // The client retries a request by itself after the abort.
    if (this.#aborted) queueMicrotask(() => request.destroy());
    this.#open.add(request);
    request.once("error", (error) => {
      this.abort();
      this.#onError(error);
    });
    request.once("close", () => this.#open.delete(request));
  }

  abort(): void {
    this.#aborted = true;
    for (const request of this.#open) request.destroy();
  }
}

const current = new AsyncLocalStorage<Requests>();
let listening = false;

/**
 * Runs work and ends its HTTP requests when the signal aborts, or when one of them breaks, so that the client does not retry by itself. The
 * client takes no signal, and its `timeout` has no effect since node-fetch 3 (teeny-request 11): a request to a silent server would stay
 * open for days and keep the process alive. Node publishes each new request on `http.client.request.created` (Node 22.12), in the
 * asynchronous context that made it.
 */
export function abortable(signal: AbortSignal, work: () => void, onError: (error: unknown) => void): void {
  if (!listening) {
    listening = true;
    subscribe("http.client.request.created", (message) => {
      current.getStore()?.add((message as { request: ClientRequest }).request);
    });
  }
  const requests = new Requests(onError);
  if (signal.aborted) requests.abort();
  else signal.addEventListener("abort", () => requests.abort(), { once: true });
  current.run(requests, work);
}
