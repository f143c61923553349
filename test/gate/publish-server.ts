import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/**
 * How the server answers a post:
 * - `ok`: publishes, answers 200
 * - `fails`: publishes, answers 500, as a proxy does that lost its backend
 * - `refuses`: publishes nothing, answers 422
 * - `kills`: publishes, then kills the process that asked
 * - `holds`: publishes, and answers when `release` is called
 */
export type Manner = "ok" | "fails" | "refuses" | "kills" | "holds";

/** A service on loopback that publishes, and counts what it has published: the effect that must not happen twice. */
export class PublishServer {
  readonly #server: Server;
  readonly #requests = new Map<string, number>();
  readonly #posts = new Map<string, number>();
  readonly #held = new Map<string, ServerResponse[]>();
  readonly #waiting = new Map<string, (() => void)[]>();

  private constructor() {
    this.#server = createServer((request, response) => {
      if (request.method === "GET") this.#look(request, response);
      else request.resume().once("end", () => this.#publish(request, response));
    });
  }

  /** Runs until the test is over; outside of a test, until `end`. */
  static async begin(): Promise<PublishServer> {
    const self = new PublishServer();
    self.#server.listen(0, "127.0.0.1");
    await once(self.#server, "listening");
    return self;
  }

  static async forThisTest(): Promise<PublishServer> {
    const self = await PublishServer.begin();
    onTestFinished(() => self.end());
    return self;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** How many posts exist for a key. */
  effects(key: string): number {
    return this.#posts.get(key) ?? 0;
  }

  /** How many requests to publish came in for a key. */
  requests(key: string): number {
    return this.#requests.get(key) ?? 0;
  }

  /** Waits until somebody is being held for this key. */
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

  async end(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  #look({ url = "" }: IncomingMessage, response: ServerResponse): void {
    const exists = this.effects(decodeURIComponent(url.replace("/posts/", ""))) > 0;
    answer(response, exists ? 200 : 404, { exists });
  }

  #publish({ url, headers }: IncomingMessage, response: ServerResponse): void {
    const key = String(headers["idempotency-key"]);
    const manner = url?.slice(1) as Manner;
    this.#requests.set(key, this.requests(key) + 1);
    if (manner === "refuses") return answer(response, 422, { error: "no" });
    const honoured = headers["x-honour-key"] === "yes" && this.#posts.has(key);
    if (!honoured) this.#posts.set(key, this.effects(key) + 1);
    switch (manner) {
      case "ok":
        return answer(response, 200, { id: `post-${key}` });
      case "fails":
        return answer(response, 500, { error: "lost" });
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
