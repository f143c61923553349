import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Row } from "../../src/database/columns.ts";
import {
  checkSentinels,
  defineSentinel,
  type Alert,
  type Artifact,
  type Clock,
  type SentinelOptions,
} from "../../src/sentinel/index.ts";
import { connectLedger } from "../../src/ledger/store/connect.ts";

import { newLedger, type LedgerKind } from "../helpers/ledger.ts";

export const MINUTE = 60_000;
export const HOUR = 3_600_000;
export const DAY = 86_400_000;

/** 2026-11-09T08:00:00Z: the first of the eleven days. */
export const START = 1_794_211_200_000;

/** A list of ids behind a URL. */
export async function feed(items: string[]) {
  const server = createServer((_, response) => response.end(JSON.stringify(items)));
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await promise;
  const { port } = server.address() as AddressInfo;
  return {
    items,
    port,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A folder with a ledger of its own, and a clock that stands still until it is set. */
export class World implements Disposable {
  readonly folder = mkdtempSync(path.join(tmpdir(), "hardcall-sentinel-"));
  readonly ledger: string;
  readonly lines: string[] = [];
  /** Called with each alert that is printed. */
  onLine: (() => unknown) | undefined;
  now = START;
  /** Time since boot: goes on when the wall clock is set. */
  uptime = 5 * DAY;

  readonly clock: Clock = { now: () => this.now, uptime: () => this.uptime, machine: "here" };

  /** @param ledger a path or a URL */
  constructor(ledger?: string) {
    this.ledger = ledger ?? path.join(this.folder, "ledger.db");
  }

  /** A world whose ledger is in a file or in Postgres. */
  static async with(kind: LedgerKind): Promise<World> {
    return new World(await newLedger(kind));
  }

  /** Time passes, for both clocks. */
  wait(ms: number): void {
    this.now += ms;
    this.uptime += ms;
  }

  /** What a function of the test finds, or the error it ends in. */
  artifacts: Artifact[] | Error = [];

  sentinel(options: Partial<SentinelOptions> = {}) {
    return defineSentinel({
      name: "posts",
      window: "48h",
      grace: "1h",
      count: () => {
        if (this.artifacts instanceof Error) throw this.artifacts;
        return this.artifacts;
      },
      ...options,
    });
  }

  async check(options: Partial<SentinelOptions> = {}) {
    const pass = await this.pass([this.sentinel(options)]);
    const [only] = pass.sentinels;
    if (only === undefined) throw new Error("one sentinel was checked");
    return only;
  }

  pass(sentinels: Parameters<typeof checkSentinels>[0]) {
    const { ledger, clock } = this;
    const print = (line: string) => {
      this.lines.push(line);
      return this.onLine?.();
    };
    return checkSentinels(sentinels, { ledger, clock, print });
  }

  /** Rows of the ledger. */
  async rows(text: string): Promise<readonly Row[]> {
    const db = await connectLedger({ ledger: this.ledger });
    try {
      return await db.read((session) => session.all(text, []));
    } finally {
      await db.close();
    }
  }

  /** Every alert there ever was. */
  async alerts(): Promise<Alert[]> {
    const rows = await this.rows("SELECT body FROM sentinel_alerts ORDER BY seq");
    return rows.map(({ body }) => JSON.parse(String(body)) as Alert);
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
