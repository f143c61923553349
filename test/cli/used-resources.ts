import { setInterval } from "node:timers/promises";
import { change } from "../../src/resources/change.ts";
import { defineResource } from "../../src/resources/define-resource.ts";
import type { ResourceOptions } from "../../src/resources/options.ts";
import type { Batch, Leave } from "../../src/resources/types.ts";
import type { ResourceView } from "../../src/resources/view.ts";
import { tempFolder } from "../helpers/files.ts";
import { newLedger } from "../helpers/ledger.ts";
import { openLedgerAt } from "../helpers/open-ledger.ts";
import { hardcall } from "../helpers/run.ts";

/** Not the folder of this repository, which has no file of resources today. */
export async function resource(ledger: string, args: readonly string[], cwd = tempFolder()) {
  const { exitCode, stdout, stderr } = await hardcall(["resource", ...args, "--ledger", ledger], { cwd });
  return { exitCode, stdout: stdout.toString(), stderr };
}

export const viewOf = async (ledger: string, name: string): Promise<ResourceView> =>
  JSON.parse((await resource(ledger, ["show", name, "--json"])).stdout) as ResourceView;

/** A ledger in which this process uses resources as calls do. */
export class Used {
  readonly ledger: string;

  constructor(ledger: string) {
    this.ledger = ledger;
  }

  async batch(options: ResourceOptions, batch: Batch): Promise<void> {
    const store = await openLedgerAt(this.ledger);
    const { limits } = defineResource(options);
    await store.changeResource({ name: options.name }, (document) => {
      const { text } = change(options.name, document.text, { limits, ...batch }, document);
      return { text, answer: undefined };
    });
    await store.close();
  }

  /** So many calls come, of which some get a place. */
  async enter(options: ResourceOptions, count: number): Promise<void> {
    const store = await openLedgerAt(this.ledger);
    const { now } = await store.moment();
    await store.close();
    const heads = Array.from({ length: count }, (_, index) => ({
      ticket: `t${index}`,
      name: "draft",
      callId: `call-${index}`,
      attempt: 1,
      arrivedAt: now,
      reserveMicroUsd: 500_000,
      patient: true,
    }));
    await this.batch(options, { line: { count, heads } });
  }

  /** Looks again and again until `work` has ended, as a process that waits does: one that is silent for 3 s loses its place in line. */
  async waitingDuring<T>(options: ResourceOptions, work: Promise<T>): Promise<T> {
    const ended = new AbortController();
    const looks = (async () => {
      for await (const _ of setInterval(500, undefined, { signal: ended.signal }))
        await this.batch(options, {});
    })().catch((error: unknown) => {
      if (!ended.signal.aborted) throw error;
    });
    try {
      return await work;
    } finally {
      ended.abort();
      await looks;
    }
  }

  async leave(options: ResourceOptions, leave: Partial<Leave>): Promise<void> {
    await this.batch(options, { leaves: [{ ticket: "t0", started: true, opens: true, ...leave }] });
  }
}

/** A file in which a resource with one place was declared. */
export const ledgerWithBlog = async () => {
  const ledger = await newLedger("a file");
  await new Used(ledger).enter({ name: "blog", concurrency: 1 }, 0);
  return ledger;
};
