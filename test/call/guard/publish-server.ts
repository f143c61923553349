import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";

/**
 * How the server answers a post:
 * - `ok`: publishes, answers 200
 * - `fails`: publishes, answers 500, as a proxy does that lost its backend
 * - `refuses`: publishes nothing, answers 422
 * - `kills`: publishes, then kills the process that asked
 * - `holds`: publishes, and answers when `release` is called
 * - `resets`: publishes, then breaks the connection
 * - `hangs`: publishes nothing, and never answers
 */
export type Manner = "ok" | "fails" | "refuses" | "kills" | "holds" | "resets" | "hangs";

/** What the server does with a request, and after how long: it publishes even when the client has gone by then. */
export interface Reply {
  readonly manner: Manner;
  readonly delayMs: number;
}

/** A request to publish, as the server remembers it. Times are milliseconds since 1970. */
export interface Arrival extends Reply {
  readonly key: string;
  readonly body: string;
  readonly at: number;
  /** When the client closed the connection, or the server answered. */
  closedAt?: number;
  /** When the post came to exist; without it, it does not: refused, not yet, or the key was honoured. */
  publishedAt?: number;
}

export interface PublishOptions {
  /** Decides how each request is answered. @default as its path says, at once */
  readonly reply?: (key: string, path: string, nth: number) => Reply;
  /** The address it listens on. @default 127.0.0.1 */
  readonly host?: string | undefined;
}

/** A service that publishes, and counts what it has published: the effect that must not happen twice. */
export class PublishServer {
  readonly #server: Server;
  readonly #requests = new Map<string, number>();
  readonly #posts = new Map<string, number>();
  readonly #held = new Map<string, ServerResponse[]>();
  readonly #waiting = new Map<string, (() => void)[]>();
  readonly #reply: NonNullable<PublishOptions["reply"]>;
  readonly #log: Arrival[] = [];

  private constructor({ reply }: PublishOptions) {
    this.#reply = reply ?? ((_key, path) => ({ manner: path as Manner, delayMs: 0 }));
    this.#server = createServer((request, response) => {
      if (request.method === "GET") this.#look(request, response);
      // A client that died in the middle of its request has asked for nothing.
      else
        text(request).then(
          (body) => this.#publish(request, response, body),
          () => undefined,
        );
    });
  }

  /** Runs until `end`. */
  static async begin(options: PublishOptions = {}): Promise<PublishServer> {
    const self = new PublishServer(options);
    self.#server.listen(0, options.host ?? "127.0.0.1");
    await once(self.#server, "listening");
    return self;
  }

  static async forThisTest(options: PublishOptions = {}): Promise<PublishServer> {
    // Not at the top: a program outside of vitest runs this server too.
    const { onTestFinished } = await import("vitest");
    const self = await PublishServer.begin(options);
    onTestFinished(() => self.end());
    return self;
  }

  get url(): string {
    const { address, port } = this.#server.address() as AddressInfo;
    return `http://${address}:${port}`;
  }

  /** How many posts exist for a key. */
  effects(key: string): number {
    return this.#posts.get(key) ?? 0;
  }

  /** How many requests to publish came in for a key. */
  requests(key: string): number {
    return this.#requests.get(key) ?? 0;
  }

  /** Every request to publish, in the order of arrival. */
  get log(): readonly Arrival[] {
    return this.#log;
  }

  /** Waits until the server holds a request with this key. */
  async holding(key: string): Promise<void> {
    if (this.#held.has(key)) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.set(key, [...(this.#waiting.get(key) ?? []), resolve]);
    await promise;
  }

  /** Answers all that are held for this key. */
  release(key: string): void {
    for (const response of this.#held.get(key) ?? []) answer(response, 200, { id: `post-${key}` });
    this.#held.delete(key);
  }

  /** Breaks every connection; what is on its way to be published is published all the same. */
  hangUp(): void {
    this.#server.closeAllConnections();
  }

  async end(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  #look({ url = "" }: IncomingMessage, response: ServerResponse): void {
    const exists = this.effects(decodeURIComponent(url.replace("/posts/", ""))) > 0;
    answer(response, exists ? 200 : 404, { exists });
  }

  async #publish(request: IncomingMessage, response: ServerResponse, body: string): Promise<void> {
    const { url = "", headers } = request;
    const key = String(headers["idempotency-key"]);
    const nth = this.requests(key) + 1;
    this.#requests.set(key, nth);
    const { manner, delayMs } = this.#reply(key, url.slice(1), nth);
    const arrival: Arrival = { key, manner, delayMs, body, at: Date.now() };
    this.#log.push(arrival);
    response.once("close", () => (arrival.closedAt = Date.now()));
    if (delayMs > 0) await wait(delayMs);
    if (manner === "hangs") return;
    if (manner === "refuses") return answer(response, 422, { error: "no" });
    const honoured = headers["x-honour-key"] === "yes" && this.#posts.has(key);
    if (!honoured) {
      this.#posts.set(key, this.effects(key) + 1);
      arrival.publishedAt = Date.now();
    }
    switch (manner) {
      case "ok":
        return answer(response, 200, { id: `post-${key}` });
      case "fails":
        return answer(response, 500, { error: "lost" });
      case "resets":
        request.socket.destroy();
        return;
      case "kills":
        process.kill(Number(headers["x-pid"]), "SIGKILL");
        return;
      case "holds":
        this.#held.set(key, [...(this.#held.get(key) ?? []), response]);
        for (const resolve of this.#waiting.get(key)?.splice(0) ?? []) resolve();
        return;
      default:
        return manner satisfies never;
    }
  }
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
