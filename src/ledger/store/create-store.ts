import { commit, forget, release, withdraw } from "../contents/conclude.ts";
import { contentOf, type ContentMoment, type ContentRef } from "../contents/contents.ts";
import { checkContent } from "../contents/check-content.ts";
import { type Backend, type EndedOptions, idOf, type Target, type View } from "./backend.ts";
import type { TransactOptions } from "../../database/sql.ts";
import { LedgerError } from "../../database/errors.ts";
import type { ClaimAnswer, ClaimRequest, Moment, Settlement } from "../operation/events.ts";
import { journalMethods } from "./journal-methods.ts";
import { leaseLost, orLost } from "../operation/lease-lost.ts";
import { currentOwner, isOwnerAlive, type Liveness } from "../owner/owner.ts";
import type { Claim } from "../operation/state.ts";
import type { LedgerStore, StoreClaimAnswer, StoreOptions, Within } from "./store.ts";
import { NOT_STARTED, settlementOf } from "./settlement.ts";
import { resourceMethods } from "./resource-methods.ts";
import * as transitions from "../operation/transitions.ts";
import { requireResolution, validListing, validRef } from "./operator-input.ts";
import { requireHash, requireText, requireTime, validRequest } from "./validate.ts";
import { DEFAULT_WITHIN_MS } from "./within.ts";
import { UnwrittenResults } from "./unwritten.ts";
import { DEFAULT_MAX_VALUE_BYTES } from "../key/value.ts";

/** A ledger over any backend: validation, liveness and the transitions are the same for all. */
export function createStore(backend: Backend, options: StoreOptions = {}): LedgerStore {
  const owner = options.owner ?? currentOwner();
  const maxValueBytes = options.maxValueBytes ?? DEFAULT_MAX_VALUE_BYTES;
  const liveness = options.liveness ?? isOwnerAlive;
  const unwritten = new UnwrittenResults(backend.spansHosts ? "far" : "near");

  const flush = (target: Target, withinMs: number) => unwritten.flush(idOf(target), withinMs);

  const momentOf = ({ now, fenceFloor }: Omit<View, "row">): Moment => ({
    now,
    fenceFloor,
    liveness,
  });

  const contentMomentOf = (view: Omit<View, "row">): ContentMoment => ({
    ...momentOf(view),
    isAlive: liveness,
  });

  const claimEvent = (request: ClaimRequest) => ({ ...validRequest(request), owner });

  const lookAt = ({ row, ...view }: View, request: ClaimRequest) =>
    transitions.claim(row, claimEvent(request), momentOf(view)).answer;

  const withLastAttempt = async (answer: ClaimAnswer): Promise<StoreClaimAnswer> => {
    const record = answer.kind === "proceed" ? answer.previous : answer.record;
    const relevant = answer.kind === "proceed" || answer.kind === "probe" || answer.kind === "in_doubt";
    if (!relevant || record === undefined || record.attemptFence === 0) return answer;
    return { ...answer, lastAttempt: await backend.attempt(record, record.attemptFence) };
  };

  const settleUnder = async (claim: Claim, settlement: Settlement, how: TransactOptions) => {
    const answer = await backend.transact(claim, how, ({ row, now }) =>
      transitions.settle(row, claim, settlement, now),
    );
    return orLost(answer, claim);
  };

  /**
   * When a result cannot be written, the operation stays started under an owner that lives on, and would look held
   * for as long as this process runs. So it is written later: by itself, or before the next claim here.
   */
  const orLater = async <A>(
    claim: Claim,
    known: Settlement,
    intent: object,
    write: () => Promise<A>,
  ): Promise<A> => {
    try {
      return await write();
    } catch (error) {
      if (error instanceof LedgerError && error.code === "ledger_unavailable") {
        unwritten.add(idOf(claim), (withinMs) =>
          settleUnder(claim, known, { ...durable({ withinMs }), intent }),
        );
      }
      throw error;
    }
  };

  return {
    ...resourceMethods(backend, { owner, liveness, lookAt, flush }),
    ...journalMethods(backend, liveness),

    location: backend.location,
    spansHosts: backend.spansHosts ?? false,

    async claim(request, within) {
      const event = claimEvent(request);
      await flush(request, quick(within).withinMs);
      const answer = await backend.transact(request, quick(within), (view) =>
        transitions.claim(view.row, event, momentOf(view)),
      );
      return await withLastAttempt(answer);
    },

    async look(request, within) {
      claimEvent(request);
      const { withinMs } = quick(within);
      await flush(request, withinMs);
      return await withLastAttempt(lookAt(await backend.look(request, withinMs), request));
    },

    async started(claim, start, within) {
      // If the start was written after all, its end still has to be.
      await orLater(claim, NOT_STARTED, {}, async () => {
        const answer = await backend.transact(claim, durable(within), ({ row, now }) =>
          transitions.started(row, claim, start ?? {}, now),
        );
        return orLost(answer, claim);
      });
    },

    async heartbeat(claim, note, within) {
      const answer = await backend.transact(claim, quick(within), ({ row, now }) =>
        transitions.heartbeat(row, claim, note, now),
      );
      orLost(answer, claim);
    },

    async settle(claim, result, within) {
      const settlement = settlementOf(result, maxValueBytes);
      const how = { ...durable(within), intent: {} };
      return await orLater(claim, settlement, how.intent, () => settleUnder(claim, settlement, how));
    },

    async settleAndClaim(claim, result, request, within) {
      const settlement = settlementOf(result, maxValueBytes);
      const event = claimEvent(request);
      const how = { ...durable(within), intent: {} };
      return await orLater(claim, settlement, how.intent, async () => {
        const answer = await backend.transact(claim, how, (view) =>
          transitions.settleThenClaim(view.row, claim, settlement, event, momentOf(view)),
        );
        if (answer.kind === "lost") throw leaseLost(answer, claim);
        return { settled: answer.settled, next: await withLastAttempt(answer.next) };
      });
    },

    async probed(claim, seen, within) {
      // A report may wait for a lock, or for a database that is cut off. What it saw is older by then, and "absent" may be true no more.
      const clock = options.clock ?? (() => performance.now());
      const reportedAt = clock();
      const lookedMs = () => (within?.lookedMs ?? 0) + Math.floor(clock() - reportedAt);
      const answer = await backend.transact(claim, durable(within), (view) =>
        transitions.probed(view.row, claim, seen, momentOf(view), lookedMs()),
      );
      return orLost(answer, claim);
    },

    async resolve(operation, verdict, within) {
      requireResolution(operation, verdict);
      const content = verdict.as === "absent" && verdict.force ? contentOf(operation) : undefined;
      // First, as until the operation itself says so its content stays published.
      if (content) await backend.transactContent(content, durable(within), (view) => withdraw(view, content));
      return await backend.transact(operation, durable(within), (view) =>
        view.row === undefined
          ? { answer: undefined, log: [] }
          : transitions.resolve(view.row, verdict, momentOf(view)),
      );
    },

    async checkContent({ outlives, ...request }, within) {
      requireContent(request);
      requireText(request.token, "token");
      requireTime(request.holdMs, "holdMs");
      const { process, runner } = outlives ?? { process: owner };
      const event = { ...request, process, runner, endsWithProcess: outlives === undefined };
      return await backend.transactContent(request, durable(within), (view) =>
        checkContent(view, event, contentMomentOf(view)),
      );
    },

    async commitContent(request, within) {
      requireContent(request);
      return await backend.transactContent(request, durable(within), (view) =>
        commit(view, { process: owner, ...request }, view.now.at),
      );
    },

    async releaseContent(request, within) {
      requireContent(request);
      return await backend.transactContent(request, durable(within), (view) =>
        release(view, { process: owner, ...request }),
      );
    },

    async forget(content, within) {
      requireContent(content);
      return await backend.transactContent(content, durable(within), (view) =>
        forget(view, content, contentMomentOf(view)),
      );
    },

    ...(backend.ended && {
      ended: async (operation: Target, how: EndedOptions) => await backend.ended?.(operation, how),
    }),

    async list(filter = {}) {
      return await backend.list(validListing(filter));
    },

    async show(ref) {
      return await backend.show(validRef(ref));
    },

    async unfinished({ host, bootId }) {
      const open = await backend.openAttempts(host, bootId);
      // A host that died in the middle of many has left many, and each look at a process takes its time.
      const known = new Map<string, Liveness>();
      return open.map((entry) => {
        const { owner: of } = entry.attempt;
        const ownerAlive = known.get(of.id) ?? liveness(of);
        known.set(of.id, ownerAlive);
        return { ...entry, ownerAlive };
      });
    },

    async prune({ retentionMs, tombstoneMs }, within) {
      requireTime(retentionMs, "retentionMs");
      requireTime(tombstoneMs, "tombstoneMs");
      const { withinMs } = quick(within);
      const before = (await backend.now()).at - retentionMs;
      const journal = await backend.journal.prune(before, withinMs, liveness);
      return { ...(await backend.prune(retentionMs, tombstoneMs, withinMs)), journal };
    },

    async close() {
      await unwritten.close(() => backend.close());
    },
  };
}

function requireContent({ scope, sha256 }: ContentRef): void {
  requireText(scope, "scope");
  requireHash(sha256);
}

function quick(within: Within | undefined) {
  return { durable: false, withinMs: within?.withinMs ?? DEFAULT_WITHIN_MS };
}

function durable(within: Within | undefined) {
  return { durable: true, withinMs: within?.withinMs ?? DEFAULT_WITHIN_MS };
}
