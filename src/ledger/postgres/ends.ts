import { createHash } from "node:crypto";
import pTimeout from "p-timeout";
import type { PostgresDatabase } from "../../database/postgres/database.ts";
import { type PgClient, TYPES } from "../../database/postgres/driver.ts";
import { type EndedOptions, idOf, type Target } from "../store/backend.ts";
import { SharedLooks } from "./shared-look.ts";
import type { Notification } from "./statements.ts";

const CHANNEL = "hardcall_ended";
/** After a connection for notifications was lost or refused. Until then the callers look for themselves. */
const AGAIN_AFTER_MS = 5000;
const CONNECT_WITHIN_MS = 5000;
const END_WITHIN_MS = 500;

/** Tells, of operations that are waited for, that they may have ended. */
export class Ends {
  readonly #db: PostgresDatabase;
  readonly #waiting = new Map<string, Set<() => void>>();
  readonly #looks = new SharedLooks<boolean>();
  #ear: Ear | undefined;
  #notBefore = 0;
  #isClosed = false;

  constructor(db: PostgresDatabase) {
    this.#db = db;
  }

  /** What a write says that ends the operation. A channel is the whole database's, and a payload at most 8 kB. */
  notificationOf(target: Target): Notification {
    const id = `${this.#db.schema} ${idOf(target)}`;
    return { channel: CHANNEL, payload: createHash("sha256").update(id).digest("base64url") };
  }

  /**
   * Resolves when the operation may have ended, or the time is over; never rejects.
   *
   * @param isOver marks the operation as waited for, and says whether it has ended already; one look serves all who wait for it
   */
  async wait(
    target: Target,
    isOver: () => Promise<boolean>,
    { withinMs, signal }: EndedOptions,
  ): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { payload } = this.notificationOf(target);
    const all = this.#waiting.get(payload) ?? new Set();
    this.#waiting.set(payload, all.add(resolve));
    const timer = setTimeout(resolve, withinMs);
    signal?.addEventListener("abort", () => resolve(), { once: true });
    if (signal?.aborted) resolve();
    void this.#resolveIfOver(() => this.#looks.look(payload, isOver), resolve);
    await promise;
    clearTimeout(timer);
    all.delete(resolve);
    if (all.size === 0) this.#waiting.delete(payload);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const client = await this.#ear?.client;
    // A server that does not answer is not waited for: the connection keeps no process alive.
    if (client !== undefined)
      await pTimeout(client.end(), { milliseconds: END_WITHIN_MS, fallback: () => undefined });
  }

  /** First the ear, then the mark: an end between the two is seen by the look that goes with the mark. */
  async #resolveIfOver(isOver: () => Promise<boolean>, resolve: () => void): Promise<void> {
    try {
      if ((await this.#listen()) !== undefined && (await isOver())) resolve();
    } catch {
      // The ledger cannot be asked now: the caller waits for the whole time, and then looks.
    }
  }

  async #listen(): Promise<PgClient | undefined> {
    if (this.#ear === undefined && !this.#isClosed && performance.now() >= this.#notBefore) {
      const ear: Ear = { client: undefined };
      this.#ear = ear;
      ear.client = this.#connect(ear);
    }
    return await this.#ear?.client;
  }

  async #connect(ear: Ear): Promise<PgClient | undefined> {
    try {
      const client = await this.#db.dedicated(CONNECT_WITHIN_MS, () => this.#lost(ear));
      client?.on("notification", ({ payload = "" }) => {
        for (const resolve of this.#waiting.get(payload) ?? []) resolve();
      });
      await client?.query({ text: `LISTEN ${CHANNEL}`, types: TYPES });
      return client;
    } catch {
      // To hear of an end saves time and nothing else: those who wait look for themselves, too.
      this.#lost(ear);
      return undefined;
    }
  }

  /** What is waited for may have ended unheard, so those who wait are sent to look. */
  #lost(ear: Ear): void {
    if (this.#ear !== ear) return;
    this.#ear = undefined;
    this.#notBefore = performance.now() + AGAIN_AFTER_MS;
    for (const all of this.#waiting.values()) for (const resolve of all) resolve();
  }
}

/** A connection that hears notifications; resolves to `undefined` where there can be none. */
interface Ear {
  client: Promise<PgClient | undefined> | undefined;
}
