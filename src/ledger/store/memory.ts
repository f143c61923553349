import { type JournalMemory, journalInMemory } from "../journal/memory.ts";
import { clockOf } from "../owner/boot-clock.ts";
import type { Instant } from "../owner/instant.ts";
import { onceTarget, type Reservation, type ContentRecord, type Streak } from "../contents/contents.ts";
import { type Backend, idOf } from "./backend.ts";
import { createStore } from "./create-store.ts";
import { append, EMPTY_HISTORY, type History } from "../operation/history.ts";
import { retention } from "../operation/retention.ts";
import { changedAt, type Operation, OWNER_LOST, type Resolution } from "../operation/state.ts";
import type { ResourceDocument } from "../resources/document.ts";
import type { LedgerStore, StoreOptions } from "./store.ts";

/** What a ledger in memory holds. Two stores with the same memory are two owners of one ledger. */
export interface Memory {
  readonly operations: Map<string, Entry>;
  /** What operators said of operations that are forgotten. */
  readonly verdicts: Map<string, readonly Resolution[]>;
  fenceFloor: number;
  /** What dedupe gates have seen, by scope and hash; and what came last, by scope. */
  readonly contents: Map<string, ContentRecord>;
  readonly reservations: Map<string, Reservation>;
  readonly streaks: Map<string, Streak>;
  readonly resources: Map<string, ResourceDocument>;
  readonly journal: JournalMemory;
}

interface Entry {
  readonly row: Operation;
  readonly history: History;
}

export function emptyMemory(): Memory {
  return {
    operations: new Map(),
    verdicts: new Map(),
    fenceFloor: 0,
    contents: new Map(),
    reservations: new Map(),
    streaks: new Map(),
    resources: new Map(),
    journal: new Map(),
  };
}

/**
 * A ledger that is gone with the process: `memoryLedger()` of hardcall/testing. Its rules and answers are those of the
 * ledger in a file.
 */
export function createMemoryStore(
  options: StoreOptions & { readonly memory?: Memory | undefined } = {},
): LedgerStore {
  const memory = options.memory ?? emptyMemory();
  return createStore(memoryBackend(memory, clockOf(options)), options);
}

/** Whether a call has claimed the operation, or had an attempt of it. */
const isOf = (id: string, { row, history }: Entry) =>
  row.callId === id || history.attempts.some(({ callId }) => callId === id);

export function memoryBackend(memory: Memory, clock: () => Instant): Backend {
  const entries = () => [...memory.operations.values()];
  const remove = (id: string, { row, history }: Entry) => {
    memory.operations.delete(id);
    memory.verdicts.set(
      id,
      history.resolutions.filter(({ by }) => by !== "probe"),
    );
    memory.fenceFloor = Math.max(memory.fenceFloor, row.fence);
  };
  return {
    location: "memory",

    // No `await` between reading and writing: no other call of this thread can come between.
    async transact(target, _options, body) {
      const id = idOf(target);
      const entry = memory.operations.get(id);
      const step = body({ row: entry?.row, now: clock(), fenceFloor: memory.fenceFloor });
      const row = step.row ?? entry?.row;
      if (row !== undefined) {
        const before = entry?.history ?? { attempts: [], resolutions: memory.verdicts.get(id) ?? [] };
        memory.operations.set(id, { row, history: step.log.reduce(append, before) });
      }
      return step.answer;
    },

    async transactContent({ scope, sha256 }, _options, body) {
      const id = JSON.stringify([scope, sha256]);
      const onceId = idOf(onceTarget({ scope, sha256 }));
      const once = memory.operations.get(onceId);
      const reserved = memory.reservations.get(id);
      const madeIn = reserved?.runner?.callId;
      const step = body({
        seen: memory.contents.get(id),
        reserved,
        last: memory.streaks.get(scope),
        once: once?.row,
        holder: madeIn === undefined ? undefined : entries().find((entry) => isOf(madeIn, entry))?.row,
        now: clock(),
        fenceFloor: memory.fenceFloor,
      });
      put(memory.contents, id, step.seen);
      put(memory.reservations, id, step.reserved);
      put(memory.streaks, scope, step.last);
      if (step.forgetsOnce && once !== undefined) remove(onceId, once);
      return step.answer;
    },

    async look(target) {
      const row = memory.operations.get(idOf(target))?.row;
      return { row, now: clock(), fenceFloor: memory.fenceFloor };
    },

    resources: {
      async change({ name, targets }, _withinMs, body) {
        const was = memory.resources.get(name)?.text;
        const rows = targets.map((target) => memory.operations.get(idOf(target))?.row);
        const now = clock();
        const { answer, text } = body({ text: was, rows, now, fenceFloor: memory.fenceFloor });
        if (text !== undefined && text !== was) memory.resources.set(name, { name, text, changedAt: now.at });
        return answer;
      },

      async list() {
        return [...memory.resources.values()].toSorted((one, other) => inCodePoints(one.name, other.name));
      },
    },

    journal: journalInMemory(memory.journal),

    async now() {
      return clock();
    },

    async attempt(target, fence) {
      const history = memory.operations.get(idOf(target))?.history ?? EMPTY_HISTORY;
      return history.attempts.find((attempt) => attempt.fence === fence && !attempt.late);
    },

    async list({ state, name, olderThanMs, after, limit }) {
      return entries()
        .map(({ row }) => row)
        .filter((row) => state === undefined || row.state === state)
        .filter((row) => name === undefined || row.name === name)
        .filter((row) => olderThanMs === undefined || changedAt(row) <= clock().at - olderThanMs)
        .toSorted(newestFirst)
        .filter((row) => after === undefined || newestFirst(row, after) > 0)
        .slice(0, limit);
    },

    async show({ callIdOrKey, name }) {
      return entries()
        .filter((entry) => entry.row.key === callIdOrKey || isOf(callIdOrKey, entry))
        .filter(({ row }) => name === undefined || row.name === name)
        .map(({ row, history }) => ({ record: row, ...history }));
    },

    async openAttempts(host, bootId) {
      return entries().flatMap(({ row: { name, key }, history }) =>
        history.attempts
          .filter(({ late, endedAt, code }) => !late && (endedAt === undefined || code === OWNER_LOST))
          .filter(({ owner }) => owner.host === host && owner.bootId === bootId)
          .map((attempt) => ({ name, key, attempt })),
      );
    },

    async prune(retentionMs, tombstoneMs) {
      const pruned = { tombstoned: 0, deleted: 0 };
      for (const [id, { row, history }] of memory.operations) {
        const fate = retention(row, clock().at, retentionMs, tombstoneMs);
        if (fate === "tombstone") {
          const { resolutions } = history;
          memory.operations.set(id, {
            row: { ...row, value: { kept: "pruned" }, details: undefined, prunedAt: clock().at },
            history: { attempts: [], resolutions },
          });
          pruned.tombstoned += 1;
        } else if (fate === "delete") {
          remove(id, { row, history });
          pruned.deleted += 1;
        }
      }
      return pruned;
    },

    async close() {
      // There is nothing to close: the memory belongs to the caller.
    },
  };
}

function put<T>(map: Map<string, T>, key: string, value: T | undefined): void {
  if (value === undefined) map.delete(key);
  else map.set(key, value);
}

/** As SQLite compares text. */
const inCodePoints = (one: string, other: string) => Buffer.compare(Buffer.from(one), Buffer.from(other));

function newestFirst(one: Operation, other: Operation): number {
  const order = changedAt(other) - changedAt(one);
  if (order !== 0) return order;
  return inCodePoints(one.name, other.name) || inCodePoints(one.key, other.key);
}
