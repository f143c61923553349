import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import pRetry from "p-retry";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { publishOnce, type Post, type Published } from "../../examples/publish-once.mts";
import { historyOf, ledgerPath } from "../helpers/ledger.ts";

const CAROUSEL: Post = { property: "alpine-lodge", slot: "2026-11-20T18:00", text: "Three pictures" };
/** The client gives up after this; the service takes longer to answer, and publishes all the same. */
const PATIENCE_MS = 250;

/** A service that publishes at once and answers late, and honours no key: each post it gets is one more post. */
class SlowService {
  readonly #server: Server;
  readonly posts: Post[] = [];
  /** How many posts it swallows before it publishes the first. */
  loses = 0;
  answersAtOnce = false;
  /** Cannot say what it has. */
  isAway = false;
  readonly #published = Promise.withResolvers<void>();
  /** Settles when the first post is out. */
  readonly published = this.#published.promise;

  constructor() {
    this.#server = createServer((request, response) => {
      const end = (status: number, body: object) => void response.writeHead(status).end(JSON.stringify(body));
      if (request.method === "GET") {
        const path = decodeURIComponent(request.url ?? "");
        const found = this.posts.find(({ property, slot }) => path === `/posts/${property}/${slot}`);
        end(this.isAway ? 503 : found ? 200 : 404, {});
      } else {
        void this.#publish(request, end);
      }
    });
  }

  async #publish(request: IncomingMessage, end: (status: number, body: object) => void): Promise<void> {
    const post = JSON.parse(await text(request)) as Post;
    // Never answered: the client has to give up.
    if (this.loses-- > 0) return;
    this.posts.push(post);
    this.#published.resolve();
    if (this.answersAtOnce) end(200, { id: `post-${this.posts.length}` });
  }

  async begin(): Promise<this> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async end(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}

let service: SlowService;

beforeEach(async () => {
  service = await new SlowService().begin();
});

afterEach(async () => {
  await service.end();
});

const publishing = (ledger: string) =>
  publishOnce(service.url, { ledger, attemptTimeout: `${PATIENCE_MS}ms`, effectWithin: "1s" });

describe("a carousel that the service publishes, and is too slow to say so", () => {
  it("is posted three times by a retry round the request", async () => {
    const naive = async (): Promise<Published> => {
      const response = await fetch(new URL("/posts", service.url), {
        method: "POST",
        body: JSON.stringify(CAROUSEL),
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      return (await response.json()) as Published;
    };
    await expect(pRetry(naive, { retries: 2, minTimeout: 1 })).rejects.toThrow("timeout");
    expect(service.posts).toHaveLength(3);
  });

  it("is posted once by hardcall, which looks before it tries again", async () => {
    const ledger = ledgerPath();
    const publish = publishing(ledger);
    const result = await publish(CAROUSEL);
    expect(result).toMatchObject({ outcome: "recovered", replay: { settledBy: "probe" } });
    expect(result.attempts).toMatchObject([{ attempt: 1, code: "timeout", effect: "unknown" }]);
    // The scheduler starts the job again.
    expect(await publish(CAROUSEL)).toMatchObject({ outcome: "recovered" });
    expect(await publish(CAROUSEL)).toMatchObject({ outcome: "recovered" });
    expect(service.posts).toEqual([CAROUSEL]);
    const { attempts, resolutions } = (await historyOf(ledger, "alpine-lodge/2026-11-20T18:00")) ?? {};
    expect(attempts).toMatchObject([{ code: "timeout", effect: "unknown" }]);
    expect(resolutions).toMatchObject([{ by: "probe", answer: "present" }]);
  });
});

it("a carousel that was lost on the way is posted once more, and then it is there", async () => {
  service.loses = 1;
  service.answersAtOnce = true;
  const result = await publishing(ledgerPath())(CAROUSEL);
  expect(result).toMatchObject({ outcome: "executed", value: { id: "post-1" } });
  expect(result.attempts.map(({ code }) => code)).toEqual(["timeout", undefined]);
  expect(service.posts).toEqual([CAROUSEL]);
});

it("while the service is away nothing is tried blindly: an outage of the probe is no proof", async () => {
  const ledger = ledgerPath();
  // The post goes out, and then the service cannot say whether it is there.
  const settling = publishing(ledger).settle(CAROUSEL);
  await service.published;
  service.isAway = true;
  expect(await settling).toMatchObject({ outcome: "in_doubt", code: "in_doubt" });
  expect(service.posts).toHaveLength(1);
  service.isAway = false;
  expect(await publishing(ledger).settle(CAROUSEL)).toMatchObject({ outcome: "recovered" });
  expect(service.posts).toHaveLength(1);
});

it("another text for a slot that is taken is refused", async () => {
  service.answersAtOnce = true;
  const publish = publishing(ledgerPath());
  await publish(CAROUSEL);
  expect(await publish.settle({ ...CAROUSEL, text: "Four pictures" })).toMatchObject({
    code: "key_conflict",
  });
  expect(service.posts).toHaveLength(1);
});
