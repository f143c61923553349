import type { IncomingMessage, ServerResponse } from "node:http";
import type { CallRow, CallsChange, Overview } from "../data.ts";
import type { LedgerSource, Look } from "../ledger/source.ts";
import { RefusedRequest } from "../refused-request.ts";
import { SECURITY_HEADERS } from "./respond.ts";

/** From the end of one look to the next. */
const LOOK_EVERY_MS = 1000;
/** Proxies and browsers take a connection that says nothing for dead. */
const COMMENT_EVERY_MS = 15_000;
/** More tabs than people have; each costs a socket and what it has not read. */
const MOST_STREAMS = 100;
/** What a browser that does not read may leave unread. Then it is cut off; when it reads again it connects anew. */
const MOST_UNREAD_BYTES = 4 * 1024 * 1024;
/** How many changed calls an event holds. */
const MOST_CHANGED = 200;

/**
 * The server-sent events. One look at the ledger a second serves all browsers together, and none is made while no browser is
 * connected. A browser gets everything first, then what changed.
 */
export class EventStreams {
  readonly #source: LedgerSource;
  readonly #responses = new Set<ServerResponse>();
  #last:
    | {
        readonly look: Look;
        readonly parts: ReadonlyMap<string, string>;
        readonly rows: ReadonlyMap<string, string>;
      }
    | undefined;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #commentedAt = 0;
  #isClosed = false;

  constructor(source: LedgerSource) {
    this.#source = source;
  }

  /** How many browsers are connected. */
  get size(): number {
    return this.#responses.size;
  }

  /** @throws RefusedRequest */
  async add(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const headers = { ...SECURITY_HEADERS, "content-type": "text/event-stream; charset=utf-8" };
    if (request.method === "HEAD") {
      response.writeHead(200, headers).end();
      return;
    }
    if (this.#responses.size >= MOST_STREAMS)
      throw new RefusedRequest("conflict", `${MOST_STREAMS} pages are open already; close some.`);
    response.writeHead(200, headers);
    response.write(`retry: ${LOOK_EVERY_MS}\n\n`);
    // The first look of a browser is a fresh one: what another saw may be of a time before its last connection ended.
    if (this.#responses.size === 0) this.#last = undefined;
    else if (this.#last !== undefined) this.#send(response, everything(this.#last.look));
    this.#responses.add(response);
    response.once("close", () => {
      this.#responses.delete(response);
      if (this.#responses.size === 0) clearTimeout(this.#timer);
    });
    if (this.#responses.size === 1) this.#lookSoon(0);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    for (const response of this.#responses) response.end();
    await this.#looking;
  }

  #lookSoon(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#looking ??= this.#look().finally(() => {
        this.#looking = undefined;
        if (this.#responses.size > 0 && !this.#isClosed) this.#lookSoon(LOOK_EVERY_MS);
      });
    }, ms);
  }

  async #look(): Promise<void> {
    const look = await this.#source.look();
    const before = this.#last;
    const parts = jsonOf(look.overview);
    const rows = new Map(look.newest.map((row) => [row.callId, JSON.stringify(row)]));
    this.#last = { look, parts, rows };
    const message =
      before === undefined
        ? everything(look)
        : changes(look.overview, parts, before.parts) + changedCalls(look.newest, rows, before.rows);
    const isQuiet = message === "" && performance.now() - this.#commentedAt > COMMENT_EVERY_MS;
    if (message === "" && !isQuiet) return;
    this.#commentedAt = performance.now();
    for (const response of this.#responses) this.#send(response, isQuiet ? ": still here\n\n" : message);
  }

  #send(response: ServerResponse, message: string): void {
    if (response.writableLength + message.length > MOST_UNREAD_BYTES && response.writableLength > 0) {
      response.destroy();
      return;
    }
    response.write(message);
  }
}

const event = (name: string, data: unknown) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
const everything = ({ overview }: Look) => event("overview", overview);

/** Each part as JSON, to be compared with that of the next look. `now` always differs, and goes along with the others. */
function jsonOf(overview: Overview): ReadonlyMap<string, string> {
  const { now: _, ...parts } = overview;
  return new Map(Object.entries(parts).map(([name, part]) => [name, JSON.stringify(part)]));
}

function changes(
  overview: Overview,
  parts: ReadonlyMap<string, string>,
  before: ReadonlyMap<string, string>,
): string {
  const changed = [...parts.keys()].filter((name) => parts.get(name) !== before.get(name));
  if (changed.length === 0) return "";
  const found = overview as unknown as Readonly<Record<string, unknown>>;
  return event("overview", {
    now: overview.now,
    ...Object.fromEntries(changed.map((name) => [name, found[name]])),
  });
}

function changedCalls(
  newest: readonly CallRow[],
  rows: ReadonlyMap<string, string>,
  before: ReadonlyMap<string, string>,
): string {
  const changed = newest.filter(({ callId }) => rows.get(callId) !== before.get(callId));
  if (changed.length === 0) return "";
  // As many as a look has: there may be more that it has not.
  const change: CallsChange = { changed, more: changed.length >= MOST_CHANGED };
  return event("calls", change);
}
