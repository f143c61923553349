import { readFileSync } from "node:fs";
import path from "node:path";
import { onTestFinished } from "vitest";
import { claude, type ClaudeOptions } from "../../../src/index.ts";
import { currentOwner } from "../../../src/ledger/owner/owner.ts";
import type { LedgerStore } from "../../../src/ledger/store/store.ts";
import { describeResource } from "../../../src/resources/describe-resource.ts";
import type { ResourceView } from "../../../src/resources/view.ts";
import { ROOT, tempFolder } from "../../helpers/files.ts";
import { ledgerPath } from "../../helpers/ledger.ts";
import { openLedgerAt } from "../../helpers/open-ledger.ts";

/** One ledger whose clock the test sets, as several processes see it. */
export class SimulatedLedger {
  readonly startedAt = Date.now();
  now = this.startedAt;
  readonly #file = ledgerPath();
  #changed: (() => void)[] = [];

  /** A connection of a process of its own, by its owner. Closed when the test is over. */
  async open(id: string): Promise<LedgerStore> {
    const owner = { ...currentOwner(), id };
    const store = await openLedgerAt(this.#file, { clock: () => this.now, owner, liveness: () => "alive" });
    onTestFinished(() => store.close());
    return {
      ...store,
      changeResource: async (request, body, options) => {
        const answer = await store.changeResource(request, body, options);
        for (const tell of this.#changed.splice(0)) tell();
        return answer;
      },
    };
  }

  /** The resource when all its places have been given back: a call does not wait until that is written. */
  async atRest(store: LedgerStore, name: string): Promise<ResourceView> {
    for (;;) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#changed.push(resolve);
      const view = await viewOf(store, name);
      if (view.places.length === 0) return view;
      await promise;
    }
  }

  /** The resource as the ledger has it now. */
  view(store: LedgerStore, name: string): Promise<ResourceView> {
    return viewOf(store, name);
  }

  /** Minutes since the beginning. */
  get minutes(): number {
    return (this.now - this.startedAt) / 60_000;
  }
}

/** A resource as the ledger has it now. */
async function viewOf(store: LedgerStore, name: string): Promise<ResourceView> {
  const known = (await store.resources()).find((resource) => resource.name === name);
  if (known === undefined) throw new Error(`the ledger does not know the resource ${name}`);
  return describeResource(name, known.text, await store.moment());
}

/** The fake claude in these modes, and how often it was started. */
export function fakeClaude(mode: string, env: NodeJS.ProcessEnv = {}, options: ClaudeOptions = {}) {
  const folder = tempFolder();
  const log = path.join(folder, "invocations");
  const callee = claude({
    claudePath: path.join(ROOT, "fake-bin/claude"),
    ...options,
    env: { FAKE_CLAUDE_MODE: mode, FAKE_CLAUDE_STATE_DIR: folder, FAKE_CLAUDE_LOG: log, ...env },
  });
  const reached = () => {
    const lines = readFileSync(log, "utf8").trim().split("\n");
    return new Set(lines.map((line) => (JSON.parse(line) as { pid: number }).pid)).size;
  };
  return { callee, reached };
}
