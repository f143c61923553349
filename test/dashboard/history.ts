import { randomUUID } from "node:crypto";
import { onTestFinished } from "vitest";
import type { JournalEntry } from "../../src/ledger/journal/entry.ts";
import { currentOwner, type Owner } from "../../src/ledger/owner/owner.ts";
import type { ClaimRequest } from "../../src/ledger/operation/events.ts";
import type { LedgerStore } from "../../src/ledger/store/store.ts";
import { openLedgerAt } from "../helpers/open-ledger.ts";

/** A process of this machine and boot that has ended: no process starts before the first. */
export const goneOwner = (): Owner => ({
  ...currentOwner(),
  pid: 4_194_000,
  pidStart: "1",
  id: randomUUID(),
});

let calls = 0;

/** Writes calls into a ledger as calls do, and closes it with the test. */
export class History {
  readonly store: LedgerStore;

  private constructor(store: LedgerStore) {
    this.store = store;
  }

  static async of(ledger: string, options: Parameters<typeof openLedgerAt>[1] = {}): Promise<History> {
    const store = await openLedgerAt(ledger, options);
    onTestFinished(() => store.close());
    return new History(store);
  }

  request(over: Partial<ClaimRequest> = {}): ClaimRequest {
    const callId = `call-${++calls}`;
    return {
      name: "publish",
      key: callId,
      callId,
      fingerprint: "v1",
      effects: "once",
      leaseMs: 30_000,
      ...over,
    };
  }

  /** A call with a key that runs. */
  async started(over: Partial<ClaimRequest> = {}) {
    const request = this.request(over);
    const answer = await this.store.claim(request);
    if (answer.kind !== "proceed") throw new Error(`the claim was answered ${answer.kind}`);
    await this.store.started(answer.claim, { requestedBy: "job 7" });
    return { request, claim: answer.claim };
  }

  async succeeded(over: Partial<ClaimRequest> = {}, details?: string): Promise<ClaimRequest> {
    const { request, claim } = await this.started(over);
    await this.store.settle(claim, { state: "succeeded", end: { durationMs: 5 }, value: "done", details });
    return request;
  }

  /** Its effect is unknown, so it is in doubt. */
  async doubtful(over: Partial<ClaimRequest> = {}, stderrTail = "the last words"): Promise<ClaimRequest> {
    const { request, claim } = await this.started(over);
    const end = { code: "timeout", effect: "unknown", stderrTail, durationMs: 7 } as const;
    await this.store.settle(claim, { state: "failed", end });
    return request;
  }

  async failed(over: Partial<ClaimRequest> = {}, code = "exit_nonzero"): Promise<ClaimRequest> {
    const { request, claim } = await this.started(over);
    await this.store.settle(claim, { state: "failed", end: { code, effect: "rejected" } });
    return request;
  }

  /** A row of the journal, by default of a call that runs. */
  async journal(...over: readonly Partial<JournalEntry>[]): Promise<readonly JournalEntry[]> {
    const entries = over.map((one): JournalEntry => ({
      callId: `journalled-${++calls}`,
      name: "draft",
      callee: "claude",
      owner: currentOwner(),
      startedAt: Date.now(),
      limitMs: 60_000,
      attempt: 1,
      ...one,
    }));
    await this.store.writeJournal(entries);
    return entries;
  }
}
