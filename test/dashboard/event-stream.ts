import { request, type IncomingMessage } from "node:http";
import { onTestFinished } from "vitest";
import type { CallsChange, OverviewChange } from "../../src/dashboard/data.ts";
import type { Visitor } from "./visitor.ts";

export type Event =
  | { readonly name: "overview"; readonly data: OverviewChange }
  | { readonly name: "calls"; readonly data: CallsChange };

/** The events that a browser is sent. */
export class EventStream {
  readonly events: Event[] = [];
  readonly #response: IncomingMessage;
  #wake = Promise.withResolvers<void>();
  #text = "";
  ended = false;

  private constructor(response: IncomingMessage) {
    this.#response = response;
  }

  /** @param reads `false`: a browser that is stalled */
  static async of({ port, cookie }: Visitor, reads = true): Promise<EventStream> {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const sent = request(
      { host: "127.0.0.1", port, path: "/events", agent: false, headers: { cookie } },
      resolve,
    );
    sent.once("error", reject);
    sent.end();
    const response = await promise;
    onTestFinished(() => void response.destroy());
    if (response.statusCode !== 200) throw new Error(`events: ${response.statusCode}`);
    const stream = new EventStream(response);
    if (reads) stream.#read();
    return stream;
  }

  /** The first event from now on, or of those that have come, that is as it should be. */
  async next(isRight: (event: Event) => boolean, withinMs = 20_000): Promise<Event> {
    const timer = setTimeout(() => this.#wake.reject(new Error("no such event came")), withinMs);
    try {
      for (let from = 0; ;) {
        const found = this.events.slice(from).find(isRight);
        if (found !== undefined) return found;
        from = this.events.length;
        await this.#wake.promise;
      }
    } finally {
      clearTimeout(timer);
    }
  }

  /** Resolves when the server has ended it. */
  async end(): Promise<void> {
    while (!this.ended) await this.#wake.promise;
  }

  close(): void {
    this.#response.destroy();
  }

  #read(): void {
    const woken = () => {
      const { resolve } = this.#wake;
      this.#wake = Promise.withResolvers();
      resolve();
    };
    this.#response.setEncoding("utf8").on("data", (text: string) => {
      this.#text += text;
      const messages = this.#text.split("\n\n");
      this.#text = messages.pop() ?? "";
      for (const message of messages) {
        const [, name, data] = /^event: (\w+)\ndata: (.*)$/.exec(message) ?? [];
        if (data !== undefined) this.events.push({ name, data: JSON.parse(data) as unknown } as Event);
      }
      woken();
    });
    this.#response.once("error", () => undefined);
    this.#response.once("close", () => {
      this.ended = true;
      woken();
    });
  }
}
