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
    // The client's own repeat of a request that failed or was given up.
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
 * Runs work whose HTTP requests end when the signal aborts, and at the first that breaks: no repeat of the client's own follows. The client takes no signal, and its `timeout` does nothing since
 * node-fetch 3 (teeny-request 11): a request to a silent server would stay open for days, and hold the process. Node tells of each
 * request as it is made (`http.client.request.created`, Node 22.12), in the asynchronous context that made it.
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
