import { setImmediate as turn } from "node:timers/promises";
import { onTestFinished } from "vitest";
import { task } from "../../../src/callees/task.ts";
import type { Callee } from "../../../src/core/callee.ts";
import type { LedgerStore } from "../../../src/ledger/store/store.ts";
import { ledgerPath } from "../../helpers/ledger.ts";
import { openLedgerAt } from "../../helpers/open-ledger.ts";

/** A ledger in a file that tells when a resource has been changed in it. Closed when the test is over. */
export async function watchedLedger(): Promise<{ store: LedgerStore; nextChange: () => Promise<void> }> {
  const store = await openLedgerAt(ledgerPath());
  onTestFinished(() => store.close());
  let listeners: (() => void)[] = [];
  const watched: LedgerStore = {
    ...store,
    async changeResource(request, body, options) {
      const answer = await store.changeResource(request, body, options);
      for (const tell of listeners.splice(0)) tell();
      return answer;
    },
  };
  return { store: watched, nextChange: () => new Promise((resolve) => listeners.push(resolve)) };
}

/** Work that goes on until the test ends it, and that counts how many run at once. */
export class Works {
  running = 0;
  most = 0;
  started: string[] = [];
  readonly #ends = new Map<string, () => void>();
  #changed: (() => void)[] = [];

  /** A task whose input names it. */
  callee(): Callee<string, string> {
    return task(async (name: string, { signal }) => {
      this.running++;
      this.most = Math.max(this.most, this.running);
      this.started.push(name);
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
      this.#ends.set(name, resolve);
      this.#tell();
      try {
        await promise;
      } finally {
        this.running--;
        this.#ends.delete(name);
        this.#tell();
      }
      return name;
    });
  }

  end(name: string): void {
    const end = this.#ends.get(name);
    if (end === undefined) throw new Error(`${name} does not run`);
    end();
  }

  /** Resolves when so many have started. */
  async haveStarted(count: number): Promise<void> {
    while (this.started.length < count) await new Promise<void>((resolve) => this.#changed.push(resolve));
  }

  /** Ends one after the other until no other starts. */
  async endAll(count: number): Promise<void> {
    for (let ended = 0; ended < count; ended++) {
      await this.haveStarted(ended + 1);
      const name = this.started[ended] as string;
      // What wrongly started beside it is counted first.
      await turn();
      this.end(name);
    }
  }

  #tell(): void {
    for (const resolve of this.#changed.splice(0)) resolve();
  }
}
